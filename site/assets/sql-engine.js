// DuckDB in the browser: unpacking it, attaching the published database, running a query, and turning values into text.
// It knows nothing of the page (sql.js). Everything comes from the server that the page came from.
(function () {
  'use strict';
  const KEPT_ROWS = 2000000;  // what a browser can hold without trouble; a longer answer is cut, and says so
  const STOP_MS = 2000;
  const FILE = 'marts.duckdb';
  const KIND = { int: 2, float: 3, binary: 4, decimal: 7, date: 8, time: 9, timestamp: 10, list: 12, struct: 13, fixedList: 16, map: 17 };

  // Why this browser cannot do it, as a word that sql.js has a text for; null if it can.
  async function trouble() {
    if (location.protocol === 'file:') return 'file';
    if (typeof WebAssembly !== 'object' || typeof Worker !== 'function') return 'wasm';
    if (typeof DecompressionStream !== 'function') return 'old';
    if (typeof duckdb !== 'object') return 'missing';
    const can = await duckdb.getPlatformFeatures();
    return can.wasmExceptions ? null : 'old';
  }

  // The program is stored packed. It is unpacked here, so that any web server will do.
  async function unpack(url, onProgress) {
    const answer = await fetch(url);
    if (!answer.ok) throw new Error(url + ': ' + answer.status);
    const total = Number(answer.headers.get('content-length')) || 0;
    let received = 0;
    let bytes = answer.body.pipeThrough(new TransformStream({
      transform(chunk, sink) { received += chunk.length; onProgress(received, total); sink.enqueue(chunk); },
    }));
    // A server may declare the packing as an encoding; then the browser has unpacked it already.
    if (!answer.headers.get('content-encoding')) bytes = bytes.pipeThrough(new DecompressionStream('gzip'));
    return URL.createObjectURL(await new Response(bytes, { headers: { 'content-type': 'application/wasm' } }).blob());
  }

  /**
   * Starts DuckDB and attaches the release.
   * @param {{folder: string, database: string, onProgress: function(number, number): void}} where
   */
  async function open(where) {
    const probe = await fetch(where.database, { headers: { Range: 'bytes=0-15' }, cache: 'no-store' });
    if (probe.status === 200) { await probe.body.cancel(); throw Object.assign(new Error('no Range'), { word: 'range' }); }
    if (probe.status !== 206) throw Object.assign(new Error(where.database + ': ' + probe.status), { word: 'gone' });
    const program = await unpack(where.folder + 'duckdb-eh.wasm.gz', where.onProgress);
    const database = new duckdb.AsyncDuckDB(new duckdb.VoidLogger(), new Worker(where.folder + 'duckdb-eh.worker.js'));
    await database.instantiate(program);
    URL.revokeObjectURL(program);
    await database.open({ filesystem: { reliableHeadRequests: true, allowFullHTTPReads: false, forceFullHTTPReads: false } });
    await database.registerFileURL(FILE, where.database, duckdb.DuckDBDataProtocol.HTTP, false);
    const connection = await database.connect();
    for (const statement of [
      "set autoinstall_known_extensions = false",
      "set autoload_known_extensions = false",
      "attach '" + FILE + "' as marts (read_only)",
      "use marts",
      // A link that somebody sends holds SQL: it may read this database and nothing else.
      "set enable_external_access = false",
      "set lock_configuration = true",
    ]) await connection.query(statement);
    return new Engine(database, connection);
  }

  class Engine {
    constructor(database, connection) {
      Object.assign(this, { _database: database, _connection: connection, _isStopped: false, _isRunning: false });
    }

    /** Runs one query; the answer holds names, kinds and batches of columns. */
    async run(sql) {
      this._isStopped = false;
      this._isRunning = true;
      try {
        return await Promise.race([this._read(sql), new Promise((_, reject) => { this._giveUp = reject; })]);
      } catch (error) {
        throw this._isStopped ? Object.assign(new Error('stopped'), { word: 'stopped' }) : error;
      } finally {
        this._isRunning = false;
      }
    }

    async _read(sql) {
      const started = performance.now();
      const reader = await this._connection.send(sql, true);
      await reader.open();
      const fields = reader.schema.fields;  // once it is read to the end, the reader has forgotten them
      const batches = [];
      let rows = 0;
      for await (const batch of reader) {
        if (this._isStopped) break;
        if (batch.numRows) batches.push(batch);
        rows += batch.numRows;
        if (rows >= KEPT_ROWS) { await this._connection.cancelSent(); break; }
      }
      if (this._isStopped) throw new Error('stopped');
      return new Answer(fields, batches, rows, rows >= KEPT_ROWS, performance.now() - started);
    }

    /** Ends what is running; ``run`` then throws. False: DuckDB did not listen and was ended too, so it must be opened anew. */
    async stop() {
      const until = performance.now() + STOP_MS;
      this._isStopped = true;
      // A query that DuckDB has not begun yet cannot be cancelled, so it is told until it has ended.
      while (this._isRunning && performance.now() < until) {
        this._connection.cancelSent().catch(() => {});
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      if (!this._isRunning) return true;
      await this._database.terminate();
      this._giveUp(new Error('stopped'));
      return false;
    }
  }

  class Answer {
    constructor(fields, batches, rows, isCut, milliseconds) {
      Object.assign(this, { batches, rows, isCut, milliseconds });
      this.columns = fields.map((field) => ({
        name: field.name, type: field.type, isNumber: [KIND.int, KIND.float, KIND.decimal].includes(field.type.typeId),
      }));
    }

    /** Calls back with each row as texts; null stays null. */
    each(work, limit) {
      let done = 0;
      for (const batch of this.batches) {
        const vectors = this.columns.map((column, place) => batch.getChildAt(place));
        for (let row = 0; row < batch.numRows; row++, done++) {
          if (done === limit) return;
          work(vectors.map((vector, place) => text(vector.get(row), this.columns[place].type)));
        }
      }
    }

    /** All rows as CSV that spreadsheets read as UTF-8. */
    csv() {
      const parts = ['\ufeff' + this.columns.map((column) => quoted(column.name)).join(',') + '\r\n'];
      let lines = [];
      this.each((cells) => {
        lines.push(cells.map(quoted).join(','));
        if (lines.length === 10000) { parts.push(lines.join('\r\n') + '\r\n'); lines = []; }
      });
      if (lines.length) parts.push(lines.join('\r\n') + '\r\n');
      return new Blob(parts, { type: 'text/csv;charset=utf-8' });
    }
  }

  // Nothing and an empty text are two things: the one is empty, the other is "".
  function quoted(cell) {
    if (cell === null) return '';
    return cell === '' || /[",\r\n]/.test(cell) ? '"' + cell.replace(/"/g, '""') + '"' : cell;
  }

  // A value as DuckDB's own client would print it. Amounts are exact: no number passes through a double on the way.
  function text(value, type) {
    if (value === null || value === undefined) return null;
    switch (type.typeId) {
      case KIND.decimal: return decimal(value, type.scale);
      case KIND.date: return new Date(Number(value)).toISOString().slice(0, 10);
      case KIND.timestamp: return moment(Number(value)) + (type.timezone ? '+00' : '');
      case KIND.time: return new Date(Number(value) / (type.bitWidth === 64 ? 1000 : 1)).toISOString().slice(11, 19);
      case KIND.list: case KIND.fixedList:
        return '[' + Array.from(value, (item) => text(item, type.children[0].type) ?? 'NULL').join(', ') + ']';
      case KIND.struct: {
        const fields = type.children.map((field) => "'" + field.name + "': " + (text(value[field.name], field.type) ?? 'NULL'));
        return '{' + fields.join(', ') + '}';
      }
      case KIND.binary: return Array.from(value, (byte) => byte.toString(16).padStart(2, '0')).join('');
      default: return String(value);
    }
  }
  function moment(milliseconds) { return new Date(milliseconds).toISOString().replace('T', ' ').replace(/(\.000)?Z$/, ''); }
  function decimal(words, scale) {
    let whole = 0n;
    for (let place = words.length - 1; place >= 0; place--) whole = (whole << 32n) | BigInt(words[place] >>> 0);
    whole = BigInt.asIntN(words.length * 32, whole);
    const digits = (whole < 0n ? -whole : whole).toString().padStart(scale + 1, '0');
    const sign = whole < 0n ? '-' : '';
    return scale ? sign + digits.slice(0, -scale) + '.' + digits.slice(-scale) : sign + digits;
  }

  window.eduplanSql = { trouble, open };
})();

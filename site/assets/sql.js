// The SQL page: the list of tables, the editor, answers and errors. DuckDB itself is behind sql-engine.js.
(function () {
  'use strict';
  const SHOWN_ROWS = 1000;
  const INDENT = '    ';
  const find = (id) => document.getElementById(id);
  const page = find('sql-page'), editor = find('sql'), status = find('sql-status');
  const run = find('sql-run'), stop = find('sql-stop'), save = find('sql-save'), copy = find('sql-copy');
  const result = find('sql-result'), tables = find('sql-tables'), filter = find('sql-filter');
  const release = page.dataset.release;
  const SCHEMAS = Object.assign({
    plan: { en: 'The plan: figures, targets, status', zh: '规划：指标、目标与进展' },
    about: { en: 'About this release', zh: '关于本次发布' },
  }, JSON.parse(page.dataset.schemas || '{}'));
  let engine = null, answer = null, isBusy = false;

  // ------------------------------------------------------------ texts, always in both languages
  const TROUBLE = {
    file: ['This page asks the database through a web server, and it was opened from the file system. Run `eduplan serve`, then open http://127.0.0.1:8080/. All other pages work from here.',
      '本页须通过网页服务器查询数据库，而您是从文件系统直接打开的。请运行 `eduplan serve`，再打开 http://127.0.0.1:8080/。其他页面可直接使用。'],
    wasm: ['This browser cannot run WebAssembly, or it is switched off here, so DuckDB cannot start. Any current Chrome, Edge, Firefox or Safari can. The same database can be opened with DuckDB on your own machine: marts.duckdb.',
      '此浏览器不支持或已禁用 WebAssembly，无法启动 DuckDB。请使用新版 Chrome、Edge、Firefox 或 Safari；也可在本机用 DuckDB 打开同一数据库 marts.duckdb。'],
    old: ['This browser is too old for DuckDB: it needs Chrome or Edge 95, Firefox 113, Safari 16.4, or later.',
      '浏览器版本过低：需要 Chrome/Edge 95、Firefox 113 或 Safari 16.4 及以上。'],
    missing: ['A part of the page did not arrive (vendor/duckdb). Load it again; if that does not help, tell whoever runs the server.',
      '页面的一部分（vendor/duckdb）未能加载。请刷新重试；仍不行请告知服务器管理员。'],
    range: ['The server sends the database only as a whole, and this page needs it in pieces (HTTP Range). Use `eduplan serve`, or a server that supports Range.',
      '服务器不支持分段读取（HTTP Range），本页无法查询。请使用 `eduplan serve` 或支持 Range 的服务器。'],
    gone: ['The database of this release is not there; a newer one may have been published. Load the page again.',
      '找不到本次发布的数据库，可能已有新发布。请刷新页面。'],
    stopped: ['Stopped.', '已停止。'],
    empty: ['There is no query to run.', '没有可运行的查询。'],
  };
  const KINDS = [
    [/^Parser Error|^syntax error/i, 'This is not SQL that DuckDB understands:', 'DuckDB 无法理解此 SQL：'],
    [/^Catalog Error: Table with name/, 'There is no such table; a name needs its schema, as in plan.status:', '没有这个表；表名须带模式名，如 plan.status：'],
    [/^Binder Error/, 'A name in the query does not fit:', '查询中的名称不符：'],
    [/^Conversion Error/, 'A value cannot be read as that type:', '值无法转换为该类型：'],
    [/read-only mode/, 'A release can be read and never changed:', '发布的数据只能读取，不能修改：'],
    [/^Permission Error|file system operations are disabled/, 'This page reads the released database and nothing else:', '本页只能读取已发布的数据库：'],
    [/configuration has been locked/, 'Settings cannot be changed here:', '此处不能更改设置：'],
    [/^Out of Memory/, 'The query needs more memory than the browser gives; ask for fewer rows or group them:', '查询所需内存超出浏览器限制，请减少行数或先分组：'],
  ];

  function both(en, zh) {
    const part = document.createDocumentFragment();
    [['en', en], ['zh', zh]].forEach(([lang, text]) => {
      const span = document.createElement('span');
      span.lang = lang;
      span.textContent = text;
      part.append(span);
    });
    return part;
  }
  function element(name, given, ...children) {
    const node = Object.assign(document.createElement(name), given);
    node.append(...children);
    return node;
  }
  function say(pair, kind) {
    status.className = kind || '';
    status.replaceChildren(both(pair[0], pair[1]));
  }
  // What tables and columns say of themselves: English | Chinese.
  function told(comment) {
    const parts = (comment || '').split(' | ');
    return parts.length < 2 ? [comment || '', comment || ''] : [parts[0], parts.slice(1).join(' | ')];
  }
  function whole(number) { return number.toLocaleString('en-GB'); }
  function seconds(milliseconds) { return (milliseconds / 1000).toFixed(milliseconds < 10000 ? 2 : 1); }

  // ------------------------------------------------------------ starting
  async function start() {
    const word = await eduplanSql.trouble();
    if (word) return say(TROUBLE[word], 'trouble');
    try {
      await connect();
      await listTables();
    } catch (error) {
      return refuse(error);
    }
    page.dataset.state = 'ready';
    say(['Ready. Queries run in this browser; nothing that you write leaves it.', '就绪。查询在本浏览器内运行，所写内容不会外传。']);
    allow();
    if (fromLink()) await ask();
  }
  async function connect() {
    say(['Starting DuckDB …', '正在启动 DuckDB……']);
    const database = new URL('../marts.duckdb', document.baseURI);
    if (release) database.searchParams.set('release', release);  // all pieces come from one release, also when a new one is published
    engine = await eduplanSql.open({
      folder: new URL('vendor/duckdb/', document.baseURI).href,
      database: database.href,
      onProgress: (received, total) => {
        const part = total ? Math.round(100 * received / total) + ' %' : (received / 1e6).toFixed(1) + ' MB';
        say(['Fetching DuckDB: ' + part, '正在加载 DuckDB：' + part]);
      },
    });
  }
  function refuse(error) {
    engine = null;
    say(TROUBLE[error.word] || ['DuckDB did not start: ' + plain(error), 'DuckDB 启动失败：' + plain(error)], 'trouble');
    allow();
  }
  function allow() {
    run.disabled = !engine || isBusy;
    stop.disabled = !isBusy;
    save.disabled = !answer || isBusy;
    page.setAttribute('aria-busy', String(isBusy));
  }

  // ------------------------------------------------------------ tables
  async function rows(sql) {
    const found = [];
    (await engine.run(sql)).each((cells) => found.push(cells));
    return found;
  }
  async function listTables() {
    const found = await rows("select schema_name, table_name, estimated_size, comment from duckdb_tables() " +
      "where database_name = 'marts' order by schema_name <> 'plan', schema_name = 'about', schema_name, table_name");
    const columns = new Map();
    for (const [table, ...column] of await rows("select schema_name || '.' || table_name, column_name, data_type, comment " +
      "from duckdb_columns() where database_name = 'marts' order by 1, column_index")) {
      if (!columns.has(table)) columns.set(table, []);
      columns.get(table).push(column);
    }
    const schemas = new Map();
    for (const [schema, name, size, comment] of found) {
      if (!schemas.has(schema)) schemas.set(schema, []);
      schemas.get(schema).push(tableEntry(schema + '.' + name, name, size, comment, columns.get(schema + '.' + name) || []));
    }
    tables.replaceChildren(...Array.from(schemas, ([schema, entries]) =>
      element('section', {}, heading(schema), ...entries)));
    filter.disabled = false;
  }
  function heading(schema) {
    const name = SCHEMAS[schema];
    const title = element('h3', {}, element('code', { textContent: schema }));
    if (name) title.append(' ', both(name.en, name.zh));
    return title;
  }
  function tableEntry(table, name, size, comment, columns) {
    const [en, zh] = told(comment);
    const body = element('div', { className: 'fields' });
    const entry = element('details', {},
      element('summary', {}, element('code', { textContent: name }), ' ', element('small', { textContent: whole(Number(size)) })), body);
    entry.dataset.text = [table, comment, ...columns.map((column) => column[0])].join(' ').toLowerCase();
    entry.addEventListener('toggle', () => {
      if (!entry.open || body.childElementCount) return;
      const look = element('button', { type: 'button', className: 'quiet' }, both('Show its rows', '查看数据'));
      look.addEventListener('click', () => { write('select *\nfrom ' + table + '\nlimit 100'); ask(); });
      const list = element('ul', {});
      for (const [column, type, meaning] of columns) {
        const insert = element('button', { type: 'button', className: 'name', textContent: column });
        insert.addEventListener('click', () => insertText(column));
        list.append(element('li', {}, insert, ' ', element('small', { textContent: type.toLowerCase() }), element('p', {}, both(...told(meaning)))));
      }
      body.append(element('p', {}, both(en, zh)), look, list);
    });
    return entry;
  }
  filter.addEventListener('input', () => {
    const words = filter.value.toLowerCase().split(/\s+/).filter(Boolean);
    tables.querySelectorAll('details').forEach((entry) => { entry.hidden = !words.every((word) => entry.dataset.text.includes(word)); });
    tables.querySelectorAll('section').forEach((section) => { section.hidden = !section.querySelector('details:not([hidden])'); });
  });

  // ------------------------------------------------------------ the editor
  function write(sql) {
    editor.value = sql;
    editor.rows = Math.min(24, Math.max(8, sql.split('\n').length + 1));
  }
  function insertText(text) {
    editor.focus();
    editor.setRangeText(text, editor.selectionStart, editor.selectionEnd, 'end');
  }
  let isLeaving = false;  // Escape lets Tab leave the editor, so that nobody who uses the keyboard is caught in it
  editor.addEventListener('keydown', (event) => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      ask();
    } else if (event.key === 'Escape') {
      isLeaving = true;
    } else if (event.key === 'Tab' && !isLeaving && !event.ctrlKey && !event.altKey && !event.metaKey) {
      event.preventDefault();
      if (event.shiftKey) outdent(); else insertText(INDENT);
    } else if (event.key !== 'Shift') {
      isLeaving = false;
    }
  });
  editor.addEventListener('blur', () => { isLeaving = false; });
  function outdent() {
    const start = editor.value.lastIndexOf('\n', editor.selectionStart - 1) + 1;
    const blanks = /^ {0,4}/.exec(editor.value.slice(start))[0].length;
    if (blanks) editor.setRangeText('', start, start + blanks, 'preserve');
  }
  document.querySelectorAll('[data-sql]').forEach((button) => {
    button.addEventListener('click', () => { write(button.dataset.sql.trim()); ask(); });
  });

  // ------------------------------------------------------------ asking
  async function ask() {
    const sql = editor.value.trim();
    if (!engine || isBusy) return;
    if (!sql) return say(TROUBLE.empty, 'trouble');
    isBusy = true;
    answer = null;
    result.replaceChildren();
    allow();
    say(['Running …', '正在运行……']);
    try {
      answer = await engine.run(sql);
      show(answer);
    } catch (error) {
      fail(error);
    } finally {
      isBusy = false;
      allow();
    }
  }
  function show(found) {
    const count = whole(found.rows), took = seconds(found.milliseconds);
    const cut = found.isCut ? [' (cut there; ask for fewer)', '（已截断，请缩小范围）'] : ['', ''];
    const part = found.rows > SHOWN_ROWS
      ? [' The first ' + whole(SHOWN_ROWS) + ' are shown; the CSV has all.', '下表显示前 ' + whole(SHOWN_ROWS) + ' 行，CSV 含全部。'] : ['', ''];
    say([count + (found.rows === 1 ? ' row' : ' rows') + cut[0] + ' in ' + took + ' s.' + part[0],
      count + ' 行' + cut[1] + '，用时 ' + took + ' 秒。' + part[1]], 'done');
    const head = element('tr', {}, ...found.columns.map((column) =>
      element('th', { scope: 'col', textContent: column.name, className: column.isNumber ? 'num' : '', title: String(column.type) })));
    const body = element('tbody', {});
    found.each((cells) => {
      body.append(element('tr', {}, ...cells.map((cell, place) => cell === null
        ? element('td', { className: 'null', textContent: 'null' })
        : element('td', { textContent: cell, className: found.columns[place].isNumber ? 'num' : '' }))));
    }, SHOWN_ROWS);
    result.replaceChildren(element('table', {}, element('thead', {}, head), body));
  }
  // DuckDB's own words, without what only its programmers need.
  function plain(error) {
    let text = String(error && error.message || error).replace(/^Error: /, '');
    try { text = JSON.parse(text).exception_message || text; } catch (notJson) { /* most are plain already */ }
    return text.replace(/\n\s*at [^]*$/, '').trim();
  }
  function fail(error) {
    if (TROUBLE[error.word]) return say(TROUBLE[error.word], 'trouble');
    const text = plain(error);
    const needed = /exists in the (\w+) extension/.exec(text);
    if (needed) {
      return say(['This needs DuckDB\'s extension "' + needed[1] + '", which the browser does not have: ' + text.split('\n')[0],
        '此功能需要 DuckDB 扩展“' + needed[1] + '”，浏览器中没有：' + text.split('\n')[0]], 'trouble');
    }
    const kind = KINDS.find(([pattern]) => pattern.test(text)) || [null, 'DuckDB says:', 'DuckDB 提示：'];
    say([kind[1], kind[2]], 'trouble');
    status.append(element('pre', { textContent: text }));
  }
  run.addEventListener('click', ask);
  stop.addEventListener('click', async () => {
    if (!engine || !isBusy || await engine.stop()) return;
    engine = null;
    allow();
    try {
      await connect();
      say(TROUBLE.stopped, 'trouble');
      allow();
    } catch (error) {
      refuse(error);
    }
  });
  save.addEventListener('click', () => {
    const link = element('a', { href: URL.createObjectURL(answer.csv()), download: 'eduplan-' + (release || 'query') + '.csv' });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60000);
  });

  // ------------------------------------------------------------ links
  function fromLink() {
    const given = new URLSearchParams(location.hash.slice(1)).get('q');
    if (given) write(given);
    return given;
  }
  copy.addEventListener('click', async () => {
    history.replaceState(null, '', '#q=' + encodeURIComponent(editor.value));
    try {
      await navigator.clipboard.writeText(location.href);
    } catch (refused) {  // a browser gives the clipboard only to secure pages, and an intranet often has none
      const text = element('textarea', { value: location.href, className: 'hidden' });
      document.body.append(text);
      text.select();
      document.execCommand('copy');
      text.remove();
      copy.focus();
    }
    say(['The link to this query was copied; it also stands in the address line.', '已复制此查询的链接，地址栏中亦可见。'], 'done');
  });
  addEventListener('hashchange', () => { if (fromLink()) ask(); });

  fromLink();
  start();
})();

// Writes what npm holds into the repository, so that nobody needs node to run eduplan: `npm ci && npm run build`.
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

const duckdb = 'node_modules/@duckdb/duckdb-wasm';
const engine = '../vendor/duckdb';
const tests = '../../tests/browser/vendor/axe-core';
mkdirSync(`${engine}/licences`, { recursive: true });
mkdirSync(tests, { recursive: true });

await build({
  entryPoints: ['duckdb.js'],
  outfile: `${engine}/duckdb.js`,
  bundle: true,
  minify: true,
  format: 'iife',
  globalName: 'duckdb',
  target: 'es2020',
  legalComments: 'none',  // the licences lie beside it
});
// The worker is as published, without the line that names a source map that is not here.
const worker = readFileSync(`${duckdb}/dist/duckdb-browser-eh.worker.js`, 'utf8');
writeFileSync(`${engine}/duckdb-eh.worker.js`, worker.replace(/\n\/\/# sourceMappingURL=.*\s*$/, '\n'));
// 34 MB become 8; the page unpacks them itself, so any web server will do.
writeFileSync(`${engine}/duckdb-eh.wasm.gz`, gzipSync(readFileSync(`${duckdb}/dist/duckdb-eh.wasm`), { level: 9 }));

// duckdb-wasm.txt is kept by hand: the package does not bring its licence.
for (const [from, to] of [
  ['apache-arrow/LICENSE.txt', 'apache-arrow.txt'],
  ['apache-arrow/NOTICE.txt', 'apache-arrow-notice.txt'],
  ['flatbuffers/LICENSE', 'flatbuffers.txt'],
  ['tslib/LICENSE.txt', 'tslib.txt'],
]) copyFileSync(`node_modules/${from}`, `${engine}/licences/${to}`);

copyFileSync('node_modules/axe-core/axe.min.js', `${tests}/axe.min.js`);
copyFileSync('node_modules/axe-core/LICENSE', `${tests}/LICENSE`);
copyFileSync('node_modules/axe-core/LICENSE-3RD-PARTY.txt', `${tests}/LICENSE-3RD-PARTY.txt`);

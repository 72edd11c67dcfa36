// What the SQL page needs of DuckDB: the client that speaks with the worker, as one script that works without modules.
export { AsyncDuckDB, DuckDBAccessMode, DuckDBDataProtocol, VoidLogger, getPlatformFeatures } from '@duckdb/duckdb-wasm';

"""Expectations: gathered from the declarations, run by Great Expectations inside DuckDB, kept in ``checks.results``."""

"""Turns one landed file, whatever its format, into a raw table of text in DuckDB."""

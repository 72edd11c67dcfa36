"""Finds the files that arrived and keeps their bytes by content hash."""

"""The graph: thin Dagster factories over the declarations.

An asset or a check is a few lines that call ``eduplan``. Nothing here reads rows, opens files or computes anything, and
nothing here knows when it runs (``pipelines``).
"""

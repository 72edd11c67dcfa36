"""The static site of a release: what each page knows, how it is rendered, and what lies beside it.

It reads the published database and the declarations, never the working warehouse, so nothing unprotected can leak.
"""

"""Selects around selects, by which statements read a text step by step.

Belongs here: how layers are put around each other. Does not belong here: what is in them.
"""

from __future__ import annotations

from collections.abc import Mapping


class Layers:
    """Selects around selects; each adds or replaces columns, by expressions over those below it.

    DuckDB binds every column of every layer, for each file anew, so layers are few.

    Args:
        innermost: The select that all others stand around.
    """

    def __init__(self, innermost: str) -> None:
        self._sql = innermost

    def add(self, columns: Mapping[str, str], replaced: Mapping[str, str] | None = None) -> None:
        """Adds a layer with further columns, or with others in their places; none where there are neither."""
        if not columns and not replaced:
            return
        stars = f"* replace ({_listed(replaced)})" if replaced else "*"
        added = f", {_listed(columns)}" if columns else ""
        self._sql = f"select {stars}{added}\nfrom ({self._sql})"

    def sql(self, columns: Mapping[str, str]) -> str:
        """A select of some columns from the last layer."""
        return f"select {_listed(columns)}\nfrom ({self._sql})"


def _listed(columns: Mapping[str, str]) -> str:
    return ", ".join(name if sql == name else f"{sql} as {name}" for name, sql in columns.items())

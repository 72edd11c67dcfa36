"""Small facts that the load remembers between nights, so that it does not find them out again.

Belongs here: ``landing.states``. Does not belong here: anything that cannot be found out again.
"""

from __future__ import annotations

import hashlib

import duckdb


def digest(*parts: object) -> str:
    """A fingerprint of some parts, in their order."""
    return hashlib.sha256("\x1f".join(str(part) for part in parts).encode()).hexdigest()[:16]


class Memory:
    """Fingerprints by scope, each valid for one state of what it was made from.

    Args:
        connection: The working warehouse.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection
        rows = connection.execute("select scope, state, fingerprint from landing.states").fetchall()
        self._states: dict[str, tuple[str, str]] = {scope: (state, fingerprint) for scope, state, fingerprint in rows}

    def recall(self, scope: str, state: str) -> str | None:
        """What was remembered of a scope, if its state is still the same."""
        known = self._states.get(scope)
        return known[1] if known and known[0] == state else None

    def forget(self, scope: str) -> None:
        """Forgets a scope."""
        self._connection.execute("delete from landing.states where scope = $1", [scope])
        self._states.pop(scope, None)

    def scopes(self, prefix: str) -> list[str]:
        """The scopes that start so, without that start."""
        return sorted(scope.removeprefix(prefix) for scope in self._states if scope.startswith(prefix))

    def remember(self, scope: str, state: str, fingerprint: str) -> None:
        """Remembers a fingerprint, in place of any older one of the scope."""
        self._connection.execute(
            "insert or replace into landing.states values ($1, $2, $3)", [scope, state, fingerprint]
        )
        self._states[scope] = (state, fingerprint)

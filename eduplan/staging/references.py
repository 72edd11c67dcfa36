"""The keys that a source may refer to in another one, and whether they changed since a batch was checked.

Belongs here: keys of the batches in force. Does not belong here: what happens to a row that refers to none
(:mod:`eduplan.staging.faults`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from eduplan.declarations.contracts import Contract, Reference
from eduplan.periods import Period
from eduplan.project import Project
from eduplan.staging.memory import Memory, digest
from eduplan.staging.normalise import sql_text
from eduplan.staging.register import Entry, Register


@dataclass(frozen=True)
class KeySet:
    """The keys that one reference may point to in one period.

    Attributes:
        reference: The reference.
        paths: Staged files that hold the keys; none where the source has not sent anything for the period, so that
            nothing can be checked.
    """

    reference: Reference
    paths: tuple[Path, ...]

    @property
    def relation(self) -> str:
        """SQL: the keys, in the column ``key``."""
        column = self.reference.to_column or self.reference.column
        return f"(select {column} as key from {read_parquet(self.paths)} where {column} is not null)"


def read_parquet(paths: Sequence[Path]) -> str:
    """SQL: the rows of some Parquet files."""
    return f"read_parquet([{', '.join(sql_text(str(path)) for path in paths)}])"


def staged_path(project: Project, source: str, batch_id: str) -> Path:
    """Where the staged rows of a batch are."""
    return project.staging / source / f"{batch_id}.parquet"


def quarantine_path(project: Project, source: str, batch_id: str) -> Path:
    """Where the quarantined cells of a batch are."""
    return project.quarantine / source / f"{batch_id}.parquet"


class KeySets:
    """Finds key sets and their fingerprints, which stay known as long as the same batches are in force.

    Args:
        connection: The working warehouse.
        project: Says where staged files are.
        register: The batches.
        memory: What is known of earlier nights.
    """

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, project: Project, register: Register, memory: Memory
    ) -> None:
        self._connection = connection
        self._project = project
        self._register = register
        self._memory = memory
        self._sets: dict[tuple[str, str], tuple[list[int], list[KeySet]]] = {}
        self._fingerprints: dict[tuple[str, str], tuple[list[int], str]] = {}

    def of(self, contract: Contract, period: Period) -> list[KeySet]:
        """The key sets of a contract's references, for one of its periods."""
        scope, state = (contract.source, period.text), self._state(contract)
        known = self._sets.get(scope)
        if known is None or known[0] != state:
            known = self._sets[scope] = (state, self._find(contract, period))
        return known[1]

    def _state(self, contract: Contract) -> list[int]:
        """What changes when a source that a contract refers to does."""
        return [self._register.changes(reference.to) for reference in contract.references]

    def _find(self, contract: Contract, period: Period) -> list[KeySet]:
        return [
            KeySet(
                reference,
                tuple(
                    staged_path(self._project, entry.source, entry.batch_id)
                    for entry in self._entries(reference, period)
                ),
            )
            for reference in contract.references
        ]

    def fingerprint(self, contract: Contract, period: Period) -> str:
        """Fingerprint of all keys that a contract may refer to in a period."""
        if not contract.references:
            return ""
        scope, state = (contract.source, period.text), self._state(contract)
        known = self._fingerprints.get(scope)
        if known is None or known[0] != state:
            pairs = self._pairs(contract, period)
            found = digest(*(self._fingerprint(reference, keys, period) for reference, keys in pairs))
            known = self._fingerprints[scope] = (state, found)
        return known[1]

    def still_holds(self, contract: Contract, period: Period, entry: Entry, fingerprint: str) -> bool:
        """Whether the changed keys leave a batch as it is: nothing it refers to went, and nothing it waited for came.

        Args:
            contract: The batch's contract.
            period: The batch's period.
            entry: The batch.
            fingerprint: The present fingerprint of its keys.
        """
        scope = f"references of {entry.batch_id}"
        known = self._memory.recall(scope, fingerprint)
        if known is not None:
            return known == "hold"
        holds = all(self._holds(reference, keys, entry) for reference, keys in self._pairs(contract, period))
        self._memory.remember(scope, fingerprint, "hold" if holds else "do not hold")
        return holds

    def _pairs(self, contract: Contract, period: Period) -> list[tuple[Reference, KeySet]]:
        return [(keys.reference, keys) for keys in self.of(contract, period)]

    def _holds(self, reference: Reference, keys: KeySet, entry: Entry) -> bool:
        waited = self._connection.execute(
            "select 1 from landing.findings where batch_id = $1 and rule = $2 limit 1", [entry.batch_id, reference.rule]
        ).fetchone()
        if waited or not keys.paths:
            return False
        staged = read_parquet([staged_path(self._project, entry.source, entry.batch_id)])
        lost = self._connection.execute(
            f"select 1 from {staged} where {reference.column} is not null "
            f"and {reference.column} not in (select key from {keys.relation}) limit 1"
        ).fetchone()
        return lost is None

    def _entries(self, reference: Reference, period: Period) -> list[Entry]:
        return [entry for entry in self._register.current(reference.to) if _belongs(entry.period, period)]

    def _fingerprint(self, reference: Reference, keys: KeySet, period: Period) -> str:
        state = digest(
            *(
                (entry.batch_id, entry.contract_fingerprint, entry.references_fingerprint)
                for entry in self._entries(reference, period)
            )
        )
        column = reference.to_column or reference.column
        scope = f"keys of {reference.to}.{column} in {period.school_year or period.text}"
        known = self._memory.recall(scope, state)
        if known is None:
            known = self._hash(keys)
            self._memory.remember(scope, state, known)
        return known

    def _hash(self, keys: KeySet) -> str:
        if not keys.paths:
            return "none"
        row = self._connection.execute(
            f"select count(*), bit_xor(hash(key)) from (select distinct key from {keys.relation})"
        ).fetchone()
        return "-".join(map(str, row or ()))


def _belongs(text: str, period: Period) -> bool:
    """Whether a period, given as text, is one that another may refer to: the same, or in the same school year."""
    if text in (period.text, "all"):
        return True
    return period.school_year is not None and text[:7] == period.school_year


def order_of_loading(contracts: Mapping[str, Contract]) -> list[list[str]]:
    """Sources in the order that references ask for: each group needs only those before it."""
    waiting = {
        source: {reference.to for reference in contract.references} - {source} for source, contract in contracts.items()
    }
    groups: list[list[str]] = []
    while waiting:
        ready = sorted(source for source, needs in waiting.items() if not needs & set(waiting))
        ready = ready or sorted(waiting)  # a circle: neither can come first
        groups.append(ready)
        for source in ready:
            del waiting[source]
    return groups

"""Protects the marts together that count the same persons.

Belongs here: which marts those are, and the order in which their counts are protected. Does not belong here: how one
count is protected (:mod:`eduplan.disclosure.systems`).

A part is protected before its whole. Where the persons are hidden that a count is a part of, the count is
hidden as well: then a person who changes places takes all that is counted of him along, and no published figure
changes. What that hides in one mart is hidden in all, and may need company there: the counts are gone through until
nothing more is hidden. Hiding only grows, so that comes to an end.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import polars as pl

from eduplan.disclosure.figures import MartFigures
from eduplan.disclosure.marts import TODAY, MartRows, MartYear, Protection
from eduplan.disclosure.quantities import Ints
from eduplan.disclosure.systems import systems


def clusters(figures: Mapping[str, MartFigures]) -> list[tuple[str, ...]]:
    """The marts that have counts in common, directly or through others; decided by their columns, never by rows."""
    cluster_of = {table: {table} for table in figures}
    first: dict[str, str] = {}
    for table, of in figures.items():
        for name in of.thresholds:
            one, other = cluster_of[first.setdefault(of.persons(name), table)], cluster_of[table]
            if one is not other:
                one |= other
                cluster_of |= dict.fromkeys(other, one)
    return sorted({tuple(sorted(cluster)) for cluster in cluster_of.values()})


def linking_columns(figures: Mapping[str, MartFigures]) -> frozenset[str]:
    """The columns by which marts of a cluster tell rows apart."""
    return frozenset(name for of in figures.values() for name in of.model.header.key)


def protect_year(year: str, rows: Mapping[str, MartRows]) -> dict[str, Protection]:
    """Decides what a release leaves out of one year of a cluster; no figure has rows of two years.

    Args:
        year: The year, as the marts write it.
        rows: The rows of each mart that has any in that year.
    """
    codes = _coded(rows)
    return _Round([MartYear(year, rows[table], codes[table]) for table in sorted(rows)]).protected()


class _Round:
    """One year of a cluster."""

    def __init__(self, marts: Sequence[MartYear]) -> None:
        self._marts = {mart.figures.model.table: mart for mart in marts}
        self._systems = {
            name: systems([(mart, column) for mart in marts for column in mart.figures.columns(name)])
            for name in self._parents_last()
        }
        self._due: set[str] = set()

    def protected(self) -> dict[str, Protection]:
        for name in self._systems:
            self._protect(name)
        while self._hide_more():
            pass
        every = [system for found in self._systems.values() for system in found]
        for system in every:
            system.round_indices()
        counted = {each: of for system in every for each, of in system.counted.items()}
        return {
            table: mart.protection([counted[table, column] for column in mart.figures.thresholds])
            for table, mart in self._marts.items()
        }

    def _hide_more(self) -> bool:
        """Goes through all counts, wholes first, and says whether more is hidden now."""
        more = False
        for name in reversed(self._systems):
            if self._inherit(name) or name in self._due:
                self._protect(name)
                more = True
            while parts := [part for part in self._divisions(name) if self._inherit(part)]:
                for part in parts:
                    self._protect(part)
                self._protect(name)
                more = True
        return more

    def _protect(self, name: str) -> None:
        """Protects one count, together with the parts that divide it."""
        self._due.discard(name)
        for changed in sorted({each for system in self._systems[name] for each in system.protect()}):
            if changed == name:
                # Of what it divides it is a part of the system.
                self._due.update(whole for whole in self._systems if name in self._divisions(whole))
            elif any(system.is_linked for system in self._systems[changed]):
                self._due.add(changed)

    def _inherit(self, name: str) -> bool:
        more = [mart.inherit(column) for mart in self._marts.values() for column in mart.figures.columns(name)]
        return any(more)

    def _divisions(self, name: str) -> list[str]:
        """The parts that divide a count in any mart."""
        found = {
            mart.figures.persons(part): None
            for mart in self._marts.values()
            for column in mart.figures.columns(name)
            for part in mart.figures.divisions(column)
        }
        return list(found)

    def _parents_last(self) -> list[str]:
        """All counts, each after those that are a part of it."""
        ordered: dict[str, None] = {}
        seen: set[str] = set()

        def visit(name: str) -> None:
            seen.add(name)
            for mart in self._marts.values():
                for column in mart.figures.columns(name):
                    for child in map(mart.figures.persons, mart.figures.children(column)):
                        if child not in seen:
                            visit(child)
            ordered.setdefault(name)

        for mart in self._marts.values():
            for name in map(mart.figures.persons, mart.figures.thresholds):
                if name not in seen:
                    visit(name)
        return list(ordered)


def _coded(rows: Mapping[str, MartRows]) -> dict[str, dict[str, Ints]]:
    """For each mart the code of each row's value of each key column: the value's place among all of them in order."""
    texts = {table: each.texts() for table, each in rows.items()}
    codes: dict[str, dict[str, Ints]] = {table: {} for table in rows}
    for name in sorted({name.removesuffix(TODAY) for each in texts.values() for name in each}):
        having = [
            (table, each, texts[table][each]) for table in rows for each in (name, name + TODAY) if each in texts[table]
        ]
        known = pl.concat([series.alias(name) for _, _, series in having]).unique().sort()
        for table, each, series in having:
            coded = series.replace_strict(known, pl.int_range(len(known), eager=True), return_dtype=pl.Int64)
            codes[table][each] = np.asarray(coded.to_numpy(), dtype=np.int64)
    return codes

"""What is to be done for a model: which of its slices are due, and which of them are built together.

Belongs here: comparing a model with what stands in the warehouse. Does not belong here: building.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from eduplan.declarations.models import SqlModel
from eduplan.errors import DeclarationError
from eduplan.warehouse.fingerprints import Built, Inputs, digest, text_fingerprint
from eduplan.warehouse.slice_files import SliceFiles
from eduplan.warehouse.slices import SHAPE, with_years_before

ROWS_TOGETHER = 4_000_000
"""Slices are built together until their inputs have this many rows, or as many as one of them reads by itself: few
queries for a small city, little memory for a large one."""


@dataclass(frozen=True)
class Work:
    """What is to be done for one model: the fingerprints that it should have, against those that it has.

    Attributes:
        model: The model.
        partition: Column that it is cut by; None for a model that is built whole.
        wanted: Fingerprint that each slice should have.
        recorded: The slices that stand.
        rows_of_inputs: Rows of each slice of the inputs that are cut as the model is.
        sliced_inputs: Those inputs.
        files: Where its slices lie, if they are kept in Parquet.
    """

    model: SqlModel
    partition: str | None
    wanted: dict[str, str]
    recorded: dict[str, Built]
    rows_of_inputs: dict[str, int]
    sliced_inputs: tuple[str, ...]
    files: SliceFiles | None

    @property
    def is_new(self) -> bool:
        """Whether the table is made anew: it is not there, or its select or the columns it reads changed."""
        return SHAPE not in self.recorded or self.recorded[SHAPE].fingerprint != self.wanted[SHAPE]

    @property
    def changed(self) -> list[str]:
        """Slices that are built."""
        return sorted(
            text
            for text, fingerprint in self.wanted.items()
            if text != SHAPE
            and (self.is_new or text not in self.recorded or self.recorded[text].fingerprint != fingerprint)
        )

    @property
    def rows_read(self) -> int:
        """Rows that are read of the inputs that are cut as the model is; of all inputs where it is built whole."""
        return self.rows_of(self.changed) if self.partition else sum(self.rows_of_inputs.values())

    def rows_of(self, slices: Sequence[str]) -> int:
        """Rows that some slices read together; a year that several of them look back to is read once."""
        years = with_years_before(slices, self.partition or "", self.model.header.look_back)
        return sum(self.rows_of_inputs.get(year, 0) for year in years)

    @property
    def groups(self) -> list[list[str]]:
        """Slices that are built by one query each, by the rows that they read together."""
        groups: list[list[str]] = []
        for text in self.changed:
            if groups and self.rows_of([*groups[-1], text]) <= max(ROWS_TOGETHER, self.rows_of([text])):
                groups[-1].append(text)
            else:
                groups.append([text])
        return groups

    @property
    def removed(self) -> list[str]:
        """Slices that are no more."""
        return sorted(set(self.recorded) - set(self.wanted))

    @property
    def is_nothing(self) -> bool:
        """Whether the model stands as it should."""
        return not (self.is_new or self.changed or self.removed)


def plan_work(model: SqlModel, inputs: Inputs, files: SliceFiles | None) -> Work:
    """Compares a model with what stands in the warehouse."""
    for table in model.inputs:
        if not inputs.exists(table):
            raise DeclarationError(
                f"reads {table}, which does not exist", where=str(model.path), remedy="declare its source, or build it"
            )
    recorded = inputs.builds.get(model.table, {}) if inputs.exists(model.table) else {}
    text, partition = text_fingerprint(model), inputs.cut_of(model.table)
    if partition is None:
        read = [digest(table, inputs.shape(table), inputs.fingerprint(table)) for table in model.inputs]
        rows = {SHAPE: sum(inputs.rows(table) for table in model.inputs)}
        return Work(model, None, {SHAPE: digest(text, *read)}, recorded, rows, (), None)
    if files:
        recorded = files.still_there(recorded)
    cut = {table: found for table in model.inputs if (found := inputs.slices(table, partition)) is not None}
    shape = digest(text, *(digest(table, inputs.shape(table)) for table in model.inputs))
    whole = [digest(table, inputs.fingerprint(table)) for table in model.inputs if table not in cut]
    wanted, rows_of_inputs = {SHAPE: shape}, Counter[str]()
    for found in cut.values():
        rows_of_inputs.update(found)
    for slice_text in sorted({text for found in cut.values() for text in found}):
        years = with_years_before([slice_text], partition, model.header.look_back)
        read = [digest(table, inputs.fingerprint(table, partition, years)) for table in cut]
        wanted[slice_text] = digest(shape, *whole, *read)
    return Work(model, partition, wanted, recorded, dict(rows_of_inputs), tuple(cut), files)

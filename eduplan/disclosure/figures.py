"""Which sums over its rows a release publishes of each mart: its tables, and the values of indicators.

Belongs here: collecting them from the declarations. Does not belong here: what is left out of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from eduplan.declarations.indicators import Indicator
from eduplan.declarations.models import ColumnText, SqlModel
from eduplan.indicators.grouping import CellSet, cell_sets
from eduplan.indicators.marts import measure_of
from eduplan.project import Settings

PERSONS = "persons"
"""The unit of a column that counts persons."""
TIMES = ("school_year", "calendar_year")


@dataclass(frozen=True)
class Cut:
    """One way in which a mart's rows are cut into published figures.

    Attributes:
        keys: Columns that name a figure, the time first.
        scope: SQL predicate of the rows that are meant; None for all.
    """

    keys: tuple[str, ...]
    scope: str | None = None


@dataclass(frozen=True)
class PublishedValue:
    """One side of one set of an indicator's values.

    Attributes:
        indicator: Its code.
        side: ``numerator`` or ``denominator``.
        column: The mart column that is summed.
        cells: Level of area and breakdowns.
        cut: How that cuts the mart.
        year_offset: Years that the measure lies before the value's reference year.
        units: Columns that name the units among which a dispersion is measured; empty for other values.
    """

    indicator: str
    side: str
    column: str
    cells: CellSet
    cut: Cut
    year_offset: int
    units: tuple[str, ...] = ()


@dataclass(frozen=True)
class PublishedTable:
    """A table of the release that is made of one mart.

    Attributes:
        name: Qualified name.
        by: Columns that its rows are grouped by; empty where the rows of the mart are published as they are.
        cut: How it cuts the mart.
    """

    name: str
    by: tuple[str, ...]
    cut: Cut


@dataclass
class MartFigures:
    """Everything that is published of the persons whom one mart counts.

    Attributes:
        model: The mart.
        thresholds: For each column that counts persons, the least number that is published.
        tables: Its tables.
        values: The values of indicators.
    """

    model: SqlModel
    thresholds: dict[str, int]
    tables: list[PublishedTable]
    values: list[PublishedValue] = field(default_factory=list)

    @property
    def year(self) -> str:
        """SQL of the year of a row, as text."""
        return f"coalesce(cast({self.tables[0].cut.keys[0]} as varchar), '_U')"

    def text(self, column: str) -> ColumnText | None:
        """What a column means."""
        return _text(self.model, column)

    def persons(self, column: str) -> str:
        """The name by which all marts know the persons of a column."""
        return self._persons[column]

    def columns(self, persons: str) -> list[str]:
        """The columns that count some persons."""
        return [column for column, found in self._persons.items() if found == persons]

    @cached_property
    def _persons(self) -> dict[str, str]:
        texts = {column: self.text(column) for column in self.thresholds}
        return {column: (text.same_as if text else None) or column for column, text in texts.items()}

    def children(self, column: str) -> list[str]:
        """Counts of persons that are a part of a column."""
        return [name for name, whole in self._wholes.items() if name != column and whole == column]

    @cached_property
    def _wholes(self) -> dict[str, str | None]:
        return {name: _whole_of(self.text(name)) for name in self.thresholds}

    def parts(self, column: str) -> list[str]:
        """Counts that are a part of a column, or of a part of it."""
        return [part for child in self.children(column) for part in (child, *self.parts(child))]

    def divisions(self, column: str) -> list[str]:
        """Those of them that have nobody in common."""
        texts = {name: self.text(name) for name in self.children(column)}
        return [name for name, text in texts.items() if text and text.divides == column]

    def cuts(self, column: str) -> list[Cut]:
        """How a column is published, each way once."""
        cuts = [table.cut for table in self.tables] + [value.cut for value in self.values if value.column == column]
        return list(dict.fromkeys(cuts))


def _text(model: SqlModel, column: str) -> ColumnText | None:
    """What a column means; a mart that words it its own way and says nothing of the unit counts what others count."""
    text, shared = model.column_text(column), model.shared_texts.get(column)
    if text is None or shared is None or text.unit is not None:
        return text
    same = {name: getattr(shared, name) for name in ("unit", "of", "divides", "same_as", "disclosure")}
    return text.model_copy(update=same)


def _whole_of(text: ColumnText | None) -> str | None:
    return (text.divides or text.of) if text else None


def figures_of_marts(
    columns: Mapping[str, Sequence[str]],
    models: Mapping[str, SqlModel],
    indicators: Iterable[Indicator],
    settings: Settings,
) -> dict[str, MartFigures]:
    """What is published of every mart that counts persons, by mart.

    Args:
        columns: Columns of each published mart, by qualified name.
        models: Models by qualified name.
        indicators: All indicators.
        settings: For the thresholds.
    """
    found: dict[str, MartFigures] = {}
    for table, names in columns.items():
        thresholds = _thresholds(models[table], names, settings)
        if thresholds:
            found[table] = MartFigures(models[table], thresholds, _tables(models[table], names))
    for indicator in indicators:
        for side in ("numerator", "denominator"):
            measure = measure_of(indicator, side)
            mart = found.get(str(measure.mart)) if measure else None
            if mart is None or measure is None or measure.column not in mart.thresholds:
                continue
            scope = " and ".join(f"({where})" for where in (indicator.where, measure.where) if where) or None
            units = tuple(indicator.dispersion.unit_key) if indicator.dispersion else ()
            for cells in cell_sets(indicator):
                cut = Cut((_time(columns[mart.model.table]), *cells.columns), scope)
                mart.values.append(
                    PublishedValue(indicator.code, side, measure.column, cells, cut, measure.year_offset, units)
                )
    return found


def _thresholds(model: SqlModel, names: Iterable[str], settings: Settings) -> dict[str, int]:
    thresholds = {}
    for name in names:
        text = _text(model, name)
        if text and text.unit == PERSONS and text.disclosure != "open":
            sensitive = text.disclosure == "sensitive"
            thresholds[name] = settings.smallest_sensitive_count if sensitive else settings.smallest_count
    return {name: threshold for name, threshold in thresholds.items() if threshold > 1}


def _tables(model: SqlModel, names: Sequence[str]) -> list[PublishedTable]:
    time = _time(names)
    if not model.header.publish:
        keys = tuple(key for key in model.header.key if key != time)
        return [PublishedTable(model.table, (), Cut((time, *keys)))]
    return [
        PublishedTable(f"{model.schema}.{each.name}", (time, *each.by), Cut((time, *each.by)))
        for each in model.header.publish
    ]


def _time(names: Sequence[str]) -> str:
    return next(name for name in TIMES if name in names)

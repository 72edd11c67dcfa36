"""Which sums over its rows a release publishes of each mart: its tables, and the values of indicators.

Belongs here: collecting them from the declarations. Does not belong here: what is left out of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from eduplan.declarations.indicators import Indicator, Measure
from eduplan.declarations.models import ColumnText, Counted, Follows, SqlModel
from eduplan.indicators.grouping import CellSet, cell_sets
from eduplan.indicators.marts import measure_of
from eduplan.project import Settings

PERSONS = "persons"
"""The unit of a column that counts persons."""
TIMES = ("school_year", "calendar_year")
WEIGHTED_RATIO, WEIGHT = "weighted_ratio", "weight"
"""Methods of an index, beside those of dispersions."""
BASE = "base"
"""The side of a rate that counts persons of a year before."""


@dataclass(frozen=True)
class Index:
    """What is told of counts by a value that is more than a sum: a weighted rate, or how units differ.

    Attributes:
        method: ``weighted_ratio``, a method of :class:`eduplan.declarations.indicators.Dispersion`, or ``weight`` for
            the sum of the weights that such a value stands beside.
        numerator: Column of what a unit has, and the rows in which it is meant, where not in all.
        denominator: The same of what that is divided by.
        weight: Column of the weight of a unit.
        units: Columns that name a unit, or the stratum of a weighted rate.
        scale: What the value is multiplied with.
        decimals: Decimals that a release tells of it.
    """

    method: str
    numerator: tuple[str, str | None]
    denominator: tuple[str, str | None]
    weight: str
    units: tuple[str, ...]
    scale: int
    decimals: int


@dataclass(frozen=True)
class Cut:
    """One way in which a mart's rows are cut into published figures.

    Attributes:
        keys: Columns that name a figure, the time first.
        scope: SQL predicate of the rows that are meant; None for all.
        index: What is told of them; None for their sum.
    """

    keys: tuple[str, ...]
    scope: str | None = None
    index: Index | None = None

    @property
    def is_sum(self) -> bool:
        """Whether its figures add up a count."""
        return self.index is None or self.index.method == WEIGHT


@dataclass(frozen=True)
class PublishedValue:
    """What one set of an indicator's values tells of one count.

    Attributes:
        indicator: Its code.
        side: What of the value is not told where a figure is hidden: ``numerator`` or ``denominator`` with the value,
            ``weight``: both, but not the value; or ``base``: the denominator, and decimals of the value that tell it.
        column: The mart column.
        cells: Level of area and breakdowns.
        cut: How that cuts the mart.
        year_offset: Years that the measure lies before the value's reference year.
    """

    indicator: str
    side: str
    column: str
    cells: CellSet
    cut: Cut
    year_offset: int


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
        known: For each column, sums that two years have in common: whoever knows one year knows them of the other.
        cells: Of a mart that follows persons, how they are cut where they were; None for others.
    """

    model: SqlModel
    thresholds: dict[str, int]
    tables: list[PublishedTable]
    values: list[PublishedValue] = field(default_factory=list)
    known: dict[str, list[Cut]] = field(default_factory=dict)
    cells: Cut | None = None

    @property
    def year(self) -> str:
        """SQL of the year of a row, as text."""
        return f"coalesce(cast({self.tables[0].cut.keys[0]} as varchar), '_U')"

    def text(self, column: str) -> ColumnText | None:
        """What a column means."""
        return _text(self.model, column)

    def counted(self, column: str) -> Counted | None:
        """Where the persons of a column are counted that it counts again."""
        text = self.text(column)
        return text.counted if text else None

    def is_withheld(self, column: str) -> bool:
        """Whether a release does not tell a column at all."""
        return column in self._withheld

    @cached_property
    def _withheld(self) -> frozenset[str]:
        texts = {column: self.text(column) for column in self.thresholds}
        return frozenset(
            column for column, text in texts.items() if text and (text.counted or text.disclosure == "withheld")
        )

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
        return list(dict.fromkeys([*cuts, *self.known.get(column, ())]))


def _text(model: SqlModel, column: str) -> ColumnText | None:
    """What a column means; a mart that words it its own way and says nothing of the unit counts what others count."""
    text, shared = model.column_text(column), model.shared_texts.get(column)
    if text is None or shared is None or text.unit is not None:
        return text
    same = {name: getattr(shared, name) for name in ("unit", "of", "divides", "same_as", "disclosure", "counted")}
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
        for table, value in _values(indicator, columns):
            mart = found.get(table)
            if mart is None or value.column not in mart.thresholds:
                continue
            counted = mart.counted(value.column)
            home = found.get(counted.mart) if counted else None
            if counted and home:
                home.values += _counted_there(value, counted, columns[home.model.table])
            else:
                mart.values.append(value)
    for mart in found.values():
        follows = mart.model.header.follows
        if follows and follows.mart in found:
            _know_sums(mart, found[follows.mart], follows)
    return found


def _know_sums(mart: MartFigures, home: MartFigures, follows: Follows) -> None:
    """Notes the sums of persons whom a mart follows, as it publishes them, and of the same persons where they were."""
    cuts = mart.cuts(follows.column)
    sums = dict.fromkeys(tuple(key for key in cut.keys[1:] if key in follows.by) for cut in cuts)
    for known, where in ((mart, follows.where), (home, follows.among)):
        time, published, every = known.tables[0].cut.keys[0], known.cuts(follows.column), [where] if where else []
        scopes = [_scope([*every, *within]) for within in ([], *([each] for each in follows.within))]
        found = [Cut((time, *keys), scope) for keys in sums for scope in scopes]
        known.known[follows.column] = [cut for cut in found if cut not in published]
        if known is mart:
            mart.cells = Cut((time, *follows.by), scopes[0])


def _values(indicator: Indicator, columns: Mapping[str, Sequence[str]]) -> Iterator[tuple[str, PublishedValue]]:
    """What the values of an indicator tell of each column that they are made of, with its mart."""
    for side in ("numerator", "denominator"):
        measure = measure_of(indicator, side)
        if measure is None or measure.mart is None or measure.mart not in columns:
            continue
        for cells in cell_sets(indicator):
            keys = (_time(columns[measure.mart]), *cells.columns)
            for told, column, cut in _told(indicator, side, measure, keys):
                yield measure.mart, PublishedValue(indicator.code, told, column, cells, cut, measure.year_offset)


def _counted_there(value: PublishedValue, counted: Counted, columns: Sequence[str]) -> Iterator[PublishedValue]:
    """What a value tells of persons where, and in the year in which, they are counted."""
    cut = Cut((_time(columns), *value.cells.columns), _scope([counted.where] if counted.where else []))
    side = BASE if counted.years_before else value.side
    for column in counted.columns:
        offset = value.year_offset - counted.years_before
        yield replace(value, side=side, column=column, cut=cut, year_offset=offset)


def _told(indicator: Indicator, side: str, measure: Measure, keys: tuple[str, ...]) -> Iterator[tuple[str, str, Cut]]:
    """The side, column and cut of all that a value tells through one of its measures."""
    conditions = [where for where in (indicator.where, measure.where) if where]
    if indicator.quotient:
        # What stands on either side is a product of one group's sum and the other's.
        for group in (indicator.quotient.group, indicator.quotient.others):
            for product in ("numerator", "denominator"):
                yield product, measure.column, Cut(keys, _scope([*conditions, group]))
    elif index := _index_of(indicator):
        cut = Cut(keys, _scope([indicator.where] if indicator.where else []), index)
        yield "numerator", measure.column, cut
        if side == "denominator":
            yield "numerator", index.weight, cut
            yield WEIGHT, index.weight, replace(cut, index=replace(index, method=WEIGHT))
    else:
        yield side, measure.column, Cut(keys, _scope(conditions))


def is_index(indicator: Indicator) -> bool:
    """Whether a value is more than a sum or a quotient of sums."""
    return _index_of(indicator) is not None


def _scope(conditions: Sequence[str]) -> str | None:
    return " and ".join(f"({where})" for where in conditions) or None


def _index_of(indicator: Indicator) -> Index | None:
    weight = indicator.dispersion.weight if indicator.dispersion else indicator.weight
    numerator, denominator = (measure_of(indicator, side) for side in ("numerator", "denominator"))
    if numerator is None or denominator is None or weight is None:
        return None
    return Index(
        indicator.dispersion.method if indicator.dispersion else WEIGHTED_RATIO,
        (numerator.column, numerator.where),
        (denominator.column, denominator.where),
        weight,
        tuple(indicator.dispersion.unit_key if indicator.dispersion else indicator.strata),
        indicator.scale,
        indicator.decimals,
    )


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

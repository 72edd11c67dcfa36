"""Generates the statements that turn the texts of a file into typed, judged rows.

Belongs here: how the readings of cells are put together. Does not belong here: the readings
(:mod:`eduplan.staging.cells`), the steps of the careful way (:mod:`eduplan.staging.careful`) and what is done with the
rows (:mod:`eduplan.staging.stage`).

One statement reads the different texts of each column the quick way. The first over rows gives each its values, as far
as the quick way finds them, and says which rows need a closer look (``_is_odd``). The second reads those rows the
careful way, but for those that are found to be no data at all. Both end in the same columns:

``row_number``, the typed columns, derived columns and person key; and as masks with one bit a column or rule
``_broken`` (rules of the contract that do not hold) and ``_decimal`` (acuities written as decimals). The first adds
``_is_dropped`` for rows that are no data, ``_is_odd`` and the masks ``_odd`` (columns that need the careful way),
``_blank`` (placeholders) and ``_quoted`` (apostrophes); the second ``_id``, ``_faults`` and ``_repairs``.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from eduplan.declarations.contracts import ColumnType
from eduplan.declarations.text import Bilingual
from eduplan.staging.acuity import careful_reading, is_decimal_reading, quick_reading
from eduplan.staging.careful import add_careful_texts, faults, repairs
from eduplan.staging.cells import Reason
from eduplan.staging.dropping import filled_texts, heading_columns, is_no_data, is_total_label, label_columns
from eduplan.staging.identity import unquoted
from eduplan.staging.known_keys import NEW_IDENTITY
from eduplan.staging.layers import Layers
from eduplan.staging.normalise import sql_text
from eduplan.staging.plan import FilePlan, PlannedColumn
from eduplan.staging.pseudonyms import person_key_sql
from eduplan.staging.schema import staged_types
from eduplan.staging.vocabulary import is_placeholder

REQUIRED = Reason("required", Bilingual(en="a required value is missing", zh="必填项为空"))

MOST_BITS = 62
"""So many columns have a bit each in a mask that is no hugeint."""

UNREAD, BLANK, DECIMAL, TOTAL = "_unread_", "_blank_", "_decimal_", "_total_"
"""Prefixes of what is said of a text besides its value."""
MASKS = ("_unread", "_blank", "_decimal", "_is_dropped")
"""The masks of the columns whose texts were read already: one bit a column, or one for all."""
PLACE = "_place_of_texts"
"""A row's place among the texts that were read."""
_OF_PERSONS = (ColumnType.IDENTITY, ColumnType.ROLL_NUMBER)
_PERSON = "_person"


class Statements:
    """The statements that stage one file.

    Args:
        plan: What is to be read.
    """

    def __init__(self, plan: FilePlan) -> None:
        self._plan = plan
        self._sent = [planned for planned in plan.columns if planned.is_sent]

    def rows(self, relation: str, *, known: str | None = None) -> str:
        """Rows of one sender, as the first statement takes them.

        Args:
            relation: The rows, whose repeating texts were read already.
            known: Table of the persons that were read before, if the plan knows keys.
        """
        plan = self._plan
        if not (plan.known_key and plan.identity):
            return f"select * from {relation}"
        person = f"{unquoted(plan.inputs[plan.identity.name])} as {_PERSON}"
        # A subquery and not a join: its rows stay in their order.
        key = f"(select person_key from {known} where identity = {_PERSON})" if known else "null::bigint"
        rows = f"select *, {person} from {relation}"
        return f"select * exclude ({_PERSON}), {key} as {plan.known_key} from ({rows})"

    @property
    def plan(self) -> FilePlan:
        """What is to be read."""
        return self._plan

    @property
    def alike(self) -> list[tuple[int, PlannedColumn]]:
        """The columns whose value depends on their own text alone, each with its place among those that were sent."""
        if len(self._sent) > MOST_BITS:
            return []
        texts = set(self._plan.texts)
        return [
            (bit, each)
            for bit, each in enumerate(self._sent)
            if each.cell.names.raw in texts and each.column.type not in _OF_PERSONS
        ]

    @property
    def place(self) -> str:
        """Column of a row's place among the texts; its place in the table, where the order is kept."""
        return "_id" if self._plan.keeps_order else PLACE

    @property
    def _places(self) -> list[str]:
        return [] if self._plan.keeps_order else [PLACE]

    @property
    def plain_texts(self) -> list[str]:
        """Names of the texts that are not read once for all rows that have them."""
        repeated = {each.cell.names.raw for _, each in self.alike} | set(label_columns(self._plan))
        return [name for name in self._plan.texts if name not in repeated]

    def spread(self, relation: str) -> str:
        """The texts of a raw table, with its headings filled down and its wide columns made rows."""
        wide = [f"_wide.{field.column} as _wide_{field.column}" for field in self._plan.wide_fields]
        headings = [f"_heading_{name}" for name, _ in self._plan.headings]
        texts = ["row_number", *self._plan.labelled, *headings, *wide]
        return f"select {', '.join(texts)} from {self._spread(relation)}"

    def distinct(self, relation: str) -> str:
        """Reads different texts the quick way.

        Args:
            relation: Different texts of each column, side by side.

        Returns:
            SQL that gives for each text the value that a row with it has; and under the column's name with a prefix,
            whether it is unread, a placeholder, or a decimal acuity, and whether it is the label of a totals row.
        """
        alike = [each for _, each in self.alike]
        layers = Layers(f"select * from {relation}")
        _add_values(layers, alike, careful=())
        outputs: dict[str, str] = {}
        for each in alike:
            blank = f"{_is_unread(each)} and {is_placeholder(each.cell.names.raw)}"
            outputs[each.name] = _defaults([each]).get(each.name, each.name)
            outputs[UNREAD + each.name] = f"coalesce({_is_unread(each)}, false)"
            outputs[BLANK + each.name] = f"coalesce({blank}, false)"
            if each.column.type is ColumnType.ACUITY:
                outputs[DECIMAL + each.name] = f"coalesce({_is_decimal(each, is_careful=False)}, false)"
        for name in label_columns(self._plan):
            outputs[TOTAL + name] = f"coalesce({is_total_label(self._plan, name)}, false)"
        return layers.sql(outputs)

    def first(self, table: str, relation: str, columns: Mapping[str, str], found: Collection[str]) -> str:
        """Makes rows of values, and judges them.

        Args:
            table: Temporary table to create.
            relation: Rows as :meth:`rows` gives them, of one file or of several.
            columns: SQL of the columns whose texts were read already, by name.
            found: Which of the masks of those columns the rows have; no row has a bit in the others.
        """
        plan, sent = self._plan, self._sent
        own = {bit: each for bit, each in enumerate(sent) if each.name not in columns}
        known = [plan.known_key] if plan.known_key else []
        texts = dict.fromkeys(each.cell.names.raw for each in own.values() if each.cell.names.raw in plan.texts)
        read = [name if sql == name else f"{sql} as {name}" for name, sql in columns.items()]
        masks = [name if name in found else f"0::bigint as {name}" for name in MASKS]
        numbers = ["row_number", *self._places]
        layers = Layers(f"select {', '.join([*numbers, *texts, *known, *read, *masks])} from {relation}")
        _add_values(layers, list(own.values()), careful=())
        layers.add({"_has_unread": f"({' or '.join(map(_is_unread, own.values())) or 'false'})"})
        # Few rows have such a cell, and only of those it is asked which. Placeholders are common among them, so they
        # are told from other texts right here.
        unread = _mask_of({bit: _is_unread(each) for bit, each in own.items()})
        blank = _mask_of(
            {bit: f"{_is_unread(each)} and {is_placeholder(each.cell.names.raw)}" for bit, each in own.items()}
        )
        changed = {
            name: f"case when _has_unread then {name} | {mask} else {name} end"
            for name, mask in (("_unread", unread), ("_blank", blank))
            if own
        }
        layers.add(_absent(plan), {**changed, **_defaults(list(own.values()))})
        is_odd = " or ".join(["_unread <> _blank", *_lacking(sent)])
        layers.add({"_is_odd": is_odd, **self._derived(plan)})
        acuities = {bit: each for bit, each in enumerate(plan.acuities) if each.name not in columns}
        decimal = _mask_of({bit: _is_decimal(each, is_careful=False) for bit, each in acuities.items()})
        outputs = {
            **self._outputs(f"_decimal | {decimal}" if acuities else "_decimal"),
            "_is_dropped": "_is_dropped <> 0",
            "_blank": "_blank",
            "_quoted": _mask(f"{each.name} is not null and {each.cell.is_quoted}" for each in self._quotable),
            "_is_odd": "_is_odd",
            "_odd": "xor(_unread, _blank)",
            **dict.fromkeys(self._places, PLACE),
        }
        if plan.known_key and plan.identity:
            outputs[NEW_IDENTITY] = f"case when {plan.known_key} is null then {plan.identity.name} end"
        return f"create or replace temp table {table} as\n{layers.sql(outputs)}"

    def apart(self, table: str, odd_rows: str) -> str:
        """Puts the odd rows into a table of their own, and says which of them are no data at all.

        Args:
            table: Temporary table to create.
            odd_rows: The odd rows: ``_id``, ``row_number``, ``_odd`` and their texts.
        """
        plan = self._plan.over_list
        cells = f"select _id, row_number, [{', '.join(plan.texts)}] as _cells, _odd from {odd_rows}"
        odd = f"select *, {filled_texts(plan)} as _filled from ({cells})"
        return (
            f"create or replace temp table {table} as select * exclude (_filled), "
            f"{is_no_data(plan, '_filled')} as _is_no_data from ({odd})"
        )

    def second(self, table: str, odd_rows: str, odd: int) -> str:
        """Reads the odd rows again, the careful way.

        Args:
            table: Temporary table to create.
            odd_rows: The odd rows, put apart.
            odd: Mask of the columns that need the careful way.
        """
        plan = self._plan.over_list
        sent = [planned for planned in plan.columns if planned.is_sent]
        careful = careful_columns(sent, odd)
        layers = Layers(f"select _id, row_number, _cells from {odd_rows} where not _is_no_data")
        add_careful_texts(layers, careful)
        _add_values(layers, sent, careful)
        found = {"_faults": faults(sent, careful), "_repairs": repairs(careful)}
        layers.add({**found, **_absent(plan)}, _defaults(sent))
        layers.add(self._derived(plan))
        outputs = {
            "_id": "_id",
            **self._outputs(_mask(_is_decimal(each, is_careful=each in careful) for each in plan.acuities)),
            "_faults": "_faults",
            "_repairs": "_repairs",
        }
        return f"create or replace temp table {table} as\n{layers.sql(outputs)}"

    @property
    def mended_columns(self) -> list[str]:
        """The columns that the second statement gives new values."""
        names = self._outputs("_decimal")
        return [name for name in names if name != "row_number"]

    def repair_counts(self, blank: int, odd: int) -> dict[tuple[str, str], str]:
        """SQL that counts what the first statement repaired, by column and rule.

        Args:
            blank: Mask of the columns that have placeholders.
            odd: Mask of the columns that needed the careful way, which counted for itself in the odd rows.
        """
        careful = {planned.name for planned in careful_columns(self._sent, odd)}
        counts: dict[tuple[str, str], str] = {}

        def count(mask: str, rule: str, bit: int, planned: PlannedColumn, *, also_careful: bool) -> None:
            was_careful = " and not _is_odd" if also_careful and planned.name in careful else ""
            counts[planned.name, rule] = f"count(*) filter ({mask} & {1 << bit} <> 0{was_careful})"

        for bit, planned in enumerate(self._sent):
            if blank >> bit & 1:
                count("_blank", "placeholder", bit, planned, also_careful=True)
        for bit, planned in enumerate(self._quotable):
            count("_quoted", "apostrophe", bit, planned, also_careful=True)
        for bit, planned in enumerate(self._plan.acuities):
            count("_decimal", "decimal_acuity", bit, planned, also_careful=False)
        return counts

    @property
    def _quotable(self) -> list[PlannedColumn]:
        return [planned for planned in self._sent if planned.cell.is_quoted]

    def reasons(self, odd: int) -> dict[tuple[str, str], Reason]:
        """The reasons that faults of odd rows can have, by column and key.

        Args:
            odd: Mask of the columns that needed the careful way.
        """
        reasons = {(each.name, "required"): REQUIRED for each in self._sent if each.is_required}
        for planned in careful_columns(self._sent, odd):
            reasons |= {(planned.name, key): reason for key, reason in planned.cell.reasons.items()}
        return reasons

    def _spread(self, relation: str) -> str:
        """The raw table with its headings filled down and its wide columns made rows."""
        if self._plan.headings:
            relation = f"({heading_columns(self._plan, relation)})"
        if self._plan.wide_columns:
            records = [
                "{" + ", ".join(f"'{field.column}': {field.texts[i]}" for field in self._plan.wide_fields) + "}"
                for i in range(len(self._plan.wide_columns))
            ]
            relation = f"(select *, unnest([{', '.join(records)}]) as _wide from {relation})"
        return relation

    def _derived(self, plan: FilePlan) -> dict[str, str]:
        types = staged_types(self._plan.contract)  # date_trunc of a date is a timestamp
        derived = {each.name: f"cast({each.expression} as {types[each.name]})" for each in self._plan.contract.derive}
        identity = self._plan.identity
        if identity and identity.person_key:
            made = person_key_sql(identity.name)
            if plan.known_key:
                made = f"case when {identity.name} is not null then coalesce({plan.known_key}, {made}) end"
            derived[identity.person_key] = made
        return derived

    def _outputs(self, decimal: str) -> dict[str, str]:
        names = ["row_number", *(planned.name for planned in self._plan.carried), *self._derived(self._plan)]
        return {
            **{name: name for name in names},
            "_broken": _mask(f"not ({rule.check})" for rule in self._plan.contract.rules),
            "_decimal": decimal,
        }


def careful_columns(sent: Sequence[PlannedColumn], odd: int) -> list[PlannedColumn]:
    """The columns of a mask."""
    return [planned for bit, planned in enumerate(sent) if odd >> bit & 1]


def _add_values(layers: Layers, sent: Sequence[PlannedColumn], careful: Collection[PlannedColumn]) -> None:
    """Adds the values of all columns, those that read other columns last."""
    quick = [planned for planned in sent if planned not in careful]
    helpers = {name: sql for planned in quick for name, sql in planned.cell.prepared.items()}
    layers.add({**helpers, **{name: sql for planned in careful for name, sql in planned.cell.read.items()}})
    values = {planned.name: planned.cell.careful if planned in careful else _quick(planned) for planned in sent}
    late = {planned.name for planned in sent if planned.cell.is_late}
    layers.add({name: sql for name, sql in values.items() if name not in late})
    layers.add({name: sql for name, sql in values.items() if name in late})


def _defaults(sent: Sequence[PlannedColumn]) -> dict[str, str]:
    return {each.name: f"coalesce({each.name}, {each.default})" for each in sent if each.default is not None}


def _absent(plan: FilePlan) -> dict[str, str]:
    """Columns that the file does not have."""
    absent = [planned for planned in plan.columns if not planned.is_sent]
    return {each.name: each.default or f"cast(null as {each.cell.sql_type})" for each in absent}


def _lacking(sent: Sequence[PlannedColumn]) -> list[str]:
    """Required columns that are empty; where nothing is required, all columns together."""
    required = [planned.name for planned in sent if planned.is_required]
    if required:
        return [f"{name} is null" for name in required]
    return ["(" + " and ".join(f"{planned.name} is null" for planned in sent) + ")"]


def _quick(planned: PlannedColumn) -> str:
    """The quick way, but for texts that the contract declares to mean no value."""
    declared = " or ".join(f"{planned.cell.names.raw} = {sql_text(text)}" for text in planned.column.null_values)
    return f"case when {declared} then null else {planned.cell.quick} end" if declared else planned.cell.quick


def _is_unread(planned: PlannedColumn) -> str:
    """Whether a cell says something that the quick way does not understand."""
    raw = planned.cell.names.raw
    declared = "".join(f" and {raw} <> {sql_text(text)}" for text in planned.column.null_values)
    return f"({planned.name} is null and {raw} is not null{declared})"


def _is_decimal(planned: PlannedColumn, *, is_careful: bool) -> str:
    names = planned.cell.names
    reading = careful_reading(names) if is_careful else quick_reading(names)
    return f"{planned.name} is not null and {is_decimal_reading(reading)}"


def _mask(conditions: Iterable[str]) -> str:
    """One bit a condition, in their order; conditions that are null are none."""
    return _mask_of(dict(enumerate(conditions)))


def _mask_of(conditions: Mapping[int, str]) -> str:
    """The same by their bits."""
    sql_type = "bigint" if all(bit < MOST_BITS for bit in conditions) else "hugeint"
    terms = [f"case when {condition} then {1 << bit}::{sql_type} else 0 end" for bit, condition in conditions.items()]
    return f"({' | '.join(terms)})" if terms else "0::bigint"

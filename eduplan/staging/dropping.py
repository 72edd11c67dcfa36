"""Which rows of a file are no data: totals, footers, headings, repeated headers, blank rows.

Belongs here: the conditions in SQL. Does not belong here: counting them.
"""

from __future__ import annotations

import re

from eduplan.declarations.contracts import ColumnType
from eduplan.staging.normalise import sql_text
from eduplan.staging.plan import FilePlan

_BLANKS = " \t\r\n\u00a0\u3000\ufeff"


def is_total(plan: FilePlan) -> str:
    """SQL: whether a row is a totals row; it can look like data, so its label is looked for in every row."""
    if not plan.contract.layout.totals:
        return "false"
    labels = f"[{', '.join(sql_text(label) for label in plan.contract.layout.totals)}]"
    return (
        f"coalesce({' or '.join(f'list_contains({labels}, {column})' for column in _columns_of_labels(plan))}, false)"
    )


def first_text(plan: FilePlan) -> str:
    """SQL: the first text of a row, null where the row is blank."""
    return f"coalesce({', '.join(_text_of(column) for column in plan.labelled)})"


def is_no_data(plan: FilePlan, first: str) -> str:
    """SQL: whether a row that lacks something is no data at all.

    Args:
        plan: What is read.
        first: The row's first text.
    """
    conditions = [f"{first} is null"]
    conditions += [f"regexp_matches({first}, {sql_text(pattern)})" for pattern in plan.contract.layout.footers]
    conditions += [*_repeated_header(plan), *_heading_rows(plan)]
    totals = plan.contract.layout.totals
    if totals:
        spaced = "|".join(r"\s*".join(re.escape(character) for character in label) for label in totals)
        pattern = sql_text(rf"[\s\x{{3000}}]*({spaced})[\s\x{{3000}}]*[:：]?[\s\x{{3000}}]*")
        conditions += [f"regexp_full_match({column}, {pattern})" for column in _columns_of_labels(plan)]
    return f"coalesce({' or '.join(f'({condition})' for condition in conditions)}, false)"


def heading_columns(plan: FilePlan, relation: str) -> str:
    """SQL: the raw table with a column for each group of its heading rows, filled down to the rows below."""
    texts = [
        f"nullif(regexp_extract(_lone_text, {sql_text(pattern)}, {_group(pattern, name)}), '')"
        for name, pattern in plan.headings
    ]
    filled = ", ".join(
        f"last_value({text} ignore nulls) over (order by row_number rows unbounded preceding) as _heading_{name}"
        for text, (name, _) in zip(texts, plan.headings, strict=True)
    )
    return f"select *, {filled} from (select *, {_lone_text(plan)} as _lone_text from {relation})"


def _group(pattern: str, name: str) -> int:
    return re.compile(pattern).groupindex[name]


def _lone_text(plan: FilePlan) -> str:
    """The text of a row that has only one."""
    cells = ", ".join(_text_of(column) for column in plan.labelled)
    return f"case when list_count([{cells}]) = 1 then coalesce({cells}) end"


def _heading_rows(plan: FilePlan) -> list[str]:
    patterns = {pattern for _, pattern in plan.headings}
    return [f"regexp_matches({_lone_text(plan)}, {sql_text(pattern)})" for pattern in sorted(patterns)]


def _text_of(column: str) -> str:
    return f"nullif(trim({column}, {sql_text(_BLANKS)}), '')"


def _repeated_header(plan: FilePlan) -> list[str]:
    """A header that is printed again on each page: its first two labels stand in their own columns."""
    labels = [(column.name, column.header) for column in plan.header][:2]
    return [" and ".join(f"trim({name}) = {sql_text(label)}" for name, label in labels)]


def _columns_of_labels(plan: FilePlan) -> list[str]:
    """Where a totals label can stand: the first column, key columns, and texts that are no identity."""
    texts = [
        plan.inputs[column.name]
        for column in plan.contract.columns
        if column.name in plan.inputs
        and not column.is_identity
        and (column.name in plan.contract.key or column.type is ColumnType.TEXT)
    ]
    columns = [*plan.labelled[:1], *texts]
    return [column for column in dict.fromkeys(columns) if column in plan.labelled]

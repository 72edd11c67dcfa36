"""Which rows of a file are no data: totals, footers, headings, repeated headers, blank rows.

Belongs here: the conditions in SQL. Does not belong here: counting them.
"""

from __future__ import annotations

import re

from eduplan.declarations.contracts import ColumnType
from eduplan.staging.normalise import sql_text
from eduplan.staging.plan import FilePlan

_BLANKS = " \t\r\n\u00a0\u3000\ufeff"


def is_total_label(plan: FilePlan, text: str) -> str:
    """SQL: whether a text is the label of a totals row, which can look like data otherwise."""
    return f"list_contains([{', '.join(sql_text(label) for label in plan.contract.layout.totals)}], {text})"


def filled_texts(plan: FilePlan) -> str:
    """SQL: the texts of a row that say something, as a list."""
    cells = ", ".join(plan.text_sql(name) for name in plan.labelled)
    trimmed = f"list_transform([{cells}], lambda text: nullif(trim(text, {sql_text(_BLANKS)}), ''))"
    return f"list_filter({trimmed}, lambda text: text is not null)"


def is_no_data(plan: FilePlan, filled: str) -> str:
    """SQL: whether a row that lacks something is no data at all.

    Args:
        plan: What is read.
        filled: The row's texts that say something.
    """
    conditions = [f"len({filled}) = 0", _is_repeated_header(plan)]
    conditions += [f"regexp_matches({filled}[1], {sql_text(pattern)})" for pattern in plan.contract.layout.footers]
    headings = dict.fromkeys(pattern for _, pattern in plan.headings)
    conditions += [f"len({filled}) = 1 and regexp_matches({filled}[1], {sql_text(each)})" for each in headings]
    totals = plan.contract.layout.totals
    if totals:
        spaced = "|".join(r"\s*".join(re.escape(character) for character in label) for label in totals)
        pattern = sql_text(rf"[\s\x{{3000}}]*({spaced})[\s\x{{3000}}]*[:：]?[\s\x{{3000}}]*")
        conditions += [f"regexp_full_match({column}, {pattern})" for column in label_columns(plan)]
    return f"coalesce({' or '.join(f'({condition})' for condition in conditions)}, false)"


def heading_columns(plan: FilePlan, relation: str) -> str:
    """SQL: the raw table with a column for each group of its heading rows, filled down to the rows below."""
    lone = "case when len(_filled) = 1 then _filled[1] end"
    filled = ", ".join(
        f"last_value(nullif(regexp_extract({lone}, {sql_text(pattern)}, {re.compile(pattern).groupindex[name]}), '') "
        f"ignore nulls) over (order by row_number rows unbounded preceding) as _heading_{name}"
        for name, pattern in plan.headings
    )
    return f"select *, {filled} from (select *, {filled_texts(plan)} as _filled from {relation})"


def _is_repeated_header(plan: FilePlan) -> str:
    """A header that is printed again on each page: its first two labels stand in their own columns."""
    texts = [f"trim({plan.text_sql(column.name)})" for column in plan.header[:2]]
    return " or ".join(
        " and ".join(f"{text} = {sql_text(label)}" for text, label in zip(texts, labels, strict=False))
        for labels in plan.labels
    )


def label_columns(plan: FilePlan) -> list[str]:
    """Where a totals label can stand: the first column, key columns, and texts that are no identity."""
    if not plan.contract.layout.totals:
        return []
    texts = [
        plan.inputs[column.name]
        for column in plan.contract.columns
        if column.name in plan.inputs
        and not column.is_identity
        and (column.name in plan.contract.key or column.type is ColumnType.TEXT)
    ]
    labelled = [plan.text_sql(name) for name in plan.labelled]
    return [text for text in dict.fromkeys([*labelled[:1], *texts]) if text in labelled]

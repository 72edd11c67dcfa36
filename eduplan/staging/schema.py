"""The columns of the tables that staging makes.

Belongs here: names and SQL types of ``staging.<source>`` and ``staging.quarantine``. Does not belong here: rows.
"""

from __future__ import annotations

from collections.abc import Sequence

from eduplan.declarations.contracts import Column, ColumnType, Contract
from eduplan.periods import Period, PeriodKind
from eduplan.staging.account import Batch
from eduplan.staging.numbering import by_file

QUARANTINE_COLUMNS = {
    "batch_id": "varchar",
    "source": "varchar",
    "period": "varchar",
    "sender": "varchar",
    "file_name": "varchar",
    "row_number": "bigint",
    "column_name": "varchar",
    "value": "varchar",
    "rule": "varchar",
    "severity": "varchar",
    "reason_en": "varchar",
    "reason_zh": "varchar",
}

_TYPES = {
    ColumnType.TEXT: "varchar",
    ColumnType.CODE: "varchar",
    ColumnType.IDENTITY: "varchar",
    ColumnType.ROLL_NUMBER: "varchar",
    ColumnType.INTEGER: "bigint",
    ColumnType.DATE: "date",
    ColumnType.FLAG: "boolean",
    ColumnType.ACUITY: "decimal(3, 1)",
}

_EXAMPLES = {
    PeriodKind.SCHOOL_YEAR: "2024-25",
    PeriodKind.TERM: "2024-25-1",
    PeriodKind.SEASON: "2024-25-autumn",
    PeriodKind.CALENDAR_YEAR: "2024",
    PeriodKind.MONTH: "2024-09",
    PeriodKind.NONE: "all",
}


def column_type(column: Column) -> str:
    """SQL type of a contract column."""
    if column.type is ColumnType.DECIMAL:
        return f"decimal({18 if column.scale <= 8 else 38}, {column.scale})"
    return _TYPES[column.type]


def staged_types(contract: Contract) -> dict[str, str]:
    """Columns of ``staging.<source>`` with their SQL types, in order."""
    types: dict[str, str] = {}
    for column in contract.columns:
        if column.person_key:
            types[column.person_key] = "bigint"
        elif column.keep:
            types[column.name] = column_type(column)
    types |= {each.name: _TYPES.get(each.type, "decimal(18, 2)") for each in contract.derive}
    period = Period.parse(_EXAMPLES[contract.period.kind], contract.period.kind)
    types |= {name: "varchar" if isinstance(value, str) else "integer" for name, value in period.columns.items()}
    return types | {"period": "varchar", "sender": "varchar", "batch_id": "varchar", "row_number": "bigint"}


def batch_columns(batches: Sequence[Batch]) -> list[str]:
    """SQL of the columns that are the same for all rows of a batch, for batches that are staged together."""
    values = [
        {**batch.period.columns, "period": batch.period.text, "sender": batch.sender, "batch_id": batch.batch_id}
        for batch in batches
    ]
    return [f"{by_file([each[name] for each in values])} as {name}" for name in values[0]]

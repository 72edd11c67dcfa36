"""The pages of data quality: the account of every file, quarantine, checks, and what is not told.

Belongs here: what those pages know. Does not belong here: checking or suppressing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from eduplan.declarations.contracts import Contract
from eduplan.site.reading import ReleaseReader, group
from eduplan.site.rendering import Renderer
from eduplan.site.wording import Text
from eduplan.words.terms import SEVERITIES

Row = dict[str, Any]

_COUNTS = ("rows_read", "rows_staged", "rows_quarantined", "rows_duplicate", "rows_dropped", "cells_repaired")
_ACCOUNTS = f"""
select
    source, period, count(*) as files, count(distinct sender) as senders,
    {", ".join(f"sum({name})::bigint as {name}" for name in _COUNTS)},
    bool_and(rows_read = rows_staged + rows_quarantined + rows_duplicate + rows_dropped) as balances
from about.batches
group by all
order by source, period
"""
_CHECKS = "select * from about.checks order by success, severity, table_name, check_id"


def write_quality(reader: ReleaseReader, renderer: Renderer, contracts: Mapping[str, Contract]) -> None:
    """Writes the page of data quality, and the list of all checks."""
    periods = group(reader.rows(_ACCOUNTS, "about.batches"), "source")
    accounts = [_account(source, rows, contracts) for source, rows in periods.items()]
    checks = reader.rows(_CHECKS, "about.checks")
    failed = [check for check in checks if not check["success"]]
    tables = group(checks, "table_name")
    renderer.page(
        "quality.html",
        "quality.html",
        Text("Data quality", "数据质量"),
        accounts=accounts,
        total={name: sum(account[name] for account in accounts) for name in ("files", *_COUNTS)},
        balances=all(account["balances"] for account in accounts),
        failed=failed,
        severities=SEVERITIES,
        held=len(checks) - len(failed),
        checks=len(checks),
        by_severity=_by_severity(checks),
        by_table=[
            {"table": table, "checks": len(rows), "failed": sum(not row["success"] for row in rows)}
            for table, rows in sorted(tables.items())
        ],
        suppression=reader.rows("select * from about.suppression order by all", "about.suppression"),
        withheld=reader.rows(
            "select obs_status, count(*) as n from plan.indicator_values group by all", "plan.indicator_values"
        ),
    )
    renderer.page(
        "checks.html",
        "checks.html",
        Text("All checks", "全部检查"),
        here="quality.html",
        checks=checks,
        severities=SEVERITIES,
    )


def _account(source: str, rows: list[Row], contracts: Mapping[str, Contract]) -> Row:
    contract = contracts.get(source)
    return {
        "source": source,
        "title": Text(contract.title.en, contract.title.zh) if contract else Text(source, source),
        "periods": rows,
        "files": sum(row["files"] for row in rows),
        "balances": all(row["balances"] for row in rows),
        **{name: sum(row[name] or 0 for row in rows) for name in _COUNTS},
    }


def _by_severity(checks: list[Row]) -> list[Row]:
    grouped = group(checks, "severity")
    return [
        {
            "severity": SEVERITIES.get(severity, Text(severity, severity)),
            "checks": len(rows),
            "failed": sum(not row["success"] for row in rows),
        }
        for severity, rows in sorted(grouped.items())
    ]

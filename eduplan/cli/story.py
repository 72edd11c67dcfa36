"""How an explanation looks on the terminal.

Belongs here: showing it. Does not belong here: finding it (``eduplan.cli.explain``).
"""

from __future__ import annotations

from typing import Any

from eduplan.cli.output import plain, print_table
from eduplan.cli.scorecard import number
from eduplan.cli.session import Session
from eduplan.cli.words import sign, word

_PARTS = ("stage", "urban_class", "ownership", "sex", "grade", "item")
_TOTAL = "_T"
_HASH = 12


def tell(session: Session, found: dict[str, Any]) -> None:
    """Prints an explanation: what it is, the value, the years, the districts, and the files behind it."""
    from rich.text import Text

    lang, out, entry = session.lang, session.out, found["indicator"]
    out.print(Text(f"{entry['indicator']}  {entry[f'name_{lang}']}", style="bold"))
    out.print(Text(entry[f"definition_{lang}"]))
    if entry[f"note_{lang}"]:
        out.print(Text(entry[f"note_{lang}"], style="dim"))
    out.print(Text(f"{word('source', lang)}: {entry['source_text']} ({entry['evidence']})", style="dim"))
    headings = [word(key, lang) for key in ("year", "area", "value", "numerator", "denominator", "coverage", "status")]
    shown = [
        (word("value_of", lang).format(period=found["period"]), found["values"]),
        (word("series", lang), found["series"]),
        (word("districts", lang), found["districts"]),
    ]
    for title, rows in shown:
        if rows:
            print_table(out, headings, [_line(row, entry, lang) for row in rows], title=title, numeric=headings[2:6])
    tables = " ← ".join(table for table in found["tables"] if not table.startswith(("codes.", "reference.")))
    out.print(Text(f"{word('tables', lang)}: {tables}", style="dim"))
    print_table(
        out,
        [word(key, lang) for key in ("source", "year", "sender", "file", "read", "staged", "quarantined")]
        + ["SHA-256"],
        [
            (
                batch["source"],
                batch["period"],
                batch["sender"],
                batch["file_name"],
                batch["rows_read"],
                batch["rows_staged"],
                batch["rows_quarantined"],
                batch["sha256"][:_HASH],
            )
            for batch in found["batches"]
        ],
        title=word("batches", lang),
    )


def _line(row: dict[str, Any], entry: dict[str, Any], lang: str) -> tuple[Any, ...]:
    parts = [row[part] for part in _PARTS if row[part] != _TOTAL]
    look = sign(row["status"]) if row["status"] else None
    return (
        row["time_period"],
        " · ".join([row["ref_area"], *parts]),
        number(row["obs_value"], entry["decimals"], entry["unit"]),
        _amount(row["numerator"]),
        _amount(row["denominator"]),
        "" if row["coverage_pct"] is None else f"{row['coverage_pct']:.1f}%",
        "" if look is None else f"{look.symbol} {look.zh if lang == 'zh' else look.en}",
    )


def _amount(value: Any) -> str:
    """A numerator or denominator as it was divided, without closing zeros."""
    return "" if value is None else str(plain(value))

"""``eduplan status --commitments``: how far each promise of the plan has come.

Belongs here: reading commitments from the release and showing them. Does not belong here: the scorecard of indicators
(``eduplan.cli.status``), and everything behind one commitment (``eduplan.cli.explain_commitment``).
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Any

from eduplan.cli.session import UsageFault
from eduplan.words.language import Language
from eduplan.words.terms import SIGNS, sign, word

if TYPE_CHECKING:
    import duckdb
    from rich.console import Console
    from rich.text import Text

Row = dict[str, Any]

COMMITMENT_ID = re.compile(r"\d(\.\d{1,2}){1,2}-\d{2}")
_SUBJECT = re.compile(r"(?P<chapter>\d)(\.\d{1,2}){0,2}(-\d{2})?|ch(?P<named>\d)(_\w+)?")

_ROWS = """
select
    commitments.*, found.ref_area_level, found.ref_area, found.time_period, found.status, found.reason,
    found.indicator, found.target_number, found.stage, found.item, found.target_evidence, found.judged,
    found.met, found.on_track, found.at_risk, found.off_track, found.missed, found.insufficient_data,
    dictionary.name_en, dictionary.name_zh
from plan.commitments as commitments
join plan.commitment_status as found on found.commitment = commitments.commitment
left join plan.indicators as dictionary on dictionary.indicator = found.indicator
where (case when $area is null then found.ref_area_level = 'city' else found.ref_area = $area end)
    and regexp_matches(commitments.commitment, $pattern)
order by commitments.commitment
"""

_HAS_AREA = "select 1 from plan.commitment_status where ref_area = ? limit 1"


def read_commitments(connection: duckdb.DuckDBPyConnection, subject: str | None, area: str | None) -> list[Row]:
    """The commitments with their status, in the order of the plan.

    Args:
        connection: The release.
        subject: A chapter (``3`` or ``ch3``), a section (``3.3``) or a commitment (``3.3-12``); all without one.
        area: Code of a district, whose commitments are those that something is judged of there; the city without one.

    Raises:
        UsageFault: The release has no commitments, or none of that.
    """
    has_table = connection.execute(
        "select 1 from duckdb_tables() where schema_name = 'plan' and table_name = 'commitment_status' "
        "and database_name = current_database()"
    ).fetchone()
    rows: list[Row] = []
    if has_table:
        cursor = connection.execute(_ROWS, {"area": area, "pattern": _pattern(subject)})
        names = [column[0] for column in cursor.description or []]
        rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    if not rows and has_table and area and not connection.execute(_HAS_AREA, [area]).fetchone():
        raise UsageFault(
            "commitments have a status for the city and its districts",
            where=area,
            remedy=f"one by one: eduplan explain 3.3-17 --area {area}",
        )
    if not rows:
        raise UsageFault(
            "no commitments for that" if has_table else "the release has no commitments",
            where=subject or "",
            remedy="a chapter (3), a section (3.3) or a commitment (3.3-12) of plan/commitments"
            if has_table
            else "run: eduplan run",
        )
    return rows


def _pattern(subject: str | None) -> str:
    """A regular expression for the ids that are meant."""
    if subject is None:
        return "."
    match = _SUBJECT.fullmatch(subject.lower())
    if match is None:
        raise UsageFault("names no commitments", where=subject, remedy="try 3, 3.3 or 3.3-12")
    if match["named"]:
        return f"^{match['named']}[.]"
    escaped = re.escape(subject)
    return f"^{escaped}$" if "-" in subject else f"^{escaped}[.-]"


def print_commitments(
    console: Console, rows: list[Row], *, title: str, lang: Language, one_by_one: bool, labels: dict[str, str]
) -> None:
    """Prints how many commitments of each chapter have which status, or each of them.

    Args:
        console: Where to print.
        rows: Rows of :func:`read_commitments`.
        title: Line on top.
        lang: Language.
        one_by_one: Whether each commitment gets a line.
        labels: Names of the codes of stages and items.
    """
    from rich.text import Text

    console.print(Text(title, style="bold"))
    if one_by_one:
        for chapter in dict.fromkeys(row["chapter"] for row in rows):
            _print_chapter(console, [row for row in rows if row["chapter"] == chapter], lang, labels)
    else:
        _print_counts(console, rows, lang)
    console.print(_summary(rows, lang))


def _print_counts(console: Console, rows: list[Row], lang: Language) -> None:
    """A line a chapter: how many commitments have which status."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    from eduplan.cli.scorecard import BROAD

    shown = [status for status in SIGNS if any(row["status"] == status for row in rows)]
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column(word("chapter", lang), overflow="fold")
    table.add_column(word("commitments", lang), justify="right", no_wrap=True)
    for status in shown:
        look = sign(status)
        # The line below the table says what a symbol means, so a narrow table can do without the word.
        heading = f"{look.symbol} {look.word(lang)}" if console.width >= BROAD else look.symbol
        table.add_column(Text(heading, style=look.style), justify="right", no_wrap=True)
    for chapter in dict.fromkeys(row["chapter"] for row in rows):
        of_chapter = [row for row in rows if row["chapter"] == chapter]
        counted = Counter(row["status"] for row in of_chapter)
        name = f"{of_chapter[0]['chapter_number']} {of_chapter[0][f'chapter_title_{lang}']}"
        table.add_row(
            name, str(len(of_chapter)), *(str(counted[status]) if counted[status] else "" for status in shown)
        )
    console.print(table)


def _print_chapter(console: Console, rows: list[Row], lang: Language, labels: dict[str, str]) -> None:
    """A line a commitment, under the headings of its sections."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    title = f"{rows[0]['chapter_number']} {rows[0][f'chapter_title_{lang}']}"
    table = Table(title=title, title_justify="left", title_style="bold cyan", box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column(word("code", lang), no_wrap=True, style="dim")
    # Folded and never cut: Chinese has no spaces to break a line at.
    table.add_column(word("commitment", lang), ratio=2, overflow="fold")
    table.add_column(word("due", lang), no_wrap=True)
    table.add_column(word("status", lang), no_wrap=True)
    table.add_column(word("decided_by", lang), ratio=1, overflow="fold")
    section = None
    for row in rows:
        if row["section"] != section:
            section = row["section"]
            table.add_row(section, Text(row[f"section_title_{lang}"], style="bold"), "", "", "")
        look = sign(row["status"])
        table.add_row(
            row["commitment"],
            Text(row[f"label_{lang}"]),
            due_text(row, lang),
            Text(f"{look.symbol} {look.word(lang)}", style=look.style),
            Text(decided_by(row, lang, labels), style="dim"),
        )
    console.print(table)


def due_text(row: Row, lang: Language) -> str:
    """When a commitment is due; nothing where the plan names no date."""
    if row["is_yearly"]:
        return word("every_year", lang)
    if row["deadline"] is None:
        return ""
    return f"{row['deadline']} 年" if lang == "zh" else str(row["deadline"])


def decided_by(row: Row, lang: Language, labels: dict[str, str]) -> str:
    """What a commitment's status comes from: the indicator with the worst status, or the office with the task."""
    from eduplan.words.sums import reason_text

    if row["indicator"] is None:
        return str(row[f"office_{lang}"]) if row["status"] == "task" else reason_text(row["reason"], lang)
    parts = [labels.get(row[part]) or str(row[part]) for part in ("stage", "item") if row[part] != "_T"]
    name = " · ".join([str(row[f"name_{lang}"]), *parts])
    return f"{row['indicator']} {name}" + (f" ({row['time_period']})" if row["time_period"] else "")


def _summary(rows: list[Row], lang: Language) -> Text:
    from rich.text import Text

    counted = Counter(row["status"] for row in rows)
    text = Text(f"{len(rows)} {word('of_commitments', lang)}   ")
    for status, look in SIGNS.items():
        if counted[status]:
            text.append(f"{look.symbol} {counted[status]} {look.word(lang)}   ", style=look.style)
    return text

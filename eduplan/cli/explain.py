"""``eduplan explain SUBJECT``: from a value down to numerator, denominator, tables, batches and files.

Belongs here: the question, and the answer for an indicator. Does not belong here: finding the answer
(``eduplan.indicators.explain``), and the answer for a commitment (``eduplan.cli.explain_commitment``).
"""

from __future__ import annotations

from dataclasses import asdict
from json import loads as json_of
from typing import TYPE_CHECKING, Annotated, Any

import typer

from eduplan.cli.commands import command
from eduplan.cli.commitments import COMMITMENT_ID
from eduplan.cli.session import Session
from eduplan.cli.sql import AsOfOption, open_database
from eduplan.cli.status import find_area
from eduplan.words.language import Language
from eduplan.words.rounding import decimals_of

if TYPE_CHECKING:
    import duckdb

    from eduplan.indicators.explain import Explanation

Row = dict[str, Any]

_HASH = 12
FEW_FILES = 20
"""Up to so many files are listed one by one."""

_NUMBERS = ("value", "interval", "numerator", "denominator", "coverage")
_FILE_COLUMNS = ("source", "period", "sender", "file_name", "rows_read", "rows_staged", "rows_quarantined")
_FILE_HEADINGS = ("source", "period", "sender", "file", "read", "staged", "quarantined", "hash")


def register(app: typer.Typer) -> None:
    """Adds the command to the program."""

    @command(app, "explain")
    def explain(
        session: Session,
        subject: Annotated[
            str, typer.Argument(help="Code of an indicator, such as HLT-01, or of a commitment, such as 3.3-12.")
        ],
        area: Annotated[
            str | None, typer.Option(help="Code or name of a district, a town or a school, instead of the city.")
        ] = None,
        period: Annotated[str | None, typer.Option(help="A period such as 2022-23, instead of the latest.")] = None,
        as_of: AsOfOption = None,
        json: Annotated[bool, typer.Option("--json", help="Everything as JSON.")] = False,
    ) -> None:
        """Shows where a published value comes from, or what stands behind a commitment of the plan."""
        connection = open_database(session, as_of=as_of)
        try:
            place = find_area(connection, area)
            if COMMITMENT_ID.fullmatch(subject):
                _commitment(session, connection, subject, place, as_json=json)
            else:
                _indicator(session, connection, written_code(subject), place and place[0], period, as_json=json)
        finally:
            connection.close()


def _commitment(
    session: Session,
    connection: duckdb.DuckDBPyConnection,
    subject: str,
    place: tuple[str, str, str] | None,
    *,
    as_json: bool,
) -> None:
    from eduplan.cli.explain_commitment import tell_commitment
    from eduplan.indicators.explain_commitment import explain_commitment

    found = explain_commitment(connection, subject, area=place[0] if place else None)
    if as_json:
        _write_json(asdict(found))
        return
    city = session.open_project().settings.city_name
    names = place[1:] if place else (city.en, city.zh)
    tell_commitment(session, found, names[session.lang == "zh"])


def _indicator(
    session: Session,
    connection: duckdb.DuckDBPyConnection,
    code: str,
    area: str | None,
    period: str | None,
    *,
    as_json: bool,
) -> None:
    from eduplan.cli.explain_commitment import tell_registered, tell_relations
    from eduplan.indicators.explain import explain as explain_value
    from eduplan.indicators.explain_commitment import (
        baselines_of,
        commitments_of,
        failing_units,
        registered_indicator,
    )

    commitments = commitments_of(connection, code)
    waiting = registered_indicator(connection, code)
    if waiting:
        if as_json:
            _write_json({"registered": waiting, "commitments": commitments})
        else:
            tell_registered(session, waiting, commitments)
        return
    found = explain_value(connection, code, area=area, period=period)
    baselines = baselines_of(connection, "indicator", code)
    failing = failing_units(connection, code, area)
    if as_json:
        related = {"commitments": commitments, "baselines": baselines, "failing_units": failing}
        _write_json({**asdict(found), **related})
        return
    _tell(session, found)
    tell_relations(session, commitments, baselines, failing)
    _tell_origin(session, found)
    _tell_files(session, found.batches)


def _write_json(value: dict[str, Any]) -> None:
    from eduplan.cli.output import data_stream, write_json

    write_json(data_stream(), value)


def written_code(text: str) -> str:
    """A code as it is declared: letters large before the point, small after it."""
    family, point, part = text.partition(".")
    return family.upper() + point + part.lower()


def _tell(session: Session, found: Explanation) -> None:
    """What was measured, the values, and the verdict with its sum."""
    from rich.text import Text

    from eduplan.cli.explain_commitment import source_text
    from eduplan.cli.status import unit_texts
    from eduplan.words.terms import colon, word

    lang, out, entry = session.lang, session.out, found.indicator
    area = found.area[f"name_{lang}"] or found.area["name_zh"] or found.area["ref_area"]
    out.print(Text(f"{entry['indicator']}  {entry[f'name_{lang}']} · {area} · {found.period}", style="bold"))
    out.print(Text(entry[f"definition_{lang}"]))
    if entry[f"note_{lang}"]:
        out.print(Text(entry[f"note_{lang}"], style="dim"))
    unit = unit_texts(session.open_project(), lang).get(entry["unit"], entry["unit"])
    facts = [f"{word('unit', lang)}{colon(lang)}{unit}"] if unit else []
    facts.append(source_text(entry, lang))
    out.print(Text(" · ".join(facts), style="dim"))
    _tell_values(session, found)
    _tell_sums(session, found)


def _tell_values(session: Session, found: Explanation) -> None:
    """The values of the period as a table, and the total of every year below it."""
    from rich.text import Text

    from eduplan.cli.output import print_table
    from eduplan.cli.scorecard import interval_text
    from eduplan.words.codes import code_labels, part_names
    from eduplan.words.rounding import FEWER_DECIMALS
    from eduplan.words.terms import colon, sign, word

    lang, entry = session.lang, found.indicator
    labels = code_labels(session.open_project(), lang)
    statuses = {_cell(row): row for row in reversed(found.statuses)}
    rows = []
    for row in [*found.base, *found.values]:
        is_base = row["indicator"] != entry["indicator"]
        status = None if is_base else statuses.get(_cell(row))
        look = sign(status["status"]) if status else None
        parts = part_names(row, labels)
        rows.append(
            {
                "year": row["time_period"],
                "part": " · ".join([row["indicator"], *parts] if is_base else parts),
                "value": _value(row, entry, lang),
                "interval": interval_text(_interval(row), decimals_of(row, entry["decimals"]), row["unit"]),
                "numerator": _sum_of(row["numerator"]),
                "denominator": _sum_of(row["denominator"]),
                "coverage": "" if row["coverage_pct"] is None else f"{row['coverage_pct']:.1f}%",
                "status": f"{look.symbol} {look.word(lang)}" if look else "",
            }
        )
    # A column that no row fills, such as the part of an indicator that is only totalled, tells nobody anything.
    shown = [key for key in rows[0] if key in ("year", "value") or any(row[key] for row in rows)]
    headings = [word(key, lang) for key in shown]
    numeric = [word(key, lang) for key in shown if key in _NUMBERS]
    print_table(session.out, headings, [[row[key] for key in shown] for row in rows], numeric=numeric)
    years = [row for row in found.history if _cell(row)[1:] == _cell(found.values[0])[1:]]
    if len(found.values) == 1 and len(years) > 1:
        series = " → ".join(f"{row['time_period']} {_value(row, entry, lang)}" for row in years)
        session.out.print(Text(f"{word('years', lang)}{colon(lang)}{series}"))
    if any(decimals_of(row, entry["decimals"]) < entry["decimals"] for row in [*found.base, *found.values, *years]):
        session.out.print(Text(FEWER_DECIMALS.of(lang), style="dim"))


def _value(row: Row, indicator: Row, lang: Language) -> str:
    from eduplan.cli.scorecard import observed

    return observed(row["obs_value"], row["obs_status"], decimals_of(row, indicator["decimals"]), row["unit"], lang)


def _interval(row: Row) -> tuple[float, float] | None:
    low, high = row["interval_low"], row["interval_high"]
    return None if low is None or high is None else (low, high)


def _sum_of(value: Any) -> str:
    from eduplan.words.sums import exact

    return "" if value is None else exact(value)


def _tell_origin(session: Session, found: Explanation) -> None:
    """How numerator and denominator are made, and which tables lie below them."""
    from rich.text import Text

    from eduplan.words.terms import colon, word

    lang, out = session.lang, session.out
    for measure in found.measures:
        where = f" where {measure.where}" if measure.where else ""
        years = f" ({measure.year_offset:+d})" if measure.year_offset else ""
        text = f"sum({measure.column}) from {measure.mart}{where}{years}"
        out.print(Text(f"{word(measure.side, lang)}{colon(lang)}{text}"))
    if weighted := _weights(found.indicator):
        out.print(Text(f"{word('weighted', lang)}{colon(lang)}{weighted}"))
    for table, reads in found.tables.items():
        out.print(Text(f"  {table} ← {', '.join(reads)}", style="dim"))


def _weights(indicator: Row) -> str:
    """What the sums are weighted by, where the value is not simply one over the other."""
    formula = json_of(indicator["formula"])
    if formula.get("weight"):
        return f"sum({formula['weight']}) of each {', '.join(formula['strata'])}"
    spread = formula.get("dispersion")
    return f"{spread['weight']} of each {', '.join(spread['unit_key'])} ({spread['method']})" if spread else ""


def _tell_sums(session: Session, found: Explanation) -> None:
    """The sum behind the verdict of every target; of several parts the worst."""
    from rich.text import Text

    from eduplan.words.codes import code_labels, part_names
    from eduplan.words.sums import sum_text
    from eduplan.words.targets import judged_target
    from eduplan.words.terms import EVIDENCE, colon, in_brackets, sign, weakest, word

    lang, entry = session.lang, found.indicator
    labels = code_labels(session.open_project(), lang)
    targets: dict[int, list[Row]] = {}
    for row in found.statuses:
        targets.setdefault(row["target_number"], []).append(row)
    for rows in targets.values():
        row = weakest(rows)
        dictionary = {name: entry[name] for name in ("scale", "direction")}
        full = {**row, **dictionary, "indicator_decimals": entry["decimals"], "indicator_kind": entry["kind"]}
        target = judged_target(row, entry["direction"], lang)
        look = sign(row["status"])
        said = [EVIDENCE[row["evidence"]][lang], *part_names(row, labels)]
        if row["is_own_target"]:
            said.insert(1, word("own_target", lang))
        whose = in_brackets(("，" if lang == "zh" else ", ").join(said), lang)
        text = Text(f"{target}{whose}{colon(lang)}{sum_text(full, lang)} → ")
        text.append(f"{look.symbol} {look.word(lang)}", style=look.style)
        session.out.print(text)


def _tell_files(session: Session, batches: list[Row]) -> None:
    """The files, one by one where they are few, and counted by source and period where they are many."""
    from eduplan.cli.output import print_table
    from eduplan.words.terms import word

    headings = [word(key, session.lang) for key in _FILE_HEADINGS]
    title = word("batches", session.lang)
    if len(batches) <= FEW_FILES:
        rows = [(*(batch[name] for name in _FILE_COLUMNS), batch["sha256"][:_HASH]) for batch in batches]
        print_table(session.out, headings, rows, title=title)
        return
    groups: dict[tuple[str, str], list[Row]] = {}
    for batch in batches:
        groups.setdefault((batch["source"], batch["period"]), []).append(batch)
    counted = [
        (*group, len(of_group), *(sum(batch[name] for batch in of_group) for name in _FILE_COLUMNS[4:]))
        for group, of_group in groups.items()
    ]
    print_table(session.out, [*headings[:2], word("files", session.lang), *headings[4:7]], counted, title=title)
    if not session.quiet:
        session.err.print(word("all_files", session.lang), style="dim")


def _cell(row: Row) -> tuple[Any, ...]:
    from eduplan.indicators.tables import DIMENSIONS

    return (row["reference_year"], *(row[name] for name in DIMENSIONS))

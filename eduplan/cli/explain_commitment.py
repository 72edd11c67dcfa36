"""``eduplan explain 3.3-12``: what was promised, how far it has come, and the sums behind it.

Belongs here: showing a commitment, and an indicator that is not computed yet. Does not belong here: finding it
(``eduplan.indicators.explain_commitment``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from eduplan.cli.commitments import due_text
from eduplan.cli.session import Session
from eduplan.words.codes import part_text
from eduplan.words.language import Language
from eduplan.words.rounding import decimals_of
from eduplan.words.terms import (
    COMMITMENT_TYPES,
    EVIDENCE,
    SOURCE_EVIDENCE,
    TIERS,
    colon,
    in_brackets,
    sign,
    weakest,
    word,
    worst,
)

if TYPE_CHECKING:
    from rich.console import Console

    from eduplan.indicators.explain_commitment import CommitmentExplanation

Row = dict[str, Any]

_HEADINGS = ("indicator", "year", "value", "target", "status", "sum")
SHOWN_UNITS = 10
"""So many failing units are named; the table has the rest."""


def tell_commitment(session: Session, found: CommitmentExplanation, area: str) -> None:
    """Prints a commitment with its indicators and the sum of each."""
    from rich.text import Text

    from eduplan.words.codes import code_labels

    lang, out, entry = session.lang, session.out, found.commitment
    stop = colon(lang)
    out.print(Text(f"{entry['commitment']}  {entry[f'label_{lang}']} · {area}", style="bold"))
    place = f"{entry['chapter_number']} {entry[f'chapter_title_{lang}']} › {entry['section']} "
    out.print(Text(f"{place}{entry[f'section_title_{lang}']}", style="dim"))
    facts = [COMMITMENT_TYPES[entry["commitment_type"]][lang], TIERS[entry["tier"]][lang]]
    facts += [f"{word('due', lang)}{stop}{due_text(entry, lang)}"] if due_text(entry, lang) else []
    out.print(Text(" · ".join([*facts, entry[f"office_{lang}"]])))
    for key, column in (("promised", "target"), ("task", "task"), ("note", "note")):
        if entry[f"{column}_{lang}"]:
            out.print(Text(f"{word(key, lang)}{stop}{entry[f'{column}_{lang}']}"))
    _tell_baselines(out, found.baselines, lang)
    _tell_status(out, found.status or _status_of(found.judgements), lang)
    if found.judgements:
        _tell_judgements(out, found.judgements, lang, code_labels(session.open_project(), lang))
    for row in found.context:
        look = sign("no_judgement" if row["has_target"] else "context")
        out.print(Text(f"{look.symbol} {row['indicator']} {row[f'name_{lang}']}{stop}{look.word(lang)}", style="dim"))
    for row in found.waiting:
        out.print(Text(f"? {row['indicator']} {row[f'name_{lang}']}{stop}{_waits_for(session, row)}"))


def _status_of(judgements: list[Row]) -> Row | None:
    """The status of a commitment for a school or a town, of which none is stored: the worst of its judgements."""
    if not judgements:
        return None
    decisive = worst(judgements)
    return {**decisive, "target_evidence": decisive["evidence"]}


def _tell_status(out: Console, status: Row | None, lang: Language) -> None:
    from rich.text import Text

    from eduplan.words.sums import reason_text

    stop = colon(lang)
    if status is None:
        out.print(Text(f"{word('status', lang)}{stop}{sign('no_judgement').word(lang)}"))
        return
    look = sign(status["status"])
    text = Text(f"{word('status', lang)}{stop}")
    text.append(f"{look.symbol} {look.word(lang)}", style=look.style)
    if status["indicator"]:
        whose = EVIDENCE[status["target_evidence"]][lang]
        text.append(f" · {word('decided_by', lang)} {status['indicator']}{in_brackets(whose, lang)}")
    else:
        text.append(f" · {reason_text(status['reason'], lang)}")
    out.print(text)


def _tell_judgements(out: Console, rows: list[Row], lang: Language, labels: dict[str, str]) -> None:
    """A line a target: the worst of its parts, with the sum that leads to the verdict."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    from eduplan.cli.scorecard import observed
    from eduplan.words.sums import sum_text
    from eduplan.words.targets import judged_target

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for heading in _HEADINGS:
        # Folded and never cut: Chinese has no spaces to break a line at.
        table.add_column(word(heading, lang), no_wrap=heading in ("year", "value", "status"), overflow="fold")
    targets: dict[tuple[str, int], list[Row]] = {}
    for row in rows:
        targets.setdefault((row["indicator"], row["target_number"]), []).append(row)
    for parts in targets.values():
        row = weakest(parts)
        look = sign(row["status"])
        target = judged_target(row, row["direction"], lang)
        table.add_row(
            Text(f"{row['indicator']} {row[f'name_{lang}']}{part_text(row, len(parts), labels, lang)}"),
            row["time_period"],
            observed(row["obs_value"], row["obs_status"], _decimals(row), row["unit"], lang),
            Text(target + in_brackets(EVIDENCE[row["evidence"]][lang], lang)),
            Text(f"{look.symbol} {look.word(lang)}", style=look.style),
            Text(sum_text(row, lang)),
        )
    out.print(table)


def _decimals(row: Row) -> int:
    return decimals_of(row, row["indicator_decimals"])


def _tell_baselines(out: Console, rows: list[Row], lang: Language) -> None:
    """What the plan says of its start, with what the warehouse counted beside it."""
    from rich.text import Text

    from eduplan.words.numbers import number, plain_number

    stop = colon(lang)
    for row in rows:
        what = row["indicator"] or row[f"label_{lang}"]
        doubt = f" · {word('doubtful', lang)}" if row["is_doubtful"] else ""
        stated = plain_number(float(row["baseline_value"])) + (row["unit"] if row["unit"] in ("%", "‰") else "")
        text = f"{word('stated', lang)}{stop}{what} {stated}"
        text += in_brackets(f"{row['calendar_year']}{doubt}", lang)
        if row["obs_value"] is not None:
            counted = number(row["obs_value"], _decimals(row), row["unit"])
            text += f"{'；' if lang == 'zh' else '; '}{word('counted', lang)} {counted}"
        out.print(Text(text))


def tell_relations(session: Session, commitments: list[Row], baselines: list[Row], failing: list[Row]) -> None:
    """Prints what surrounds an indicator: its commitments, the plan's own figures, and who it lacks."""
    from rich.text import Text

    lang, out = session.lang, session.out
    stop = colon(lang)
    for row in commitments:
        out.print(Text(f"{word('answers_for', lang)}{stop}{row['commitment']} {row[f'label_{lang}']}"))
    _tell_baselines(out, baselines, lang)
    if failing:
        named = [f"{row['unit_name'] or row['unit_code']} ({float(row['missing']):g})" for row in failing[:SHOWN_UNITS]]
        more = len(failing) - len(named)
        text = ("、" if lang == "zh" else ", ").join(named)
        text += f" {word('and_more', lang).format(number=more)}" if more else ""
        count = in_brackets(f"{len(failing)} · {failing[0]['time_period']}", lang)
        out.print(Text(f"{word('failing', lang)}{count}{stop}{text}"))


def tell_registered(session: Session, entry: Row, commitments: list[Row]) -> None:
    """Prints an indicator that waits for its source."""
    from rich.text import Text

    lang, out = session.lang, session.out
    stop = colon(lang)
    out.print(Text(f"{entry['indicator']}  {entry[f'name_{lang}']}", style="bold"))
    out.print(Text(_waits_for(session, entry), style="magenta"))
    for side in ("numerator", "denominator"):
        if entry[f"{side}_{lang}"]:
            out.print(Text(f"{word(side, lang)}{stop}{entry[f'{side}_{lang}']}"))
    if entry[f"target_{lang}"]:
        out.print(Text(f"{word('target', lang)}{stop}{entry[f'target_{lang}']}"))
    if entry[f"note_{lang}"]:
        out.print(Text(entry[f"note_{lang}"], style="dim"))
    out.print(Text(source_text(entry, lang), style="dim"))
    tell_relations(session, commitments, [], [])


def _waits_for(session: Session, entry: Row) -> str:
    """What an indicator waits for, in the words of the plan's list of sources that are still to come."""
    from eduplan.declarations.registered import load_awaited_sources

    lang = session.lang
    sources = load_awaited_sources(session.open_project().plan)
    named = [getattr(sources[name].title, lang) if name in sources else name for name in entry["waits_for"]]
    return f"{word('waits_for', lang)}{'' if lang == 'zh' else ' '}{('、' if lang == 'zh' else ', ').join(named)}"


def source_text(entry: Row, lang: Language) -> str:
    """Where a definition comes from, and how sure that is; a release from before has the source in English alone."""
    source = (entry.get("source_text_zh") if lang == "zh" else None) or entry["source_text"]
    return f"{word('source', lang)}{colon(lang)}{source}{in_brackets(SOURCE_EVIDENCE[entry['evidence']][lang], lang)}"

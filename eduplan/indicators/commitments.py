"""Writes what was promised, who answers for it, and how far it has come.

Belongs here: ``plan.commitments`` and the tables around it. Does not belong here: judging a value (``judgement``).

A commitment's status is the worst of its indicators' latest statuses. Without one that judges anything its task
answers for it; without a task it is insufficient data where an indicator still waits for its source.
"""

from __future__ import annotations

from collections.abc import Sequence

import duckdb

from eduplan.declarations.registered import RegisteredIndicator
from eduplan.declarations.registry import Registry
from eduplan.declarations.text import Bilingual
from eduplan.indicators.dictionary import is_written, set_written
from eduplan.indicators.severity import WORST_FIRST
from eduplan.indicators.tables import create_plan_tables
from eduplan.warehouse.fingerprints import digest
from eduplan.warehouse.slices import quoted

_ENGINE = "1"
"""Raised when the engine would write other tables from the same declarations and statuses."""

_COUNTED = ", ".join(f"count(*) filter (where status = {quoted(status)}) as {status}" for status in sorted(WORST_FIRST))
_RANK = " ".join(f"when {quoted(status)} then {rank}" for rank, status in enumerate(WORST_FIRST, start=1))

_STATUS = f"""
    insert into plan.commitment_status
    with
    judged as (
        select
            answers.commitment, found.ref_area_level, found.ref_area, found.time_period, found.status, found.reason,
            found.indicator, found.target_number, found.stage, found.item, targets.evidence,
            case found.status {_RANK} end as rank
        from plan.commitment_indicators as answers
        join plan.status as found on found.indicator = answers.indicator
        join plan.targets as targets
            on targets.indicator = found.indicator and targets.target_number = found.target_number
        where found.is_latest and found.ref_area_level in ('city', 'district') and found.status <> 'no_judgement'
    ),
    deciding as (
        select * from judged
        qualify row_number() over (
            partition by commitment, ref_area_level, ref_area
            order by rank, case evidence when 'plan' then 1 when 'national' then 2 else 3 end,
                indicator, target_number, stage, item
        ) = 1
    ),
    counted as (
        select commitment, ref_area, count(*) as judged, {_COUNTED} from judged group by commitment, ref_area
    ),
    answers as (
        select commitment, bool_and(is_computed) as are_computed
        from plan.commitment_indicators group by commitment
    ),
    idle as (
        select answers.commitment, min(found.reason) as reason
        from plan.commitment_indicators as answers
        join plan.status as found on found.indicator = answers.indicator
        where found.is_latest and found.ref_area_level = 'city' and found.status = 'no_judgement'
        group by answers.commitment
    )
    select
        deciding.commitment, deciding.ref_area_level, deciding.ref_area, deciding.time_period, deciding.status,
        deciding.reason, deciding.indicator, deciding.target_number, deciding.stage, deciding.item, deciding.evidence,
        counted.judged, counted.met, counted.on_track, counted.at_risk, counted.off_track, counted.missed,
        counted.insufficient_data
    from deciding
    join counted using (commitment, ref_area)
    union all
    select
        commitments.commitment, 'city', $city, null,
        case
            when commitments.task_en is not null then 'task'
            when answers.are_computed or idle.reason is not null then 'no_judgement'
            else 'insufficient_data'
        end,
        case
            when commitments.task_en is not null then 'answered_by_task'
            when idle.reason is not null then idle.reason
            when answers.are_computed then 'no_target'
            else 'not_computed'
        end,
        null, null, null, null, null, 0, 0, 0, 0, 0, 0, 0
    from plan.commitments as commitments
    left join answers using (commitment)
    left join idle using (commitment)
    where not exists (
        select 1 from judged where judged.commitment = commitments.commitment and judged.ref_area_level = 'city'
    )
    order by 1, 2, 3
"""


def write_commitments(connection: duckdb.DuckDBPyConnection, registry: Registry, *, city_code: str) -> bool:
    """Writes the registry and the status of every commitment, if something of either changed.

    Args:
        connection: The working warehouse with ``plan.status``.
        registry: What the plan declares.
        city_code: Code of the whole area.

    Returns:
        Whether anything was written.
    """
    create_plan_tables(connection)
    declared = _declared(registry)
    status = connection.execute(
        "select slice, fingerprint from warehouse.builds where model = 'plan.status' order by all"
    ).fetchall()
    mark = digest(_ENGINE, city_code, status, declared)
    if is_written(connection, "plan.commitment_status", mark):
        return False
    connection.execute("begin")
    try:
        if not is_written(connection, "plan.commitments", declared):
            _write_registry(connection, registry, declared)
        connection.execute("delete from plan.commitment_status")
        connection.execute(_STATUS, {"city": city_code})
        set_written(connection, "plan.commitment_status", mark)
        connection.execute("commit")
    except BaseException:
        connection.execute("rollback")
        raise
    return True


def _declared(registry: Registry) -> str:
    """Fingerprint of everything that the tables of the registry say."""
    groups = (registry.chapters, registry.offices.values(), registry.commitments.values(), registry.registered.values())
    texts = [each.model_dump_json() for group in groups for each in group]
    return digest(_ENGINE, texts, sorted(registry.answers.items()), sorted(registry.indicators), registry.headlines)


def _write_registry(connection: duckdb.DuckDBPyConnection, registry: Registry, mark: str) -> None:
    rows: dict[str, Sequence[Sequence[object]]] = {
        "plan.commitments": _commitments(registry),
        "plan.commitment_indicators": _answers(registry),
        "plan.commitment_baselines": _baselines(registry),
        "plan.headlines": [[number, code] for number, code in enumerate(registry.headlines, start=1)],
        "plan.registered_indicators": [_registered(each) for _, each in sorted(registry.registered.items())],
    }
    for table, lines in rows.items():
        connection.execute(f"delete from {table}")
        if lines:  # one statement for all rows: hundreds of small ones would take seconds
            one = f"({', '.join('?' for _ in lines[0])})"
            values = [value for line in lines for value in line]
            connection.execute(f"insert into {table} values {', '.join(one for _ in lines)}", values)
        set_written(connection, table, mark)


def _commitments(registry: Registry) -> list[Sequence[object]]:
    chapters = {chapter.number: chapter for chapter in registry.chapters}
    sections = {section.section: section for chapter in registry.chapters for section in chapter.sections}
    rows: list[Sequence[object]] = []
    for name, commitment in registry.commitments.items():
        chapter, section = chapters[commitment.chapter_number], sections[commitment.section]
        office = registry.offices[commitment.office]
        rows.append(
            [
                name,
                chapter.chapter,
                chapter.number,
                *_both(chapter.title),
                section.section,
                *_both(section.title),
                *_both(commitment.label),
                str(commitment.tier),
                str(commitment.type),
                office.office,
                *_both(office.name),
                commitment.deadline,
                commitment.is_yearly,
                *_both(commitment.target),
                _answered_by(registry, name),
                *_both(commitment.task),
                *_both(commitment.note),
            ]
        )
    return rows


def _answered_by(registry: Registry, commitment: str) -> str:
    has_task = registry.commitments[commitment].task is not None
    if registry.answers[commitment]:
        return "indicators and task" if has_task else "indicators"
    return "task" if has_task else "nothing"


def _answers(registry: Registry) -> list[Sequence[object]]:
    return [
        [commitment, code, code in registry.indicators]
        for commitment in registry.commitments
        for code in registry.answers[commitment]
    ]


def _baselines(registry: Registry) -> list[Sequence[object]]:
    return [
        [name, number, baseline.of, *_both(baseline.label), baseline.year, baseline.value, baseline.is_doubtful]
        for name, commitment in registry.commitments.items()
        for number, baseline in enumerate(commitment.baselines, start=1)
    ]


def _registered(indicator: RegisteredIndicator) -> Sequence[object]:
    return [
        indicator.code,
        indicator.version,
        indicator.chapter,
        *_both(indicator.name),
        *_both(indicator.numerator),
        *_both(indicator.denominator),
        indicator.unit,
        str(indicator.direction),
        str(indicator.period),
        [str(each) for each in indicator.disaggregations],
        indicator.source.texts[0],
        indicator.source.evidence,
        *_both(indicator.target),
        indicator.waits_for,
        *_both(indicator.note),
        indicator.source.texts[1],
    ]


def _both(text: Bilingual | None) -> tuple[str | None, str | None]:
    return (text.en, text.zh) if text else (None, None)

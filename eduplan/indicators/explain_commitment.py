"""From a commitment of the plan down to the judgements that its status comes from.

Belongs here: finding everything that stands behind a commitment, and behind an indicator that is not computed yet.
Does not belong here: what stands behind one value (``explain``), or showing it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import duckdb

from eduplan.errors import UnknownName
from eduplan.indicators.explain import KNOWN, with_deadlines
from eduplan.indicators.tables import told_decimals

Row = dict[str, Any]

_JUDGEMENTS = """
select
    found.*, dictionary.name_en, dictionary.name_zh, dictionary.decimals as indicator_decimals, dictionary.scale,
    dictionary.direction, dictionary.kind as indicator_kind, targets.sign, targets.evidence
from plan.status as found
join plan.indicators as dictionary on dictionary.indicator = found.indicator
join plan.targets as targets
    on targets.indicator = found.indicator and targets.target_number = found.target_number
where found.indicator in (select unnest($codes)) and found.is_latest
    and (case when $area is null then found.ref_area_level = 'city' else found.ref_area = $area end)
order by found.indicator, found.target_number, found.stage, found.item
"""


@dataclass(frozen=True)
class CommitmentExplanation:
    """Everything behind the status of one commitment for one area.

    Attributes:
        commitment: Its row of ``plan.commitments``.
        status: Its row of ``plan.commitment_status``; nothing where nothing is judged of it in that area.
        judgements: The latest judgement of every target of its indicators.
        context: Indicators that answer for it and are not judged there, with ``has_target`` if they are elsewhere.
        waiting: Indicators that answer for it and are not computed yet.
        baselines: Figures that the plan states, with the values that the warehouse has for the same year.
    """

    commitment: Row
    status: Row | None
    judgements: list[Row]
    context: list[Row]
    waiting: list[Row]
    baselines: list[Row]


def explain_commitment(
    connection: duckdb.DuckDBPyConnection, name: str, *, area: str | None = None
) -> CommitmentExplanation:
    """Explains the status of a commitment.

    Args:
        connection: A release or the working warehouse; it is only read.
        name: Its id, such as ``3.3-12``.
        area: Code of a district; the city by default.

    Raises:
        UnknownName: There is no such commitment.
    """
    found = rows_of(connection, "select * from plan.commitments where commitment = $name", name=name)
    if not found:
        near = rows_of(
            connection,
            "select commitment from plan.commitments where starts_with(commitment, $section) order by 1",
            section=name.rsplit("-", 1)[0] + "-",
        )
        known = f"{near[0]['commitment']} to {near[-1]['commitment']}" if near else "none of that section"
        raise UnknownName("there is no such commitment", where=f"commitment {name}", remedy=f"there is {known}")
    status = rows_of(
        connection,
        "select * from plan.commitment_status where commitment = $name "
        "and (case when $area is null then ref_area_level = 'city' else ref_area = $area end)",
        name=name,
        area=area,
    )
    answers = rows_of(connection, "select * from plan.commitment_indicators where commitment = $name", name=name)
    computed = [row["indicator"] for row in answers if row["is_computed"]]
    judgements = with_deadlines(connection, rows_of(connection, _JUDGEMENTS, codes=computed, area=area))
    judged = {row["indicator"] for row in judgements}
    context = rows_of(
        connection,
        "select indicator, name_en, name_zh, exists (select 1 from plan.targets as targets "
        "where targets.indicator = found.indicator) as has_target "
        "from plan.indicators as found where indicator in (select unnest($codes)) order by 1",
        codes=[code for code in computed if code not in judged],
    )
    waiting = rows_of(
        connection,
        "select * from plan.registered_indicators where indicator in (select unnest($codes)) order by 1",
        codes=[row["indicator"] for row in answers if not row["is_computed"]],
    )
    return CommitmentExplanation(
        commitment=found[0],
        status=status[0] if status else None,
        judgements=judgements,
        context=context,
        waiting=waiting,
        baselines=baselines_of(connection, "commitment", name),
    )


def baselines_of(connection: duckdb.DuckDBPyConnection, column: str, value: str) -> list[Row]:
    """Figures that the plan states for its start, with what the warehouse counted for the same year in the city.

    Args:
        connection: A release or the working warehouse.
        column: ``commitment`` or ``indicator``.
        value: Which one.
    """
    return rows_of(
        connection,
        f"""
        select stated.*, own.obs_value, own.unit, dictionary.decimals as indicator_decimals,
            {told_decimals(connection, "own")} as decimals
        from plan.commitment_baselines as stated
        left join plan.indicators as dictionary on dictionary.indicator = stated.indicator
        left join plan.indicator_values as own
            on own.indicator = stated.indicator and own.reference_year = stated.calendar_year
            and own.ref_area_level = 'city' and own.stage = '_T' and own.urban_class = '_T' and own.ownership = '_T'
            and own.sex = '_T' and own.grade = '_T' and own.item = '_T'
        where stated.{column} = $value
        order by stated.commitment, stated.baseline_number
        """,
        value=value,
    )


def commitments_of(connection: duckdb.DuckDBPyConnection, code: str) -> list[Row]:
    """The commitments that an indicator answers for, in the order of the plan."""
    return rows_of(
        connection,
        "select commitments.commitment, label_en, label_zh from plan.commitment_indicators as answers "
        "join plan.commitments as commitments on commitments.commitment = answers.commitment "
        "where answers.indicator = $code order by 1",
        code=code,
    )


def failing_units(connection: duckdb.DuckDBPyConnection, code: str, area: str | None) -> list[Row]:
    """The units that the full coverage of an indicator lacks in its latest year: the smallest that are known.

    Args:
        connection: A release or the working warehouse.
        code: Code of the indicator.
        area: A district, whose units are meant; those of the whole area by default.
    """
    return rows_of(
        connection,
        """
        select unit_level, unit_code, unit_name, ref_area, stage, missing, time_period
        from plan.failing_units
        where indicator = $code and ($area is null or ref_area = $area)
            and reference_year = (
                select max(reference_year) from plan.indicator_values
                where indicator = $code and obs_status in (select unnest($known))
            )
        qualify dense_rank() over (
            order by case unit_level when 'school' then 1 when 'town' then 2 else 3 end
        ) = 1
        order by missing desc, unit_code, stage
        """,
        code=code,
        area=area,
        known=KNOWN,
    )


def registered_indicator(connection: duckdb.DuckDBPyConnection, code: str) -> Row | None:
    """An indicator that waits for its source; nothing if there is none of that code."""
    found = rows_of(connection, "select * from plan.registered_indicators where indicator = $code", code=code)
    return found[0] if found else None


def rows_of(connection: duckdb.DuckDBPyConnection, query: str, **values: str | Sequence[str] | None) -> list[Row]:
    """Rows of a query as dictionaries; a release from before there were such tables has none."""
    try:
        cursor = connection.execute(query, values)
    except duckdb.CatalogException:
        return []
    names = [column[0] for column in cursor.description or []]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

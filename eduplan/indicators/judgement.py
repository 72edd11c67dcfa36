"""The query that judges values against targets; ``docs/targets.md`` has each test with a sum worked by hand.

Belongs here: tests and verdicts. Does not belong here: reading declarations or writing tables.

Every comparison is one of exact decimals. A value is a fraction ``n / d`` (``d`` positive), so "value >= target" is
"n >= target * d", and comparisons of two fractions are multiplied out. Only where such a product has more than 38
digits does the comparison fall back to floating point.
"""

from __future__ import annotations

from eduplan.indicators.grouping import UNITS
from eduplan.indicators.tables import CELL, DIMENSIONS

_KEY = ("indicator", "target_number", *CELL)
_KEYS = ", ".join(_KEY)


def judgement_query(minimum_coverage: float, city_code: str) -> str:
    """The query of ``plan.status``, from ``plan.targets``, ``plan.indicators`` and ``plan.indicator_values``."""
    steps = {
        "judged": _JUDGED,
        "observed": _observed(minimum_coverage),
        "grid": _grid(city_code),
        "baselines": _baselines(),
        "joined": _joined(),
        "aimed": _AIMED,
        "tested": _TESTED,
        "verdicts": _VERDICTS,
        "final": _final(),
    }
    queries = ", ".join(f"{name} as ({query})" for name, query in steps.items())
    return f"with {queries} {_result()}"


_JUDGED = """
    select distinct indicator, ref_area_level from (
        select indicator, unnest(levels || ['city', 'district']) as ref_area_level from plan.targets
        union all
        select series, unnest(levels || ['city', 'district']) from plan.targets
    )
"""
"""The values that a target can ask for: of schools and towns only those that are judged, which are few of many."""


def _observed(minimum_coverage: float) -> str:
    """Values as fractions, and whether they can be trusted."""
    return f"""
    select
        found.*,
        cast(case
            when dictionary.kind in ('count', 'distinct') then found.numerator
            when dictionary.kind = 'change' then cast(found.obs_value as decimal(38, 12))
            else found.numerator * dictionary.scale
        end as decimal(38, 12)) as n,
        case when dictionary.kind in ('count', 'distinct', 'change') then 1 else nullif(found.denominator, 0) end as d,
        found.obs_status = 'A' and coalesce(found.coverage_pct >= {minimum_coverage}, true) as is_trusted,
        coalesce(found.coverage_pct < {minimum_coverage}, false) as is_thin
    from plan.indicator_values as found
    join judged using (indicator, ref_area_level)
    join plan.indicators as dictionary using (indicator)
    """


def _grid(city_code: str) -> str:
    """Every target's cells and years: all years for areas, the years that a school or town exists for those.

    A target whose series has no value at all still has a row, so that it is seen to be without data.
    """
    cell = " and ".join(f"coalesce(targets.{name} = observed.{name}, true)" for name in DIMENSIONS)
    cells = ", ".join(f"observed.{name}" for name in CELL)
    empty = ", ".join(f"coalesce({name}, '_T')" for name in DIMENSIONS)
    units = ", ".join(f"'{level}'" for level in UNITS)
    meant = (
        f"from plan.targets join observed on observed.indicator = targets.series and {cell} "
        "and list_contains(targets.levels, observed.ref_area_level) and observed.reference_year >= targets.start_year"
    )
    return f"""
    select distinct indicator, target_number, {", ".join(CELL)}, reference_year, time_period from (
        select targets.indicator, target_number, {cells} {meant} and observed.ref_area_level not in ({units})
    ) join (
        select distinct targets.indicator, target_number, observed.reference_year, observed.time_period {meant}
    ) using (indicator, target_number)
    union all
    select targets.indicator, target_number, {cells}, reference_year, time_period
    {meant} and observed.ref_area_level in ({units})
    union all
    select indicator, target_number, 'city', '{city_code}', {empty}, latest.reference_year, latest.time_period
    from plan.targets
    cross join (
        select max(reference_year) as reference_year, max(time_period) as time_period from plan.indicator_values
    ) as latest
    where list_contains(levels, 'city') and latest.reference_year is not null
        and not exists (
            select 1 from observed
            where observed.indicator = targets.series and observed.reference_year >= targets.start_year and {cell}
        )
    """


def _baselines() -> str:
    """Where each path starts: the plan's own baseline for the city, else the first value that can be trusted."""
    same = " and ".join(f"observed.{name} = grid.{name}" for name in CELL)
    cells = ", ".join(f"grid.{name}" for name in CELL)
    return f"""
    select
        grid.indicator, grid.target_number, {cells},
        case when is_declared then any_value(start_year) else min(observed.reference_year) end as baseline_year,
        case
            when is_declared then cast(any_value(baseline_value) as decimal(38, 12))
            else min_by(observed.n, observed.reference_year)
        end as bn,
        case when is_declared then 1 else min_by(observed.d, observed.reference_year) end as bd,
        not is_declared as baseline_is_working
    from (
        select distinct
            grid.indicator, grid.target_number, {cells}, targets.series, start_year, baseline_value,
            baseline_value is not null and (grid.ref_area_level = 'city' or baseline_value = 0) as is_declared
        from grid join plan.targets using (indicator, target_number)
    ) as grid
    left join observed on observed.indicator = grid.series and {same} and observed.is_trusted
        and observed.reference_year >= grid.start_year
    group by grid.indicator, grid.target_number, {cells}, is_declared
    """


def _joined() -> str:
    """A target, its value of the year, the value of the year before, and its baseline; a path ends at its deadline.

    An area that was promised a value of its own is judged by that one.
    """

    def at(name: str) -> str:
        return " and ".join(f"{name}.{column} = grid.{column}" for column in CELL)

    return f"""
    select
        grid.*,
        targets.* exclude (indicator, target_number, baseline_value, target_value, {", ".join(DIMENSIONS)}),
        coalesce(target_areas.target_value, targets.target_value) as target_value,
        own.obs_value, own.numerator, own.denominator, coalesce(own.obs_status, level.obs_status, 'M') as obs_status,
        dictionary.unit, level.units_reported, level.units_expected, level.coverage_pct,
        level.n, level.d, level.is_trusted, level.is_thin, level.obs_status as level_status,
        before.n as pn, before.d as pd,
        baselines.baseline_year, baselines.bn, baselines.bd, baselines.baseline_is_working,
        least(grid.reference_year, targets.deadline) - baselines.baseline_year as k,
        targets.deadline - baselines.baseline_year as m
    from grid
    join plan.targets using (indicator, target_number)
    left join plan.target_areas using (indicator, target_number, ref_area)
    join plan.indicators as dictionary using (indicator)
    left join observed as own on own.indicator = grid.indicator and own.reference_year = grid.reference_year
        and {at("own")}
    left join observed as level on level.indicator = targets.series and level.reference_year = grid.reference_year
        and {at("level")}
    left join observed as before on before.indicator = targets.series and before.is_trusted
        and before.reference_year = grid.reference_year - 1 and {at("before")}
    left join baselines on baselines.indicator = grid.indicator and baselines.target_number = grid.target_number
        and {at("baselines")}
    """


_AIMED = """
    select
        * replace (case when kind <> 'range' then sign when n < target_value * d then 1 else -1 end as sign),
        case when kind = 'range' and n > target_upper * d then target_upper else target_value end as aim
    from joined
"""
"""Which way a value has to go, and to where: a range is approached from the side that the value lies on."""


def _holds(exact: str, rough: str) -> str:
    """Whether an expression is not negative: exactly, or by floating point where the exact one has too many digits."""
    return f"coalesce(try({exact} >= 0), {rough} >= 0)"


_VALUE, _BASE = "cast(n as double) / d", "cast(bn as double) / bd"
_BASE_REACHES = _holds("sign * (bn - aim * bd)", f"sign * ({_BASE} - aim)")
_PATH_EXACT = "(n * bd * m - (bn * (m - k) + aim * bd * k) * d)"
_PATH = f"(({_BASE}) * (m - k) / m + aim * k / m)"
_STEP_PATH = f"(({_BASE}) + sign * target_value * k)"

_TESTED = f"""
    select
        *,
        case kind
            when 'range' then n >= target_value * d and n <= target_upper * d
            else {_holds("sign * (n - aim * d)", f"sign * ({_VALUE} - aim)")}
        end as meets,
        case when m > 0 then case when {_BASE_REACHES} then cast(aim as double) else {_PATH} end end as path,
        case when m > 0 and not {_BASE_REACHES}
            then {_holds(f"sign * {_PATH_EXACT}", f"sign * ({_VALUE} - {_PATH})")} else false end as is_on_path,
        case when m > 0 then case when {_BASE_REACHES}
            then {_holds("sign * (n - aim * d) + tolerance * d", f"sign * ({_VALUE} - aim) + tolerance")}
            else {
    _holds(f"sign * {_PATH_EXACT} + tolerance * bd * m * d", f"sign * ({_VALUE} - {_PATH}) + tolerance")
} end end as is_near_path,
        {
    _holds(
        "sign * (n * pd - pn * d) - target_value * d * pd",
        f"sign * ({_VALUE} - cast(pn as double) / pd) - target_value",
    )
} as passes_yearly,
        {
    _holds(
        "sign * (n * bd - bn * d) - target_value * k * d * bd",
        f"sign * ({_VALUE} - {_BASE}) - target_value * k",
    )
} as passes_cumulative,
        {_holds("-sign * (n * bd - bn * d)", f"-sign * ({_VALUE} - {_BASE})")} as is_not_better,
        {_holds("sign * (n * bd - bn * d)", f"sign * ({_VALUE} - {_BASE})")} as is_not_worse
    from aimed
"""

_VERDICTS = """
    select
        *,
        case
            when reference_year <= start_year then 'no_judgement: baseline_year'
            when level_status = 'N' then 'no_judgement: not_applicable'
            when coalesce(level_status, 'M') <> 'A' then 'insufficient_data: no_value'
            when is_thin then 'insufficient_data: low_coverage'
            when kind = 'step' and coalesce(k, 0) <= 0 then 'insufficient_data: no_baseline'
            when kind = 'step' and reference_year = deadline and not passes_cumulative
                then 'missed: cumulative_test_failed'
            when kind = 'step' and passes_yearly is null then 'insufficient_data: no_previous_year'
            when kind = 'step' and reference_year = deadline
                then case when passes_yearly then 'met: both_tests_passed' else 'missed: yearly_test_failed' end
            when kind = 'step' then case
                when passes_yearly and passes_cumulative then 'on_track: both_tests_passed'
                when passes_cumulative then 'at_risk: yearly_test_failed'
                when passes_yearly then 'at_risk: cumulative_test_failed'
                else 'off_track: both_tests_failed' end
            when kind = 'direction' and coalesce(k, 0) <= 0 then 'insufficient_data: no_baseline'
            when kind = 'direction' and reference_year = deadline
                then case when is_not_better then 'missed: not_improved' else 'met: improved' end
            when kind = 'direction' then case
                when not is_not_better then 'on_track: improved'
                when is_not_worse then 'at_risk: unchanged'
                else 'off_track: worse' end
            when meets and reference_year < deadline and kind <> 'hold' then 'met: reached_early'
            when meets then 'met: meets_target'
            when kind = 'hold' or deadline is null or reference_year >= deadline then 'missed: fails_target'
            when coalesce(k, 0) <= 0 then 'insufficient_data: no_baseline'
            when is_on_path then 'on_track: on_path'
            when is_near_path then 'at_risk: near_path'
            else 'off_track: off_path'
        end as verdict
    from tested
"""


def _final() -> str:
    """After a deadline the verdict of the deadline stands, whatever comes later."""
    same = " and ".join(f"at_deadline.{name} = verdicts.{name}" for name in _KEY)
    return f"""
    select
        verdicts.* exclude (verdict),
        case
            when verdicts.deadline is null or verdicts.reference_year <= verdicts.deadline
                or verdicts.reference_year <= verdicts.start_year then verdicts.verdict
            else coalesce(at_deadline.verdict, 'insufficient_data: no_value_at_deadline')
        end as verdict
    from verdicts
    left join verdicts as at_deadline on at_deadline.reference_year = verdicts.deadline and {same}
    """


def _result() -> str:
    difference = "coalesce(cast(try({exact}) as double) / cast(try({scale}) as double), {rough})"
    yearly = difference.format(exact="(n * pd - pn * d)", scale="d * pd", rough=f"{_VALUE} - cast(pn as double) / pd")
    cumulative = difference.format(exact="(n * bd - bn * d)", scale="d * bd", rough=f"{_VALUE} - {_BASE}")
    path = f"case when kind = 'step' then {_STEP_PATH} when kind <> 'direction' then path end"
    gap = f"case when kind = 'step' then {_VALUE} - {_STEP_PATH} else cast(n - aim * d as double) / d end"
    return f"""
    select
        indicator, target_number, kind, {", ".join(CELL)}, time_period, reference_year,
        obs_value, numerator, denominator, obs_status, unit,
        cast(target_value as double), cast(target_upper as double), deadline,
        baseline_year, {_BASE}, baseline_is_working, {path}, {gap},
        {yearly}, case when kind = 'step' and reference_year > start_year then passes_yearly end,
        {cumulative}, case when kind = 'step' and k > 0 then passes_cumulative end,
        units_reported, units_expected, coverage_pct,
        split_part(verdict, ': ', 1), split_part(verdict, ': ', 2),
        reference_year = max(reference_year) over (partition by indicator, target_number),
        null, null
    from final order by {_KEYS}, reference_year
    """

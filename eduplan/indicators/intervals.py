"""The interval that a rate counted on a sample lies in: 95 %, by Wilson's formula, with its clusters.

Belongs here: the interval of a sampled ratio. Does not belong here: its value, or what an interval means for a target.

With value p of n answers the interval is ``(p + z²/2n ± z √(p(1-p)/n + z²/4n²)) / (1 + z²/n)``. Answers of one school
resemble each other, so n is divided by the design effect: the variance of the ratio over schools,
``k/(k-1) Σ (aᵢ - p bᵢ)² / n²``, as a multiple of ``p(1-p)/n``, and never less than 1.
"""

from __future__ import annotations

from eduplan.declarations.indicators import Indicator
from eduplan.indicators.grouping import cell_sets, plain_cell
from eduplan.indicators.marts import Marts, measure_of
from eduplan.indicators.tables import CELL

_EXACT = "decimal(38, 6)"
_Z = 1.959963984540054
"""Two-sided 95 % point of the normal distribution."""


def with_interval(indicator: Indicator, values: str, marts: Marts, city_code: str) -> str:
    """Adds ``interval_low`` and ``interval_high`` to a query of values; both are null where nothing was sampled."""
    if indicator.sample is None:
        return (
            "select *, cast(null as double) as interval_low, cast(null as double) as interval_high "
            f"from ({values}) as found"
        )
    spread = _spread(indicator, marts, city_code)
    same = " and ".join(f"spread.{name} = found.{name}" for name in ("reference_year", *CELL))
    p = f"(found.obs_value / {indicator.scale})"
    n = "cast(found.denominator as double)"
    variance = (
        f"spread.clusters / nullif(spread.clusters - 1.0, 0) "
        f"* (spread.aa - 2 * {p} * spread.ab + {p} * {p} * spread.bb) / ({n} * {n})"
    )
    effect = f"greatest(1.0, coalesce({variance} / nullif({p} * (1 - {p}) / {n}, 0), 1.0))"
    sized = f"select found.*, {p} as p, {n} / {effect} as n from ({values}) as found left join spread on {same}"
    z2 = f"{_Z} * {_Z}"
    half = f"{_Z} * sqrt(greatest(p * (1 - p), 0) / n + {z2} / (4 * n * n))"
    low, high = (f"(p + {z2} / (2 * n) {sign} {half}) / (1 + {z2} / n)" for sign in "-+")
    return (
        f"with spread as materialized ({spread}) select * exclude (p, n), "
        f"case when n > 0 then greatest({low}, 0) * {indicator.scale} end as interval_low, "
        f"case when n > 0 then least({high}, 1) * {indicator.scale} end as interval_high from ({sized})"
    )


def _spread(indicator: Indicator, marts: Marts, city_code: str) -> str:
    """Squares and products of the sums of each cluster, added up by cell; exact, so that no order of rows matters."""
    assert indicator.sample is not None  # noqa: S101 - the caller asks only for sampled indicators
    cluster = indicator.sample.cluster
    sums = ", ".join(
        f"sum({measure.column}){f' filter (where {measure.where})' if measure.where else ''} as {name}"
        for name, measure in (("a", measure_of(indicator, "numerator")), ("b", measure_of(indicator, "denominator")))
        if measure
    )
    rows = marts.rows(str(indicator.mart), indicator)
    clustered = [
        f"select reference_year, {plain_cell(cells, city_code)}, {sums} from ({rows}) "
        f"group by {', '.join(dict.fromkeys(['reference_year', *cells.columns, cluster]))}"
        for cells in cell_sets(indicator)
    ]
    key = ", ".join(["reference_year", *CELL])
    return (
        f"select {key}, count(*) as clusters, "
        + ", ".join(
            f"cast(sum(cast({left} as {_EXACT}) * {right}) as double) as {left}{right}"
            for left, right in (("a", "a"), ("a", "b"), ("b", "b"))
        )
        + f" from ({' union all '.join(clustered)}) where b > 0 group by all"
    )

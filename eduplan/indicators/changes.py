"""The query of an indicator that is the change of another one between two years.

Belongs here: kind ``change``. Does not belong here: the yearly and cumulative tests of a target (``status``).
"""

from __future__ import annotations

from eduplan.declarations.indicators import Change, Indicator, IndicatorKind
from eduplan.indicators.grouping import cell_sets
from eduplan.indicators.tables import CELL, DIMENSIONS, TOTAL
from eduplan.warehouse.slices import quoted


def change_query(indicator: Indicator, base: Indicator) -> str:
    """Differences of the base indicator's values, for the cells that this indicator lists.

    A change has no numerator and denominator of its own: the two values that it compares are those of its base.
    """
    change = indicator.change
    assert change is not None  # noqa: S101 - the declaration guarantees it
    same = " and ".join(f"earlier.{name} = later.{name}" for name in CELL)
    series = f"select * from plan.indicator_values where indicator = {quoted(base.code)}"
    keys = ", ".join(f"later.{name}" for name in ("reference_year", *CELL))
    cells = " or ".join(
        "("
        + " and ".join(
            [
                f"later.ref_area_level = '{cells.level}'",
                *(f"later.{name} {'<>' if name in cells.dimensions else '='} '{TOTAL}'" for name in DIMENSIONS),
            ]
        )
        + ")"
        for cells in cell_sets(indicator)
    )
    weaker = "later.coverage_pct <= earlier.coverage_pct or earlier.coverage_pct is null"
    return (
        f"select {keys}, cast(null as decimal(38, 6)) as numerator, cast(null as decimal(38, 6)) as denominator, "
        f"{_difference(change, base)} as obs_value, "
        f"case when {weaker} then later.units_reported else earlier.units_reported end as units_reported, "
        f"case when {weaker} then later.units_expected else earlier.units_expected end as units_expected "
        f"from ({series}) as later join ({series}) as earlier "
        f"on earlier.reference_year = later.reference_year - {change.years} and {same} where {cells}"
    )


def _difference(change: Change, base: Indicator) -> str:
    """The change in the unit of the base or in per cent, from exact fractions where the base has them."""
    sign = 1 if change.sign == "rise" else -1
    plain = "later.obs_value - earlier.obs_value"
    if change.measure == "per_cent":
        return f"{sign} * ({plain}) * 100 / nullif(earlier.obs_value, 0)"
    if base.kind in (IndicatorKind.CHANGE, IndicatorKind.COUNT, IndicatorKind.DISTINCT):
        return f"{sign} * ({plain})"
    crossed = "(later.numerator * earlier.denominator - earlier.numerator * later.denominator)"
    exact = (
        f"cast(try({crossed} * {base.scale}) as double) "
        "/ cast(nullif(try(later.denominator * earlier.denominator), 0) as double)"
    )
    known = "later.obs_value is not null and earlier.obs_value is not null"
    return f"case when {known} then {sign} * coalesce({exact}, {plain}) end"

"""HLT-01 and HLT-02 with fixed weights, HLT-05 progression, HLT-07 and HLT-19 retests: vision as a system.

Belongs here: warnings, prevention stages, levels of monitoring, progression, retests. Does not belong here: rates of
a season.
"""

from __future__ import annotations

from fractions import Fraction

import polars as pl

from eduplan.demo.truth.answers import Answers, share
from eduplan.demo.truth.facts import Facts
from eduplan.demo.truth.vision import STAGES, scope, screened, weighted

_ORTHO_K = 3
_STANDARD_YEAR = 2020
_STRATUM = ["district", "stage", "grade", "sex"]
_EYES = ("right", "left")
_HYPEROPIA = {3: (400, 600, 900), 4: (200, 500, 800), 5: (200, 500, 800), 6: (150, 450, 750), 7: (150, 450, 750)}
_OLDER_HYPEROPIA = (50, 300, 600)
"""Spherical equivalent, in hundredths of a dioptre, above which an eye is at tier 1, 2, 3, by completed age."""


def answer(answers: Answers, facts: Facts, year: int) -> None:
    """Adds the values of a year."""
    valid = screened(facts, year).filter(pl.col("valid"))
    _standardised(answers, facts, valid, year)
    _warnings(answers, valid, year)
    _monitoring(answers, facts, year)
    _retests(answers, facts, valid, year)
    if (year - 1, "autumn") in facts.screenings:
        _progression(answers, screened(facts, year - 1).filter(pl.col("valid")), valid, year)


def _standardised(answers: Answers, facts: Facts, valid: pl.DataFrame, year: int) -> None:
    if _STANDARD_YEAR not in facts.pupils:
        return
    pupils_of = scope(facts, _STANDARD_YEAR).group_by(_STRATUM, maintain_order=True).agg(pl.len().alias("pupils"))
    found = valid.group_by(_STRATUM).agg(pl.len().alias("examined"), pl.col("myopic").sum().alias("myopic"))
    strata = pupils_of.join(found, on=_STRATUM, how="inner").with_columns(
        pl.col("stage", "sex", "grade").cast(pl.String)
    )
    code = "HLT-01.standardised"
    answers.share_of_weights(code, year, None, *weighted(strata), {})
    for place in range(len(answers.area_codes)):
        answers.share_of_weights(code, year, place, *weighted(strata.filter(pl.col("district") == place)), {})
    for dimension in ("stage", "sex", "grade"):
        for (key,), group in sorted(strata.partition_by(dimension, as_dict=True).items()):
            answers.share_of_weights(code, year, None, *weighted(group), {dimension: str(key)})
    for (of_code, of_year, district, dimensions), now in list(answers.kept.items()):
        before = answers.kept.get((of_code, year - 1, district, dimensions))
        if of_code == code and of_year == year and before is not None and {*dict(dimensions)} <= {"stage"}:
            answers.value("HLT-02.standardised", year, district, float(Fraction(before - now)), **dict(dimensions))


def tiers(rows: pl.DataFrame) -> pl.DataFrame:
    """Adds the ``tier`` of valid first examinations, the worst of acuity, refraction and cylinder; null for none."""
    age = (pl.col("half_years") // 2).clip(3, 8)
    # Primary pupils are five or older: 4.9 is tier 1, 4.8 tier 2, less is tier 3.
    acuity = pl.when(pl.col("worst") < 50).then((50 - pl.col("worst")).clip(1, 3))
    found: list[pl.Expr] = [acuity]
    for eye in _EYES:
        sphere, cylinder = pl.col(f"sphere_{eye}").cast(pl.Int64), pl.col(f"cylinder_{eye}").cast(pl.Int64)
        twice, bend = 2 * sphere + cylinder, cylinder.abs()
        found.append(_first((twice < -1200, 3), (twice < -600, 2), (twice < -100, 1), (twice <= -50, 0)))
        found.append(_first((bend > 400, 3), (bend > 200, 2), (bend >= 50, 1), (bend >= 25, 0)))
        for step in (1, 2, 3):
            limits = {years: steps[step - 1] for years, steps in _HYPEROPIA.items()}
            limit = age.replace_strict(limits, default=_OLDER_HYPEROPIA[step - 1], return_dtype=pl.Int64)
            found.append(pl.when(twice > 2 * limit).then(pl.lit(step)))
    found.append(pl.when(pl.col("ortho_k")).then(pl.lit(1)))
    return rows.with_columns(tier=pl.max_horizontal(each.cast(pl.Int64) for each in found))


def _first(*cases: tuple[pl.Expr, int]) -> pl.Expr:
    """The value of the first condition that holds."""
    return pl.coalesce(pl.when(condition).then(pl.lit(value)) for condition, value in cases)


def _warnings(answers: Answers, valid: pl.DataFrame, year: int) -> None:
    by = ("stage", "grade")
    judged = tiers(valid)
    for code, tier in (("watch", 0), ("tier1", 1), ("tier2", 2), ("tier3", 3)):
        answers.ratio(f"HLT-07.{code}", year, share(judged, pl.col("tier") == tier), by=by)
    high = pl.col("high")
    for code, hit in (
        ("prevent", ~high & ~pl.col("myopic")),
        ("control", ~high & pl.col("myopic")),
        ("specialist", high),
    ):
        answers.ratio(f"HLT-07.stage_{code}", year, share(judged, hit), by=by)


def _monitoring(answers: Answers, facts: Facts, year: int) -> None:
    everyone = facts.with_schools(facts.pupils[year].filter(pl.col("stage").is_in(STAGES)))
    seen = screened(facts, year).filter("valid").select("person", seen=pl.lit(value=1)).unique()
    schools = (
        everyone.join(seen, on="person", how="left", maintain_order="left")
        .group_by("school", "district", maintain_order=True)
        .agg(pl.len().alias("pupils"), pl.col("seen").sum())
        .with_columns(is_reached=10 * pl.col("seen") >= 9 * pl.col("pupils"))
    )
    answers.ratio("HLT-07.monitored_schools", year, share(schools, pl.col("is_reached")))
    districts = schools.group_by("district", maintain_order=True).agg(
        pl.len().alias("schools"), pl.col("is_reached").sum()
    )
    reached = 10 * pl.col("is_reached").cast(pl.Int64) >= 9 * pl.col("schools").cast(pl.Int64)
    answers.ratio("HLT-07.monitored_districts", year, share(districts, reached))


def _retests(answers: Answers, facts: Facts, valid: pl.DataFrame, year: int) -> None:
    again = facts.screenings[year, "autumn"].filter(pl.col("is_retest"))
    repeated = again.select("person", is_again=pl.lit(value=True)).unique()
    share_of = valid.join(repeated, on="person", how="left", maintain_order="left")
    answers.ratio("HLT-19.retest_share", year, share(share_of, pl.col("is_again")))
    both = valid.join(again, on="person", how="inner", suffix="_again", maintain_order="left")
    items = []
    for eye in _EYES:
        items.append((pl.col(f"naked_{eye}") - pl.col(f"naked_{eye}_again"), 1))
        twice = {
            mark: 2 * pl.col(f"sphere_{eye}{mark}").cast(pl.Int64) + pl.col(f"cylinder_{eye}{mark}").cast(pl.Int64)
            for mark in ("", "_again")
        }
        items.append((twice[""] - twice["_again"], 100))
    items.append((pl.col("height") - pl.col("height_again"), 5))
    items.append((pl.col("weight") - pl.col("weight_again"), 1))
    counted = both.select(
        "district",
        den=pl.sum_horizontal(gap.is_not_null().cast(pl.Int64) for gap, _ in items),
        num=pl.sum_horizontal((gap.abs() > most).fill_null(value=False).cast(pl.Int64) for gap, most in items),
    )
    answers.ratio("HLT-19.retest_error", year, counted)


def _progression(answers: Answers, earlier: pl.DataFrame, later: pl.DataFrame, year: int) -> None:
    twice = sum(2 * pl.col(f"sphere_{eye}").cast(pl.Int64) + pl.col(f"cylinder_{eye}").cast(pl.Int64) for eye in _EYES)
    before = earlier.filter(~pl.col("ortho_k")).select(
        "person", was_myopic="myopic", day_before="screened_on", twice_before=twice
    )
    both = later.filter(~pl.col("ortho_k")).with_columns(twice=twice).join(before, on="person", how="inner")
    # A hundredth of twice the equivalent is five thousandths of a dioptre.
    both = both.with_columns(
        num=5 * (pl.col("twice_before") - pl.col("twice")), den=2 * (pl.col("screened_on") - pl.col("day_before"))
    ).with_columns(pl.col("den").cast(pl.Int64))
    by = ("stage", "sex", "grade")
    answers.ratio("HLT-05.progression", year, both, scale=365, by=by, decimals=(3, 0))
    myopic = both.filter(pl.col("was_myopic"))
    answers.ratio("HLT-05.progression_myopic", year, myopic, scale=365, by=by, decimals=(3, 0))

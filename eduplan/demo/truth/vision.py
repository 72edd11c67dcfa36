"""HLT-01 to HLT-06, HLT-18 and HLT-19: eyes.

Belongs here: what follows from acuity, refraction and lenses. Does not belong here: warnings, progression and retests
(``vision_system``), bodies, minds and school staff.
"""

from __future__ import annotations

from fractions import Fraction

import polars as pl

from eduplan.demo.truth.answers import Answers, share
from eduplan.demo.truth.enrolment import pupils
from eduplan.demo.truth.facts import Facts

STAGES = ["primary", "junior", "senior_general"]
_ORTHO_K, _WORN = 3, [1, 2]
_EYES = ("right", "left")
_STRATUM = ["district", "stage", "grade", "sex"]


def scope(facts: Facts, year: int) -> pl.DataFrame:
    """The pupils whom school health looks after: those of grades one to twelve outside special schools."""
    return pupils(facts, year).filter(pl.col("stage").is_in(STAGES))


def screened(facts: Facts, year: int, season: str = "autumn") -> pl.DataFrame:
    """The first screening (not the retest) of pupils in scope, with what is judged of it."""
    rows = facts.screenings[year, season].filter(~pl.col("is_retest"))
    return _judged(rows).join(scope(facts, year).drop("class_number"), on="person", how="inner", maintain_order="left")


def _judged(rows: pl.DataFrame) -> pl.DataFrame:
    complete = pl.all_horizontal(
        pl.col(f"{part}_{eye}").is_not_null() for part in ("naked", "sphere", "cylinder") for eye in _EYES
    )
    ortho_k = pl.col("lens") == _ORTHO_K
    # Twice the spherical equivalent, in hundredths, is a whole number: 2 x sphere + cylinder.
    twice = {
        eye: 2 * pl.col(f"sphere_{eye}").cast(pl.Int64) + pl.col(f"cylinder_{eye}").cast(pl.Int64) for eye in _EYES
    }
    cut = pl.when(pl.col("half_years") >= 12).then(50).otherwise(49)
    short = pl.any_horizontal(
        ((pl.col(f"naked_{eye}") < cut) & (twice[eye] < -100)).fill_null(value=False) for eye in _EYES
    )
    high = pl.any_horizontal((twice[eye] < -1200).fill_null(value=False) for eye in _EYES)
    both_naked = pl.col("naked_right").is_not_null() & pl.col("naked_left").is_not_null()
    both_corrected = pl.col("corrected_right").is_not_null() & pl.col("corrected_left").is_not_null()
    return rows.with_columns(
        valid=pl.col("is_valid") & (ortho_k | complete),
        myopic=ortho_k | short,
        high=high,
        worst=pl.when(pl.col("is_valid") & ~ortho_k & both_naked).then(pl.min_horizontal("naked_right", "naked_left")),
        sharp=pl.col("lens").is_in(_WORN)
        & both_corrected
        & (pl.min_horizontal("corrected_right", "corrected_left") >= 49),
        ortho_k=ortho_k,
    )


def answer(answers: Answers, facts: Facts, year: int) -> None:
    """Adds the values of a year."""
    rows = screened(facts, year)
    valid = rows.filter(pl.col("valid"))
    everyone = scope(facts, year)
    _standardised(answers, everyone, valid, year)
    _fall(answers, year)
    answers.ratio(
        "HLT-01.unweighted", year, share(valid, pl.col("myopic")), by=("stage", "urban_class", "sex", "grade")
    )
    _coverage(answers, facts, everyone, year)
    _low_vision(answers, rows, year)
    answers.ratio("HLT-06", year, share(valid, pl.col("high")), by=("stage", "grade"))
    uncorrected = valid.filter(pl.col("myopic") & ~pl.col("ortho_k"))
    answers.ratio("HLT-18", year, share(uncorrected, pl.col("sharp")), by=("stage",))
    answers.ratio("HLT-19.valid", year, share(rows, pl.col("valid")))
    if (year - 1, "autumn") in facts.screenings:
        before = screened(facts, year - 1).filter(pl.col("valid") & ~pl.col("myopic")).select("person")
        at_risk = valid.join(before, on="person", how="semi")
        answers.ratio("HLT-05", year, share(at_risk, pl.col("myopic")), by=("stage", "sex", "grade"))


def _standardised(answers: Answers, everyone: pl.DataFrame, valid: pl.DataFrame, year: int) -> None:
    """HLT-01: each stratum's share of myopic pupils, weighted with the stratum's pupils."""
    strata = _strata(everyone, valid, _STRATUM)
    answers.share_of_weights("HLT-01", year, None, *weighted(strata), {})
    for place in range(len(answers.area_codes)):
        answers.share_of_weights("HLT-01", year, place, *weighted(strata.filter(pl.col("district") == place)), {})
    placed = _strata(everyone, valid, [*_STRATUM, "urban_class"])
    for dimension, table in (("stage", strata), ("urban_class", placed), ("sex", strata), ("grade", strata)):
        for (key,), group in sorted(table.partition_by(dimension, as_dict=True).items()):
            answers.share_of_weights("HLT-01", year, None, *weighted(group), {dimension: str(key)})


def _strata(everyone: pl.DataFrame, valid: pl.DataFrame, stratum: list[str]) -> pl.DataFrame:
    """Pupils, validly examined and myopic of each stratum in which somebody was examined."""
    pupils_of = everyone.group_by(stratum, maintain_order=True).agg(pl.len().alias("pupils"))
    found = valid.group_by(stratum).agg(pl.len().alias("examined"), pl.col("myopic").sum().alias("myopic"))
    texts = pl.col("stage", "sex", "grade").cast(pl.String)
    return pupils_of.join(found, on=stratum, how="inner").with_columns(texts)


def weighted(strata: pl.DataFrame) -> tuple[Fraction, int]:
    """Myopic pupils as the strata estimate them, and pupils."""
    # Strata with as many examined have one denominator, so that few fractions are left to add up exactly.
    products = pl.col("pupils").cast(pl.Int64) * pl.col("myopic").cast(pl.Int64)
    sums = strata.group_by("examined").agg(products.sum().alias("product"))
    estimate = sum(map(Fraction, sums["product"].to_list(), sums["examined"].to_list()), Fraction(0))
    return estimate, int(strata["pupils"].sum())


def _fall(answers: Answers, year: int) -> None:
    """HLT-02: by how many percentage points HLT-01 has fallen within a year, from the parts that are kept of it."""
    for (code, of_year, district, dimensions), now in list(answers.kept.items()):
        before = answers.kept.get((code, year - 1, district, dimensions))
        if code == "HLT-01" and of_year == year and before is not None and {*dict(dimensions)} <= {"stage"}:
            answers.value("HLT-02", year, district, float(before - now), **dict(dimensions))


def _coverage(answers: Answers, facts: Facts, everyone: pl.DataFrame, year: int) -> None:
    for season in ("autumn", "spring"):
        if (year, season) not in facts.screenings:
            continue
        seen = screened(facts, year, season).filter("valid").select("person", seen=pl.lit(value=True)).unique()
        reached = everyone.join(seen, on="person", how="left", maintain_order="left")
        answers.ratio(f"HLT-03.{season}", year, share(reached, pl.col("seen")), by=("stage",))


def _low_vision(answers: Answers, rows: pl.DataFrame, year: int) -> None:
    tested = rows.drop_nulls("worst")
    worst = pl.col("worst")
    degrees = {
        "HLT-04": worst < 50,
        "HLT-04.light": worst == 49,
        "HLT-04.middle": worst.is_between(46, 48),
        "HLT-04.severe": worst <= 45,
    }
    for code, hit in degrees.items():
        answers.ratio(code, year, share(tested, hit), by=("stage", "sex", "grade"))

"""VOC: vocational schools, their programmes, and the bodies around them.

Belongs here: the indicators whose codes start with VOC. Does not belong here: enrolment of the senior stage.
"""

from __future__ import annotations

import polars as pl

from eduplan.demo.calendar import census_day
from eduplan.demo.truth.answers import Answers
from eduplan.demo.truth.enrolment import active_schools, vocational_pupils
from eduplan.demo.truth.facts import Facts

_CONTINUING, _CLOSED = 0, 3
_KINDS = ("group", "industry_college", "enterprise", "station", "base", "school", "programme", "course")
_CHAINS = (
    "none", "appliances", "equipment", "digital", "marine", "health", "logistics", "agriculture", "tourism",
)  # fmt: skip
_INTEGRATION = ("group", "industry_college", "enterprise", "station")


def answer(answers: Answers, facts: Facts, year: int) -> None:
    """Adds the values of a year."""
    open_now = active_schools(facts, year).select("school")
    rows = facts.with_schools(facts.records["vocational", year].join(open_now, on="school", how="semi"))
    _programmes(answers, rows, year)
    _schools(answers, facts, rows, year)
    _bodies(answers, facts.records["vocational_body", year], year)


def _programmes(answers: Answers, rows: pl.DataFrame, year: int) -> None:
    offered, adjusted = pl.col("status") != _CLOSED, pl.col("status") != _CONTINUING
    chained = rows.with_columns(item=pl.col("chain").replace_strict(dict(enumerate(_CHAINS)), return_dtype=pl.String))
    one, nothing = pl.lit(1, dtype=pl.Int64), pl.lit(0, dtype=pl.Int64)
    for code, num, den in (
        ("VOC-03.match", pl.when(offered & (pl.col("chain") > 0)).then(one).otherwise(nothing), offered.cast(pl.Int64)),
        ("VOC-03.adjusted", adjusted.cast(pl.Int64), one),
        ("VOC-04", pl.col("certified_pupils"), pl.col("pilot_pupils")),
        ("VOC-08.placed", pl.col("employed_graduates") + pl.col("continuing_graduates"), pl.col("graduates")),
        ("VOC-08.matching", pl.col("matching_graduates"), pl.col("graduates")),
        ("VOC-10", pl.col("continuous_entrants"), pl.col("entrants")),
    ):
        by = ("item",) if code == "VOC-03.adjusted" else ()
        answers.ratio(code, year, chained.with_columns(num=num, den=den), by=by)


def _schools(answers: Answers, facts: Facts, rows: pl.DataFrame, year: int) -> None:
    heard = rows.select("school").unique()
    pupils = vocational_pupils(facts, year).join(heard, on="school", how="semi")
    in_schools = pupils.select("district", "ownership", pupils=pl.col("weight").cast(pl.Int64))
    sums = pl.concat([rows.with_columns(pupils=pl.lit(0, dtype=pl.Int64)), in_schools], how="diagonal").fill_null(0)
    sums = sums.with_columns(teachers=pl.col("full_time_teachers") + pl.col("part_time_teachers"))
    for code, num, den, scale, by in (
        ("VOC-01", "dual_qualified_teachers", "professional_teachers", 100, ("ownership",)),
        ("VOC-02", "pupils", "teachers", 1, ("ownership",)),
        ("VOC-05.places", "training_places", "pupils", 1, ()),
        ("VOC-05.equipment", "training_equipment_yuan", "pupils", 1, ()),
        ("VOC-07", "training_person_times", "pupils", 1, ()),
        ("VOC-07.days", "training_person_days", "pupils", 1, ()),
        ("VOC-11", "service_income_yuan", "full_time_teachers", 1, ()),
    ):
        answers.ratio(code, year, sums.with_columns(num=num, den=den), scale=scale, by=by)


def _bodies(answers: Answers, listed: pl.DataFrame, year: int) -> None:
    day = census_day(year)
    recognised = (pl.col("recognised") <= day) & ((pl.col("until") < 0) | (pl.col("until") >= day))
    alive = recognised & pl.col("evidence").is_between(census_day(year - 2), day)

    def count(code: str, kinds: tuple[str, ...], condition: pl.Expr) -> None:
        mine = pl.col("kind").is_in([_KINDS.index(kind) for kind in kinds])
        answers.count(code, year, listed.with_columns(num=(mine & condition).cast(pl.Int64)), districts=False)

    count("VOC-05.bases", ("base",), alive)
    count("VOC-06", _INTEGRATION, alive)
    for code, kind in zip(("groups", "colleges", "enterprises", "stations"), _INTEGRATION, strict=True):
        count(f"VOC-06.{code}", (kind,), alive)
    for code, kind in (("schools", "school"), ("programmes", "programme"), ("courses", "course")):
        count(f"VOC-09.{code}", (kind,), recognised)

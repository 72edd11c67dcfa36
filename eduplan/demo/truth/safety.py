"""SAF: safety of schools and kindergartens.

Belongs here: the indicators whose codes start with SAF. Does not belong here: buildings.
"""

from __future__ import annotations

import polars as pl

from eduplan.demo.calendar import census_day, day_of
from eduplan.demo.truth.answers import Answers, share
from eduplan.demo.truth.enrolment import NOT_A_SCHOOL, active_schools, pupils, vocational_pupils, with_first_stage
from eduplan.demo.truth.facts import Facts

_EVENTS = {
    "SAF-10.bullying": "bullying_events", "SAF-10.drowning": "drowning_events", "SAF-10.traffic": "traffic_events",
    "SAF-10.injury": "injury_events", "SAF-10.death": "deaths",
}  # fmt: skip
_GRADE_A_OR_B, _SHOWN, _ON_THE_INTERNET = (0, 1), (1, 2, 3), 3


def own_schools(facts: Facts, year: int) -> pl.DataFrame:
    """The open schools that report for themselves, with the stage that they stand under."""
    return with_first_stage(active_schools(facts, year).filter(~pl.col("school_type").is_in(NOT_A_SCHOOL)))


def everybody(facts: Facts, year: int) -> pl.DataFrame:
    """Pupils by school and stage, as ``pupils``, vocational ones included."""
    parts = [
        pupils(facts, year).select("school", "district", pl.col("stage").cast(pl.String), weight=pl.lit(1)),
        vocational_pupils(facts, year).select("school", "district", "stage", pl.col("weight").cast(pl.Int32)),
    ]
    return pl.concat(parts).group_by("school", "district", "stage").agg(pl.col("weight").sum().alias("pupils"))


def answer(answers: Answers, facts: Facts, year: int) -> None:
    """Adds the values of a year."""
    _returns(answers, facts, year)
    hazards(answers, facts, year)
    _incidents(answers, facts, year)
    _canteens(answers, facts, year)
    day = census_day(year)
    buses = facts.with_schools(facts.records["school_bus", year])
    valid = (pl.col("permit_valid_to") >= day) & (pl.col("inspection_valid_to") >= day) & pl.col("has_attendant")
    answers.ratio("SAF-11", year, share(buses, valid))


def _returns(answers: Answers, facts: Facts, year: int) -> None:
    returned = own_schools(facts, year).join(facts.records["safety_return", year], on="school")
    sizes = everybody(facts, year).group_by("school").agg(pl.col("pupils").sum())
    known = returned.join(sizes, on="school")
    needed = (
        pl.when(pl.col("pupils") > 1000)
        .then(2 + (pl.col("pupils") - 1000) // 500)
        .when((pl.col("pupils") >= 100) | pl.col("is_boarding_school"))
        .then(2)
        .otherwise(1)
    )
    guarded = share(known, pl.col("full_time_guards") >= needed)
    answers.ratio("SAF-01", year, guarded, by=("stage", "ownership"))
    posts = pl.col("has_morning_post") & pl.col("has_afternoon_post")
    answers.ratio("SAF-02", year, share(returned, posts))
    answers.ratio("SAF-03.closed", year, share(returned, pl.col("is_closed_site")))
    tested = pl.col("has_alarm") & (pl.col("filled_on") - pl.col("alarm_tested_on") <= 365)
    answers.ratio("SAF-03.alarm", year, share(returned, tested))
    answers.ratio("SAF-03.video", year, share(returned, pl.col("has_linked_video")))
    reports = pl.col("is_on_safety_platform") & (pl.col("filled_on") - pl.col("last_reported_on") <= 30)
    answers.ratio("SAF-04", year, share(returned, reports))
    gates = returned.with_columns(num=pl.col("gates_with_identification"), den=pl.col("gates"))
    answers.ratio("SAF-05", year, gates)
    answers.ratio("SAF-05.schools", year, share(returned, pl.col("gates_with_identification") == pl.col("gates")))
    due = pl.when(pl.col("school_type") == 111).then(4).otherwise(9)
    answers.ratio("SAF-12", year, share(returned, pl.col("months_with_drill") >= due))


def hazards(answers: Answers, facts: Facts, year: int) -> None:
    """SAF-06: hazards removed on time, of those that were removed or due by 31 August."""
    is_closed = pl.col("closed_on") >= 0
    judged = facts.with_schools(facts.records["hazard", year]).filter(
        is_closed | (pl.col("due_on") <= day_of(year + 1, 8, 31))
    )
    grades = judged.with_columns(
        item=pl.when(pl.col("is_major") == 1).then(pl.lit("major")).otherwise(pl.lit("general"))
    )
    on_time = share(grades, is_closed & (pl.col("closed_on") <= pl.col("due_on")))
    answers.ratio("SAF-06", year, on_time, by=("item",))
    answers.ratio("SAF-06.major", year, on_time.filter(pl.col("is_major") == 1))


def _incidents(answers: Answers, facts: Facts, year: int) -> None:
    on_roll = everybody(facts, year).group_by("district", "stage").agg(pl.col("pupils").sum())
    table = facts.records["incident", year].join(on_roll, on=["district", "stage"])
    for code, events in _EVENTS.items():
        rate = table.with_columns(num=pl.col(events), den=pl.col("pupils"))
        answers.ratio(code, year, rate, scale=100_000, by=("stage",))


def _canteens(answers: Answers, facts: Facts, year: int) -> None:
    listed = own_schools(facts, year).join(facts.records["canteen", year], on="school")
    good = pl.col("grade").is_in(_GRADE_A_OR_B) & (pl.col("licence_valid_to") >= census_day(year))
    shown = pl.col("mode").is_in(_SHOWN)
    of_schools = listed.filter(pl.col("school_type") != 111)
    of_kindergartens = listed.filter(pl.col("school_type") == 111)
    answers.ratio("SAF-07", year, share(of_schools, good), by=("stage",))
    answers.ratio("SAF-07.kindergarten", year, share(of_kindergartens, good))
    answers.ratio("SAF-08", year, share(of_schools, shown), by=("stage",))
    answers.ratio("SAF-08.internet", year, share(of_schools, pl.col("mode") == _ON_THE_INTERNET), by=("stage",))
    answers.ratio("SAF-08.kindergarten", year, share(of_kindergartens, shown))

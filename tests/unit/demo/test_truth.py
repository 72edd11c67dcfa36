"""The truth of hand-made cases, worked out on paper."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from eduplan.demo.truth import balance, cohorts, compulsory, finance, health, special, vision, vision_system
from eduplan.demo.truth.answers import Answers, contributions, share

from .conftest import city_row, facts_of, make_schools, pupil

AREAS = ["990101", "990102"]


def test_ratio_of_sums_by_area_and_breakdown() -> None:
    answers = Answers(AREAS)
    table = pl.DataFrame(
        {"district": [0, 0, 0], "sex": ["male", "female", "female"], "num": [1, 0, 1], "den": [1, 1, 1]}
    )
    answers.ratio("A", 2024, table, by=("sex",))
    rows = answers.rows["A"]
    assert city_row(rows)["value"] == pytest.approx(200 / 3)
    assert (city_row(rows, sex="female")["numerator"], city_row(rows, sex="female")["denominator"]) == (1, 2)
    first, second = [row for row in rows if row["ref_area_level"] == "district"]
    assert (first["ref_area"], first["value"]) == ("990101", pytest.approx(200 / 3))
    assert (second["ref_area"], second["numerator"], second["denominator"], second["value"]) == (
        "990102",
        None,
        None,
        None,
    )
    assert {row["time_period"] for row in rows} == {"2024-25"}


def test_parts_of_units_are_exact() -> None:
    answers = Answers(AREAS)
    table = pl.DataFrame({"district": [0, 1], "num": [1_234_567, 1], "den": [2, 1]})
    answers.ratio("A", 2024, table, scale=1, decimals=(6, 0))
    assert city_row(answers.rows["A"])["numerator"] == "1.234568"
    assert city_row(answers.rows["A"])["value"] == pytest.approx(1.234568 / 3)


def test_a_district_that_is_silent_has_no_count() -> None:
    answers = Answers(AREAS)
    answers.count("A", 2024, pl.DataFrame({"district": [0], "num": [3]}), silent=[1])
    assert [row["value"] for row in answers.rows["A"]] == [3.0, 3.0, None]


def test_contributions_count_rows_or_weights() -> None:
    rows = pl.DataFrame({"district": [0, 0]})
    weighed = pl.DataFrame({"district": [0, 1], "weight": [5, 7]})
    table = contributions(rows, weighed, ["district"]).group_by("district").agg(pl.all().sum()).sort("district")
    assert table.rows() == [(0, 2, 5), (1, 0, 7)]
    assert share(pl.DataFrame({"a": [1, None]}), pl.col("a") > 0)["num"].to_list() == [1, 0]


def test_published_example_of_the_coefficient_of_variation() -> None:
    pupils, books = np.array([45, 37, 89, 76, 55]), np.array([279, 137, 935, 160, 402])
    assert balance.variation(books, pupils) == pytest.approx(0.5153, abs=5e-5)
    assert balance.theil(books, pupils) == pytest.approx(0.1436, abs=5e-5)


def test_equal_schools_do_not_differ() -> None:
    assert balance.variation(np.array([30_000_003, 10_000_001]), np.array([3, 1])) == 0
    assert balance.variation(np.array([30_000_004, 10_000_001]), np.array([3, 1])) == 0, "split amounts are rounded"
    assert balance.variation(np.array([0, 0]), np.array([3, 1])) is None
    assert balance.theil(np.array([0, 4]), np.array([1, 1])) == pytest.approx(np.log(2))


def test_class_sizes() -> None:
    schools = make_schools([312])
    rows = [pupil(person, class_number=1 + (person >= 56)) for person in range(56 + 45)]
    rows += [pupil(1000 + person, grade="j1", grade_number=7, stage="junior") for person in range(50)]
    answers = Answers(AREAS)
    compulsory._class_sizes(answers, facts_of(schools, {2024: rows}), 2024)
    assert (city_row(answers.rows["CMP-04"])["numerator"], city_row(answers.rows["CMP-04"])["denominator"]) == (1, 3)
    assert city_row(answers.rows["CMP-05"])["numerator"] == 0
    assert city_row(answers.rows["CMP-06"])["numerator"] == 2
    assert city_row(answers.rows["CMP-06"], stage="primary")["denominator"] == 2


def test_promotion_leaves_out_those_who_are_gone_for_good() -> None:
    schools = make_schools([211])
    before = [pupil(person) for person in range(5)]
    now = [pupil(0, grade="p5", grade_number=5), pupil(1), pupil(2, grade="p5", grade_number=5)]
    facts = facts_of(schools, {2023: before, 2024: now})
    facts.moves[2024] = pl.DataFrame(
        {"person": [3], "school": [0], "stage": ["primary"], "grade": ["p4"], "grade_number": [4], "sex": ["female"],
         "status": ["left"], "change": ["transfer_out_elsewhere"]},
        schema_overrides={"person": pl.Int32, "school": pl.Int32},
    )  # fmt: skip
    answers = Answers(AREAS)
    cohorts._promotion(answers, facts, 2024)
    found = city_row(answers.rows["COH-01.promotion"])
    assert (found["numerator"], found["denominator"], found["value"]) == (2, 4, 50.0)


def test_disability_by_placement() -> None:
    schools = make_schools([211, 513])
    places = ["ordinary_class", "ordinary_class", "home_delivered", "none"]
    rows = [pupil(person, is_disabled=True, placement=place) for person, place in enumerate(places)]
    rows.append(pupil(9, school=1, stage="special", is_disabled=True, placement="special_school"))
    rows.append(
        pupil(10, stage="senior_general", grade="s1", grade_number=10, is_disabled=True, placement="ordinary_class")
    )
    facts = facts_of(schools, {2024: rows})
    facts.register[2024] = pl.DataFrame(
        {"school": [0, 1], "has_resource_room": [True, False]}, schema_overrides={"school": pl.Int32}
    )
    answers = Answers(AREAS)
    special.answer(answers, facts, 2024)
    assert city_row(answers.rows["SPE-02"])["value"] == 50.0
    assert city_row(answers.rows["SPE-02"], stage="special")["value"] == 0.0
    assert city_row(answers.rows["SPE-06"])["value"] == 25.0


def test_resource_rooms_count_from_five_pupils_in_rural_schools() -> None:
    schools = make_schools([211, 211], rural=True)
    rows = [pupil(person, school=int(person >= 5), is_disabled=True, placement="ordinary_class") for person in range(9)]
    facts = facts_of(schools, {2024: rows})
    facts.register[2024] = pl.DataFrame(
        {"school": [0, 1], "has_resource_room": [False, True]}, schema_overrides={"school": pl.Int32}
    )
    answers = Answers(AREAS)
    special.answer(answers, facts, 2024)
    found = city_row(answers.rows["SPE-04"])
    assert (found["numerator"], found["denominator"]) == (0, 1)


EXAMINATION = {
    **{"half_years": 20, "is_retest": False, "is_valid": True, "lens": 0},
    **{f"naked_{eye}": 50 for eye in ("right", "left")},
    **{f"corrected_{eye}": None for eye in ("right", "left")},
    **{f"{part}_{eye}": 0 for part in ("sphere", "cylinder") for eye in ("right", "left")},
    **dict.fromkeys(("height", "weight", "fitness", "mental_level", "follow_up")),
    **dict.fromkeys(("is_mental_screened", "has_mental_file"), False),
}


def examinations(rows: list[dict[str, object]]) -> pl.DataFrame:
    numbers = {name: pl.Int16 for name, value in EXAMINATION.items() if value is None or type(value) is int}
    table = [{"person": person, **EXAMINATION, **row} for person, row in enumerate(rows)]
    return pl.DataFrame(table, schema_overrides={"person": pl.Int32, **numbers})


def test_who_is_myopic() -> None:
    cases = [
        ({}, True, False),
        ({"naked_right": 49, "sphere_right": -75}, True, True),
        ({"naked_right": 49, "sphere_right": -50}, True, False),
        ({"naked_right": 49, "sphere_right": -25, "cylinder_right": -75}, True, True),
        ({"naked_right": 49, "sphere_left": -300}, True, False),
        ({"naked_left": 49, "sphere_left": -75, "half_years": 11}, True, False),
        ({"naked_left": 48, "sphere_left": -75, "half_years": 11}, True, True),
        ({"lens": 3, "naked_right": None, "sphere_right": None}, True, True),
        ({"naked_right": None}, False, False),
        ({"is_valid": False, "naked_right": 40, "sphere_right": -500}, False, True),
    ]
    schools = make_schools([211])
    facts = facts_of(schools, {2024: [pupil(person) for person in range(len(cases))]})
    facts.screenings[2024, "autumn"] = examinations([case for case, _, _ in cases])
    judged = vision.screened(facts, 2024).sort("person")
    assert judged["valid"].to_list() == [valid for _, valid, _ in cases]
    assert judged["myopic"].to_list() == [myopic for _, _, myopic in cases]


def test_the_worst_finding_of_either_eye_is_the_tier() -> None:
    cases: list[tuple[dict[str, object], int | None]] = [
        ({}, None),
        ({"sphere_left": -25}, 0),
        ({"sphere_left": -50}, 0),
        ({"sphere_left": -75}, 1),
        ({"naked_right": 49}, 1),
        ({"naked_right": 48, "sphere_right": -100}, 2),
        ({"naked_right": 47, "sphere_right": -300}, 3),
        ({"naked_right": 49, "sphere_right": -600}, 2),
        ({"naked_right": 49, "sphere_right": -600, "cylinder_right": -25}, 3),
        ({"cylinder_right": -200, "sphere_right": 100}, 1),
        ({"cylinder_right": 225, "sphere_right": -100}, 2),
        ({"sphere_right": 50}, None),
        ({"sphere_right": 75}, 1),
        ({"sphere_right": 100, "half_years": 15}, None),
        ({"lens": 3, "naked_right": None, "sphere_right": None}, 1),
    ]
    facts = facts_of(make_schools([211]), {2024: [pupil(person) for person in range(len(cases))]})
    facts.screenings[2024, "autumn"] = examinations([case for case, _ in cases])
    judged = vision_system.tiers(vision.screened(facts, 2024)).sort("person")
    assert judged["tier"].to_list() == [tier for _, tier in cases]


def test_weighted_rate_gives_each_stratum_its_pupils() -> None:
    schools = make_schools([211])
    girls = [pupil(person) for person in range(10)]
    boys = [pupil(10 + person, sex="male") for person in range(30)]
    facts = facts_of(schools, {2024: girls + boys})
    myopic = {"naked_right": 45, "sphere_right": -200}
    seen = examinations([myopic, {}, {}, {}, myopic, myopic])
    facts.screenings[2024, "autumn"] = seen.with_columns(person=pl.Series([0, 1, 2, 3, 10, 11], dtype=pl.Int32))
    answers = Answers(AREAS)
    vision.answer(answers, facts, 2024)
    weighted, plain = city_row(answers.rows["HLT-01"]), city_row(answers.rows["HLT-01.unweighted"])
    assert (weighted["numerator"], weighted["denominator"], weighted["value"]) == ("32.500000", 40, 81.25)
    assert plain["value"] == 50.0
    assert city_row(answers.rows["HLT-03.autumn"])["value"] == 15.0


def test_body_mass_is_judged_without_rounding() -> None:
    schools = make_schools([211])
    facts = facts_of(schools, {2024: [pupil(person, sex="male") for person in range(4)]})
    # At ten years the cuts of boys are 19.2 and 21.9; at 1.50 m that is 43.2 and 49.275 kg.
    rows = [{"height": 1500, "weight": weight} for weight in (431, 432, 492, 493)]
    facts.screenings[2024, "autumn"] = examinations(rows)
    answers = Answers(AREAS)
    scope = vision.scope(facts, 2024).drop("class_number")
    health._body_mass(answers, facts.screenings[2024, "autumn"].join(scope, on="person"), 2024)
    assert city_row(answers.rows["HLT-17.overweight"])["numerator"] == 2
    assert city_row(answers.rows["HLT-17.obese"])["numerator"] == 1


def test_the_first_year_of_a_change_is_known_to_have_no_value() -> None:
    """A city of three years has one closed year with pupil-months, so that nothing can have changed yet."""
    answers = Answers(AREAS)
    amounts = pl.DataFrame({"district": [0, 1], "stage": ["primary", "primary"], "num": [600, 900], "den": [12, 12]})
    answers.ratio("FIN-02.amount", 2021, amounts, scale=12, by=("stage",), calendar=True)
    finance.change_for_each_pupil(answers, 2021)
    assert [(row["ref_area"], row["stage"], row["value"]) for row in answers.rows["FIN-02"]] == [
        ("990100", "_T", None),
        ("990101", "_T", None),
        ("990102", "_T", None),
        ("990100", "primary", None),
    ]
    answers.ratio("FIN-02.amount", 2022, amounts.with_columns(pl.col("num") + 12), scale=12, calendar=True)
    finance.change_for_each_pupil(answers, 2022)
    assert [row["value"] for row in answers.rows["FIN-02"] if row["time_period"] == "2022"] == [12.0, 12.0, 12.0]

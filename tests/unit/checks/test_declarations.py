"""Suites that are not valid say where and why."""

from __future__ import annotations

from pathlib import Path

import pytest

from eduplan.checks.gather import gather_checks
from eduplan.declarations.suites import load_cross_checks, load_suites
from eduplan.errors import DeclarationError

TEXTS = """
    title: {en: title, zh: 标题}
    why: {en: why, zh: 原因}
    remedy: {en: remedy, zh: 措施}
"""


def suite(world, expectation: str, *, table: str = "core.pupil") -> Path:
    path = world.project.expectations / "core/pupil.yml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"table: {table}\nexpectations:\n  - severity: error\n{expectation}{TEXTS}", encoding="utf-8")
    return path


def gathered(world):
    return gather_checks(world.project, world.models, world.contracts)


@pytest.mark.parametrize(
    ("expectation", "message"),
    [
        ("    type: expect_the_best\n", r"pupil\.yml:3: expectations\.0.*unknown type 'expect_the_best'"),
        ("    type: expect_column_values_to_be_in_set\n    kwargs: {column: a}\n", "needs value_set"),
        (
            "    type: expect_column_values_to_not_be_null\n    kwargs: {column: a, max: 1}\n",
            "does not take max",
        ),
        (
            "    type: unexpected_rows_expectation\n    kwargs: {unexpected_rows_query: select 1}\n",
            "reads the table as {batch}",
        ),
        (
            '    type: unexpected_rows_expectation\n    kwargs: {unexpected_rows_query: "select {a} from {batch}"}\n',
            "no other field in braces",
        ),
        (
            "    type: unexpected_rows_expectation\n    kwargs: {unexpected_rows_query: \"select '{' from {batch}\"}\n",
            "double a brace",
        ),
        (
            '    type: unexpected_rows_expectation\n    kwargs: {unexpected_rows_query: "selec from {batch}"}\n',
            r"expectations\.0.*not valid SQL",
        ),
        (
            "    type: unexpected_rows_expectation\n    by_slice: true\n"
            '    kwargs: {unexpected_rows_query: "select 1 from {batch}, codes.sex"}\n',
            r"by_slice: the query also reads codes\.sex",
        ),
        (
            "    type: unexpected_rows_expectation\n"
            '    kwargs: {unexpected_rows_query: "from {batch}, core.nothing"}\n',
            r"no contract or model makes core\.nothing",
        ),
        ("    type: expect_column_values_to_not_be_null\n    colour: red\n    kwargs: {column: a}\n", r"colour"),
    ],
)
def test_what_is_wrong_with_an_expectation_is_said(world, expectation, message):
    suite(world, expectation)
    with pytest.raises(DeclarationError, match=message):
        gathered(world)


def test_a_suite_stands_in_the_file_of_its_table(world):
    suite(world, "    type: expect_column_values_to_not_be_null\n    kwargs: {column: a}\n", table="core.other")
    with pytest.raises(DeclarationError, match=r"the suite of core\.other stands in core/pupil\.yml"):
        load_suites(world.project.expectations)


def test_a_suite_of_an_unknown_table_is_refused(world):
    path = suite(world, "    type: expect_column_values_to_not_be_null\n    kwargs: {column: a}\n", table="core.other")
    path.rename(path.with_name("other.yml"))
    with pytest.raises(DeclarationError, match=r"no contract or model makes core\.other"):
        gathered(world)


def test_what_a_header_says_already_is_not_said_again(world):
    suite(world, "    name: key\n    type: expect_column_values_to_not_be_null\n    kwargs: {column: sex}\n")
    with pytest.raises(DeclarationError, match=r"two checks are called core\.pupil\.key"):
        gathered(world)


def test_a_cross_check_without_a_header_is_refused(world):
    path = world.project.expectations / "cross/bare.sql"
    path.write_text("select 1 from core.pupil", encoding="utf-8")
    with pytest.raises(DeclarationError, match=r"bare\.sql:1: the file does not start with a YAML comment"):
        load_cross_checks(world.project.expectations)


def test_a_query_over_single_rows_is_run_over_what_changed_alone(world):
    query = "select * from {{batch}} where {condition}"
    conditions = {
        "sex = 'where'": "sex = 'where'",
        "sex in ('male')  -- nobody knows": "sex in ('male')  -- nobody knows",
        "exists (select 1 from core.pupil)": None,
        "sex in (select sex from core.pupil)": None,
        "sex = 'male' group by all": None,
        "sex = 'male' limit 5": None,
    }
    found = {}
    for condition in conditions:
        text = query.format(condition=condition)
        suite(
            world,
            "    name: judged\n    type: unexpected_rows_expectation\n"
            f'    kwargs: {{unexpected_rows_query: "{text}"}}\n',
        )
        judged = next(check for check in gathered(world) if check.check_id == "core.pupil.judged")
        found[condition] = judged.condition
        assert judged.sliceable is (judged.condition is not None)
    assert found == conditions


def test_a_query_that_names_its_table_anew_is_not_taken_for_a_condition(world):
    query = "select * from {batch} as pupil where pupil.sex = 'male'"
    suite(
        world,
        f'    name: judged\n    type: unexpected_rows_expectation\n    kwargs: {{unexpected_rows_query: "{query}"}}\n',
    )
    assert next(check for check in gathered(world) if check.check_id == "core.pupil.judged").condition is None


def test_generated_checks_are_named_after_what_they_check(world):
    names = {check.check_id for check in gathered(world) if check.table.startswith(("staging", "core"))}
    assert names == {
        "core.pupil.codes.sex",
        "core.pupil.columns",
        "core.pupil.key",
        "core.pupil.not_null",
        "staging.pupil_roll.codes.sex",
        "staging.pupil_roll.columns",
        "staging.pupil_roll.key",
        "staging.pupil_roll.not_null",
        "staging.pupil_roll.range.acuity",
        "staging.pupil_roll.range.area",
    }

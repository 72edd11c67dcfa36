"""A person-level column is refused, under whatever name."""

from __future__ import annotations

import pytest

from eduplan.errors import CheckFailure

HEADER = """/*
title: {en: Leak, zh: 泄露}
grain: {en: One row., zh: 一行。}
meaning: {en: Leak., zh: 泄露。}
key: [school_year]
*/
"""


def leak(world, select: str, *, columns: str) -> None:
    path = world.project.sql / "marts/ch4_system/leak.sql"
    path.write_text(HEADER + select, encoding="utf-8")
    world.connection.execute(f"create or replace table ch4_system.leak as select {columns}")


@pytest.mark.parametrize("column", ["person_key", "birth_month", "mental_level", "identity_number", "birth_date"])
def test_a_private_column_is_refused_by_its_name(world, column):
    first = world.publish()
    leak(world, f"select school_year, {column} from core.pupil", columns=f"'x' as school_year, 1 as {column}")
    with pytest.raises(CheckFailure, match=rf"what is known of single persons: ch4_system\.leak\.{column}"):
        world.publish()
    assert world.releases() == [first.release_id]


@pytest.mark.parametrize(
    "expression",
    [
        "person_key",
        "cast(person_key as varchar)",
        "max(person_key)",
        "array_agg(person_key order by person_key)",
        "string_agg(cast(person_key as varchar), ',')",
        "first_value(person_key) over (order by school_code)",
        "coalesce(birth_month, current_date)",
        "'P' || person_key",
        "sha256(cast(person_key as varchar))",
        "(select max(person_key) from core.pupil)",
    ],
)
def test_a_private_column_is_refused_under_another_name(world, expression):
    leak(
        world,
        f"select school_year, {expression} as harmless from core.pupil group by all",
        columns="'x' as school_year, 1 as harmless",
    )
    with pytest.raises(CheckFailure, match=r"ch4_system\.leak\.harmless"):
        world.publish()


def test_a_name_is_followed_through_steps_and_models(world):
    path = world.project.sql / "core/renamed.sql"
    path.write_text(
        HEADER + "with a as (select school_year, person_key as p from core.pupil) select school_year, p as q from a"
    )
    leak(world, "select school_year, q as r from core.renamed", columns="'x' as school_year, 1 as r")
    with pytest.raises(CheckFailure, match=r"ch4_system\.leak\.r"):
        world.publish()


@pytest.mark.parametrize(
    "expression",
    [
        "count(distinct person_key)",
        "count(*) filter (where mental_level = 'level_3')",
        "sum(case when birth_month > date '2010-01-01' then 1 else 0 end)",
    ],
)
def test_counts_of_persons_are_published(world, expression):
    leak(
        world,
        f"select school_year, {expression} as pupils from core.pupil group by all",
        columns="'x' as school_year, 1 as pupils",
    )
    assert "ch4_system.leak" in world.publish().rows

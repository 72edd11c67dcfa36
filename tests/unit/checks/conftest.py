"""A small invented project: two sources, one core table, one mart, and the tables themselves."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest

from eduplan.declarations.contracts import Contract, load_contracts
from eduplan.declarations.models import SqlModel, load_models
from eduplan.project import Project
from eduplan.warehouse.connection import open_warehouse

FILES = {
    "eduplan.yml": 'city_code: "990100"\ncity_name: {en: Demo City, zh: 示范市}\n',
    "contracts/codes/sex.yml": """
code_list: sex
title: {en: Sex, zh: 性别}
values:
  - {code: male, en: male, zh: 男}
  - {code: female, en: female, zh: 女}
""",
    "contracts/pupil_roll.yml": """
source: pupil_roll
title: {en: Pupil roll, zh: 学籍名册}
owner: {en: Office, zh: 科室}
privacy: person
files: [{folder: pupil_roll}]
period: {kind: school_year, from: folder}
columns:
  - {name: school_code, type: text, required: true}
  - {name: identity_number, type: identity, privacy: identity, person_key: person_key, required: true}
  - {name: pupil_name, type: text, privacy: identity, keep: false}
  - {name: sex, type: code, codes: sex, required: true}
  - {name: area, type: decimal, scale: 1, minimum: 0, maximum: 10, rule: V20}
  - {name: acuity, type: acuity, rule: V23}
  - {name: mental_level, type: text, privacy: restricted}
key: [person_key]
""",
    "sql/core/pupil.sql": """/*
title: {en: Pupils, zh: 学生}
grain: {en: One row a pupil and year., zh: 每生每年一行。}
meaning: {en: Pupils., zh: 学生。}
key: [school_year, person_key]
partition: school_year
codes: {sex: sex}
*/
select school_year, person_key, school_code, sex from staging.pupil_roll
""",
    "sql/marts/ch4_system/enrolment.sql": """/*
title: {en: Enrolment, zh: 在校生}
grain: {en: One row a school and year., zh: 每校每年一行。}
meaning: {en: Pupils by school., zh: 分校在校生。}
key: [school_year, school_code]
partition: school_year
not_null: [pupils]
columns:
  pupils: {en: Pupils, zh: 学生数, unit: persons}
*/
select school_year, school_code, count(*) as pupils, count(*) filter (where sex = 'male') as boys
from core.pupil group by all
""",
    "expectations/ch4_system/enrolment.yml": """
table: ch4_system.enrolment
expectations:
  - type: expect_column_pair_values_a_to_be_greater_than_b
    kwargs: {column_A: pupils, column_B: boys, or_equal: true}
    severity: critical
    rule: V31
    title: {en: boys are part of the pupils, zh: 男生不超过学生数}
    why: {en: A share above one., zh: 占比超过一。}
    remedy: {en: Look at the model., zh: 检查模型。}
  - name: large_school
    type: unexpected_rows_expectation
    kwargs: {unexpected_rows_query: "select * from {batch} where pupils > 100"}
    severity: warning
    title: {en: no school is too large, zh: 学校规模}
    why: {en: Probably doubled., zh: 可能重复。}
    remedy: {en: Ask the school., zh: 询问学校。}
""",
    "expectations/cross/roll_total.sql": """/*
title: {en: every pupil is in the enrolment, zh: 学生均计入在校生}
table: ch4_system.enrolment
severity: error
rule: V40
why: {en: Somebody is missing., zh: 有人遗漏。}
remedy: {en: Rebuild., zh: 重新构建。}
*/
with counted as (select school_year, sum(pupils) as pupils from ch4_system.enrolment group by school_year)
select counted.school_year, counted.pupils
from counted
join (select school_year, count(*) as pupils from core.pupil group by school_year) as people using (school_year)
where people.pupils <> counted.pupils
""",
}


@dataclass
class World:
    """The project, its declarations and its open warehouse."""

    project: Project
    models: dict[str, SqlModel]
    contracts: dict[str, Contract]
    connection: duckdb.DuckDBPyConnection

    def build(self, *years: str) -> None:
        """Builds the models and records a new fingerprint for the years."""
        for model in (self.models["core.pupil"], self.models["ch4_system.enrolment"]):
            self.connection.execute(f"create schema if not exists {model.schema}")
            self.connection.execute(f"create or replace table {model.table} as {model.sql}")
            for year in years:
                self.connection.execute(
                    "insert or replace into warehouse.builds values (?, ?, gen_random_uuid()::varchar, 1, 0, now())",
                    [model.table, year],
                )

    def arrive(self, year: str, batch_id: str, people: range, *, sex: str = "male") -> None:
        """Stages one batch of a year in place of what was there."""
        self.connection.execute("delete from staging.pupil_roll where period = ?", [year])
        self.connection.execute("delete from landing.batches where period = ?", [year])
        self.connection.execute(
            """
            insert into staging.pupil_roll
            select 'S' || range % 3, range, ?, 1.0, 5.0, 'level_0', ?, ?, 'city', ?, range
            from range(?, ?)
            """,
            [sex, year, year, batch_id, people.start, people.stop],
        )
        self.connection.execute(
            """
            insert into landing.batches values (?, 'pupil_roll', ?, 'city', 'p', 's', 1, 1, 'current', null, 'csv',
                'utf-8', 1, 1, 0, 0, 0, 1, 0, 'c', 'r', now(), null)
            """,
            [batch_id, year],
        )


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    for name, text in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.lstrip("\n"), encoding="utf-8")
    project = Project.load(tmp_path)
    connection = open_warehouse(project)
    connection.execute(
        """
        create table staging.pupil_roll (school_code varchar, person_key bigint, sex varchar, area decimal(18, 1),
            acuity decimal(3, 1), mental_level varchar, school_year varchar, period varchar, sender varchar,
            batch_id varchar, row_number bigint)
        """
    )
    world = World(project, load_models(project.sql), load_contracts(project.contracts), connection)
    world.arrive("2020-21", "b1", range(0, 30))
    world.arrive("2021-22", "b2", range(0, 20))
    world.build("2020-21", "2021-22")
    yield world
    connection.close()

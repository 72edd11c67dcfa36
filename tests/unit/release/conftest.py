"""A small invented warehouse with two marts and a plan table, ready to be published."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from eduplan.checks.check import CheckReport
from eduplan.declarations.contracts import Contract, load_contracts
from eduplan.declarations.models import SqlModel, load_models
from eduplan.project import Project
from eduplan.release.publish import publish
from eduplan.release.release import Release
from eduplan.warehouse.connection import open_warehouse

FILES = {
    "eduplan.yml": 'city_code: "990100"\ncity_name: {en: Demo City, zh: 示范市}\nsmallest_count: 0\n',
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
  - {name: birth_date, type: date, privacy: identity, keep: false, required: true}
  - {name: mental_level, type: text, privacy: restricted}
derive:
  - {name: birth_month, type: date, expression: "date_trunc('month', birth_date)"}
key: [person_key]
""",
    "sql/core/pupil.sql": """/*
title: {en: Pupils, zh: 学生}
grain: {en: One row a pupil., zh: 每生一行。}
meaning: {en: Pupils., zh: 学生。}
key: [school_year, person_key]
*/
select school_year, person_key, school_code, birth_month, mental_level from staging.pupil_roll
""",
    "sql/marts/ch4_system/enrolment.sql": """/*
title: {en: Enrolment, zh: 在校生}
grain: {en: One row a school and year., zh: 每校每年一行。}
meaning: {en: Pupils by school., zh: 分校在校生。}
key: [school_year, school_code]
columns: {pupils: {en: Pupils, zh: 学生数, unit: persons}}
*/
select school_year, school_code, count(distinct person_key) as pupils from core.pupil group by all
""",
    "sql/marts/ch3_development/health.sql": """/*
title: {en: Health, zh: 健康}
grain: {en: One row a year., zh: 每年一行。}
meaning: {en: Counts., zh: 计数。}
key: [school_year]
*/
select school_year, count(*) filter (where mental_level = 'level_3') as followed from core.pupil group by all
""",
}


@dataclass
class World:
    """The project, its declarations and its open warehouse."""

    project: Project
    connection: duckdb.DuckDBPyConnection
    report: CheckReport = field(default_factory=lambda: CheckReport(results=(), ran=0))
    now: datetime = datetime(2026, 11, 22, 18, 0, tzinfo=UTC)

    @property
    def models(self) -> dict[str, SqlModel]:
        return load_models(self.project.sql)

    @property
    def contracts(self) -> dict[str, Contract]:
        return load_contracts(self.project.contracts)

    def build(self, generation: int) -> None:
        """Makes marts whose every figure tells their generation."""
        self.connection.execute(
            f"""
            create or replace table ch4_system.enrolment as
                select '2025-26' as school_year, 'S' || range as school_code, {generation}::bigint as pupils
                from range(200) order by hash(range);
            create or replace table ch3_development.health as
                select '2025-26' as school_year, sum({generation}) as followed;
            create or replace table plan.indicators as
                select 'ENR-01' as indicator, 1 as definition_version, {generation} as generation,
                    '[]'::json as formula;
            comment on table ch4_system.enrolment is 'Enrolment: it''s by school | 在校生';
            comment on column ch4_system.enrolment.pupils is 'Pupils | 学生数';
            """
        )

    def publish(self) -> Release:
        """Publishes an hour later than the last time."""
        self.now += timedelta(hours=1)
        return publish(
            self.connection, self.project, self.models, self.contracts, {}, check_report=self.report, now=self.now
        )

    def releases(self) -> list[str]:
        folder = self.project.marts / "releases"
        return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    for name, text in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.lstrip("\n"), encoding="utf-8")
    project = Project.load(tmp_path)
    connection = open_warehouse(project)
    connection.execute("create schema ch4_system; create schema ch3_development")
    connection.execute(
        "create table core.pupil as select '2025-26' as school_year, 1::bigint as person_key, 'S1' as school_code"
    )
    connection.execute(
        """
        insert into landing.batches values ('b1', 'pupil_roll', '2025-26', 'city', 'pupil_roll/2025-26/roll.csv', 'aa',
            9, 1, 'current', null, 'csv', 'utf-8', 3, 2, 1, 0, 0, 2, 0, 'c', 'r', timestamptz '2026-11-22', null)
        """
    )
    world = World(project, connection)
    world.build(1)
    yield world
    connection.close()

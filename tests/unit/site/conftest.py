"""A small invented release with a suppressed, a missing and an inapplicable value, and its site."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pytest

from eduplan.declarations.contracts import load_contracts
from eduplan.declarations.models import load_models
from eduplan.indicators.tables import create_plan_tables
from eduplan.project import Project
from eduplan.release.release import DATABASE
from eduplan.site.build import WrittenSite, write_site
from eduplan.site.bulletin_page import write_bulletin_page
from eduplan.site.downloads import write_downloads

CITY, NORTH, SOUTH, EAST, WEST = "990100", "990101", "990102", "990103", "990104"
SCRIPT = "<script>alert('pwned')</script>"

FILES = {
    "eduplan.yml": f'city_code: "{CITY}"\ncity_name: {{en: Demo City, zh: 示范市}}\n',
    "plan/chapters.yml": "- chapter: ch3_development\n  number: 3\n  title: {en: Health & growth, zh: 全面发展}\n"
    "  sections:\n    - {section: '3.3', title: {en: Health, zh: 健康}}\n",
    "contracts/screening.yml": """
source: screening
title: {en: Screening, zh: 筛查}
owner: {en: Office, zh: 科室}
privacy: aggregate
files: [{folder: screening}]
period: {kind: school_year, from: folder}
columns:
  - {name: school_code, type: text, required: true, aliases: [学校代码]}
key: [school_code]
""",
    "sql/marts/ch3_development/vision.sql": """/*
title: {en: Vision, zh: 视力}
grain: {en: One row a school., zh: 每校一行。}
meaning: {en: Pupils., zh: 学生。}
key: [school_code]
*/
select school_code, count(*) as screened_pupils from staging.screening group by all
""",
}

FORMULA = {
    "mart": "ch3_development.vision",
    "where": None,
    "numerator": {"mart": "ch3_development.vision", "column": "screened_pupils", "where": None, "year_offset": 0},
    "denominator": {"mart": "ch3_development.vision", "column": "pupils", "where": "stage <> 'x'", "year_offset": 0},
    "weight": None,
    "dispersion": None,
    "change": None,
    "coverage": ["reported", "expected"],
}


@dataclass
class Site:
    """A site and the release that it was made from."""

    project: Project
    release: Path
    connection: duckdb.DuckDBPyConnection
    missing: Sequence[str] = ()

    @property
    def folder(self) -> Path:
        return self.release / "site"

    def text(self, page: str) -> str:
        return (self.folder / page).read_text(encoding="utf-8")

    def data(self, page: str, name: str) -> Any:
        """The JSON that a page holds."""
        start = self.text(page).split(f'id="{name}">', 1)[1]
        return json.loads(start.split("</script>", 1)[0])

    def write(self, previous: Path | None = None) -> WrittenSite | None:
        models, contracts = load_models(self.project.sql), load_contracts(self.project.contracts)
        write_downloads(self.connection.cursor(), self.folder, previous=previous)
        written = write_site(
            self.connection, self.project, self.release, models=models, contracts=contracts, previous=previous
        )
        write_bulletin_page(
            self.connection, self.project, self.release, self.release / "bulletin", missing=self.missing
        )
        return written


def insert(connection: duckdb.DuckDBPyConnection, table: str, **values: Any) -> None:
    """One row; a list becomes a list and nothing else needs care."""
    names = ", ".join(f"? as {name}" for name in values)
    connection.execute(f"insert into {table} by name select {names}", list(values.values()))


def value(connection: duckdb.DuckDBPyConnection, area: str, year: int, **said: Any) -> None:
    row: dict[str, Any] = {
        "indicator": "HLT-03",
        "definition_version": 1,
        "period_kind": "school_year",
        "time_period": f"{year}-{year - 1999}",
        "reference_year": year,
        "ref_area_level": "city" if area == CITY else "district",
        "ref_area": area,
        **dict.fromkeys(("stage", "urban_class", "ownership", "sex", "grade", "item"), "_T"),
        "obs_status": "A",
        "unit": "%",
        "units_reported": 9,
        "units_expected": 10,
        "coverage_pct": 90.0,
    }
    insert(connection, "plan.indicator_values", **{**row, **said})


def judgement(connection: duckdb.DuckDBPyConnection, area: str, year: int, status: str, **said: Any) -> None:
    row: dict[str, Any] = {
        "indicator": "HLT-03",
        "target_number": 1,
        "kind": "full_coverage",
        "ref_area_level": "city" if area == CITY else "district",
        "ref_area": area,
        **dict.fromkeys(("stage", "urban_class", "ownership", "sex", "grade", "item"), "_T"),
        "time_period": f"{year}-{year - 1999}",
        "reference_year": year,
        "obs_status": "A",
        "unit": "%",
        "target_value": 100.0,
        "baseline_year": 2022,
        "baseline_value": 80.0,
        "status": status,
        "reason": "fails_target",
        "is_latest": True,
    }
    insert(connection, "plan.status", **{**row, **said})


def fill(connection: duckdb.DuckDBPyConnection) -> None:
    create_plan_tables(connection)
    connection.execute(
        """
        create schema about; create schema ch3_development;
        create table about.release as select '2026-11-28T020000-1a2b3c4d' as release_id,
            '2026-11-28T02:00:00+08:00' as created_at, '0.1.0' as eduplan_version, 'f' as fingerprint;
        create table about.batches as select 'b' as batch_id, 'screening' as source, '2023-24' as period,
            'city' as sender, 'a.csv' as file_name, 'aa' as sha256, 9 as bytes, 12 as rows_read, 9 as rows_staged,
            2 as rows_quarantined, 1 as rows_duplicate, 0 as rows_dropped, 0 as cells_repaired;
        create table about.checks as select 'c1' as check_id, 'ch3_development.vision' as table_name,
            'e' as expectation, '' as columns,
            'critical' as severity, 'V01' as rule, 'never empty' as title_en, '不为空' as title_zh,
            'why' as why_en, '为何' as why_zh, 'do' as remedy_en, '处理' as remedy_zh, false as success,
            3 as rows_unexpected, 12 as rows_total;
        create table about.suppression as select 'ch3_development.vision' as mart, 'screened_pupils' as counted,
            40 as figures, 3 as small, 7 as hidden;
        create table ch3_development.vision (school_code varchar, screened_pupils bigint, pupils bigint);
        comment on table ch3_development.vision is 'Vision. One row a school. | 视力。每校一行。';
        comment on column ch3_development.vision.screened_pupils
            is 'Pupils who were screened (persons) | 已筛查学生 (persons)';
        comment on column ch3_development.vision.pupils is 'Pupils to be screened (persons) | 应筛查学生 (persons)';
        create table plan.lineage as select 'ch3_development.vision' as table_name, 'staging.screening' as reads,
            0 as look_back;
        """
    )
    insert(
        connection,
        "plan.indicators",
        indicator="HLT-03",
        definition_version=1,
        chapter="ch3_development",
        name_en="Screening coverage",
        name_zh="筛查覆盖率",
        definition_en="Pupils screened of all pupils.",
        definition_zh="已筛查学生占应筛查学生的比例。",
        kind="ratio",
        unit="%",
        scale=100,
        decimals=2,
        direction="up",
        period_kind="school_year",
        source_text="Technical guide",
        evidence="found",
        always_by=[],
        disaggregations=["district", "sex"],
        commitments=["3.3-01"],
        formula=json.dumps(FORMULA),
        targets="[]",
    )
    insert(
        connection,
        "plan.targets",
        indicator="HLT-03",
        target_number=1,
        kind="full_coverage",
        series="HLT-03",
        sign=1,
        target_value=100,
        start_year=2022,
        tolerance=1,
        evidence="plan",
        levels=["city", "district"],
    )
    names = ((CITY, "示范市", "Demo City"), (NORTH, "北区", "North"), (SOUTH, "南区", "South"), (EAST, "东区", "East"))
    for code, zh, en in (*names, (WEST, "西区", None)):
        level = "city" if code == CITY else "district"
        insert(connection, "plan.areas", ref_area_level=level, ref_area=code, name_zh=zh, name_en=en)
    value(connection, CITY, 2022, numerator=800, denominator=1000, obs_value=80.0)
    value(connection, CITY, 2023, numerator=1125, denominator=1250, obs_value=90.0)
    value(connection, CITY, 2023, sex="male", numerator=600, denominator=650, obs_value=92.307692)
    value(connection, CITY, 2023, sex="female", obs_status="Q")
    value(connection, NORTH, 2023, numerator=0, denominator=40, obs_value=0.0)
    value(connection, SOUTH, 2023, obs_status="Q")
    value(connection, EAST, 2023, obs_status="M")
    value(connection, WEST, 2023, obs_status="N")
    judgement(connection, CITY, 2022, "no_judgement", reason="baseline_year", is_latest=False)
    judgement(connection, CITY, 2023, "missed", obs_value=90.0, numerator=1125, denominator=1250)
    judgement(connection, NORTH, 2023, "missed", obs_value=0.0, numerator=0, denominator=40)
    judgement(connection, SOUTH, 2023, "missed", obs_status="Q")
    for number, name in enumerate((SCRIPT, "南区第一小学")):
        insert(
            connection,
            "plan.failing_units",
            indicator="HLT-03",
            target_number=1,
            time_period="2023-24",
            reference_year=2023,
            unit_level="school",
            unit_code=f"S{number}",
            unit_name=name,
            ref_area=NORTH,
            **dict.fromkeys(("stage", "urban_class", "ownership", "sex", "grade", "item"), "_T"),
            numerator=5,
            denominator=30 - number,
            missing=25 - number,
            obs_value=16.6,
        )
    insert(
        connection,
        "plan.commitments",
        commitment="3.3-01",
        chapter="ch3_development",
        chapter_number=3,
        chapter_title_en="Health & growth",
        chapter_title_zh="全面发展",
        section="3.3",
        section_title_en="Health",
        section_title_zh="健康",
        label_en="All pupils screened",
        label_zh="全员筛查",
        tier="measurable",
        commitment_type="coverage_target",
        office="health",
        office_en="Health office",
        office_zh="体卫艺科",
        is_yearly=False,
        answered_by="indicators",
    )
    insert(connection, "plan.commitment_indicators", commitment="3.3-01", indicator="HLT-03", is_computed=True)
    counts = dict.fromkeys(("met", "on_track", "at_risk", "off_track", "insufficient_data"), 0)
    insert(
        connection,
        "plan.commitment_status",
        commitment="3.3-01",
        ref_area_level="city",
        ref_area=CITY,
        status="missed",
        reason="fails_target",
        indicator="HLT-03",
        judged=1,
        missed=1,
        **counts,
    )


def make(folder: Path, name: str = "release", change: str = "") -> Site:
    """Makes a release of invented values, after a change that the caller makes; its site is not written yet."""
    for path, text in FILES.items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text.lstrip("\n"), encoding="utf-8")
    release = folder / name
    release.mkdir()
    with duckdb.connect(str(release / DATABASE)) as written:
        fill(written)
        written.execute(change)
    return Site(Project.load(folder), release, duckdb.connect(str(release / DATABASE), read_only=True))


@pytest.fixture
def make_site(tmp_path: Path) -> Iterator[Callable[..., Site]]:
    """Makes a release that a test changes."""
    made: list[Site] = []

    def make_one(**said: str) -> Site:
        made.append(make(tmp_path, **said))
        return made[-1]

    yield make_one
    for each in made:
        each.connection.close()


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The site that most tests only read."""
    made = make(tmp_path_factory.mktemp("site"))
    made.write()
    yield made
    made.connection.close()

"""A small invented release: two indicators with targets, one without, two districts, and one that ended."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from eduplan.bulletin.content import Bulletin, make_bulletin
from eduplan.bulletin.material import Material, read_material
from eduplan.bulletin.texts import load_texts, templates_folder
from eduplan.indicators.tables import create_plan_tables
from eduplan.project import Project

CITY = "990100"
DECLARED = {
    "eduplan.yml": 'city_code: "990100"\ncity_name: {en: Demo City, zh: 示范市}\nbulletin: [zh, en]\n',
    "plan/chapters.yml": """
- {chapter: ch3_development, number: 3, title: {en: Pupils, zh: 学生发展}}
- {chapter: ch4_system, number: 4, title: {en: System, zh: 教育体系}}
""",
    "contracts/health.yml": "source: health\ntitle: {en: Health returns, zh: 健康报表}\n",
}
INDICATORS = [
    # code, chapter, English, Chinese, unit, decimals, direction
    ("HLT-11", "ch3_development", "Mental-health teachers", "心理教师配备率", "%", 1, "up"),
    ("CMP-04", "ch4_system", "Large classes", "大班额占比", "%", 2, "down"),
    ("ENR-01", "ch4_system", "Pupils", "在校生数", "persons", 0, "context"),
]
# code, year, level, area, stage, value, how it was observed
VALUES = [
    ("HLT-11", 2023, "city", CITY, "_T", 90.0, "A"),
    ("HLT-11", 2024, "city", CITY, "_T", 96.25, "A"),
    ("HLT-11", 2024, "district", "990101", "_T", 100.0, "A"),
    ("HLT-11", 2024, "district", "990102", "_T", None, "Q"),
    ("HLT-11", 2023, "district", "990103", "_T", 80.0, "A"),
    ("CMP-04", 2023, "city", CITY, "primary", None, "M"),
    ("CMP-04", 2024, "city", CITY, "primary", 0.0, "A"),
    ("CMP-04", 2024, "city", CITY, "junior", None, "N"),
    ("CMP-04", 2024, "district", "990101", "primary", 0.5, "A"),
    ("ENR-01", 2023, "city", CITY, "_T", 12345.0, "A"),
    ("ENR-01", 2024, "city", CITY, "_T", 12400.0, "A"),
]
# code, kind, year, level, area, stage, value, how it was observed, target, deadline, coverage, status, reason
STATUS = [
    ("HLT-11", "full_coverage", 2023, "city", CITY, "_T", 90.0, "A", None, 2022, 95.0, "missed", "fails_target"),
    ("HLT-11", "full_coverage", 2024, "city", CITY, "_T", 96.25, "A", None, 2022, 95.0, "missed", "fails_target"),
    ("HLT-11", "full_coverage", 2024, "district", "990101", "_T", 100.0, "A", None, 2022, None, "met", "meets_target"),
    (
        "HLT-11",
        "full_coverage",
        2024,
        "district",
        "990102",
        "_T",
        None,
        "Q",
        None,
        2022,
        None,
        "missed",
        "fails_target",
    ),
    ("CMP-04", "hold", 2024, "city", CITY, "primary", 0.0, "A", 1.0, None, 88.0, "insufficient_data", "low_coverage"),
    ("CMP-04", "hold", 2024, "city", CITY, "junior", None, "N", 1.0, None, None, "met", "meets_target"),
    ("CMP-04", "hold", 2024, "district", "990101", "primary", 0.5, "A", 1.0, None, None, "met", "meets_target"),
]
SCHOOLS = 9


def period(year: int) -> str:
    return f"{year}-{(year + 1) % 100:02d}"


def write_release(path: Path, *, indicators: bool = True) -> Path:
    """Writes the published database of the small release."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with duckdb.connect(str(path)) as connection:
        connection.execute("create schema about")
        connection.execute(
            "create table about.release as select '2026-11-23T030000-1a2b3c4d' as release_id, "
            "'2026-11-23T03:00:00+08:00' as created_at"
        )
        connection.execute(
            "create table about.batches as select 'health' as source, 'b1' as batch_id, '2024-25' as period, "
            "'990101' as sender, 'h.csv' as file_name, 'aa' as sha256, 100 as rows_read, 97 as rows_staged, "
            "2 as rows_quarantined, 0 as rows_duplicate, 1 as rows_dropped, 5 as cells_repaired"
        )
        connection.execute(
            "create table about.checks as select * from (values "
            "('a', 'ch4_system.classes', 'critical', null, 'Keys are unique', '主键唯一', '', '', true, 0, 9), "
            "('b', 'ch4_system.classes', 'warning', 'V12', 'Small classes', '班额适当', 'why', '原因', false, 3, 9)) "
            "t(check_id, table_name, severity, rule, title_en, title_zh, why_en, why_zh, success, rows_unexpected, "
            "rows_total)"
        )
        connection.execute(
            "create table about.suppression as select 'ch3_development.health' as mart, 'pupils' as counted, "
            "40 as figures, 3 as small, 6 as hidden"
        )
        if indicators:
            create_plan_tables(connection)
            _fill(connection)
    return path


def _fill(connection: duckdb.DuckDBPyConnection) -> None:
    for code, chapter, en, zh, unit, decimals, direction in INDICATORS:
        always_by = ["stage"] if code == "CMP-04" else []
        connection.execute(
            "insert into plan.indicators values (?, 1, ?, ?, ?, 'd', '定义', 'ratio', ?, 100, ?, ?, 'school_year', "
            "'Law', 'found', ?, ['district'], [], '{}', '[]', null, null, '法规')",
            [code, chapter, en, zh, unit, decimals, direction, always_by],
        )
    units = {row[0]: row[4] for row in INDICATORS}
    for code, year, level, area, stage, value, observed in VALUES:
        connection.execute(
            "insert into plan.indicator_values (indicator, definition_version, period_kind, time_period, "
            "reference_year, ref_area_level, ref_area, stage, urban_class, ownership, sex, grade, item, obs_value, "
            "obs_status, unit) values (?, 1, 'school_year', ?, ?, ?, ?, ?, '_T', '_T', '_T', '_T', '_T', ?, ?, ?)",
            [code, period(year), year, level, area, stage, value, observed, units[code]],
        )
    for code, kind, year, level, area, stage, value, observed, target, deadline, coverage, status, reason in STATUS:
        connection.execute(
            "insert into plan.status by name select ? as indicator, 1 as target_number, ? as kind, ? as time_period, "
            "? as reference_year, ? as ref_area_level, ? as ref_area, ? as stage, '_T' as urban_class, "
            "'_T' as ownership, '_T' as sex, '_T' as grade, '_T' as item, ? as obs_value, ? as obs_status, "
            "? as unit, ? as target_value, ? as deadline, ? as coverage_pct, ? as status, ? as reason, "
            "true as is_latest",
            [
                code,
                kind,
                period(year),
                year,
                level,
                area,
                stage,
                value,
                observed,
                units[code],
                target,
                deadline,
                coverage,
                status,
                reason,
            ],
        )
    connection.execute(
        "insert into plan.areas values ('city', '990100', '示范市', 'Demo City', null), "
        "('district', '990101', '东区', 'East', '990100'), ('district', '990102', '西区', 'West', '990100'), "
        "('district', '990103', '旧县', 'Gone', '990100')"
    )
    connection.execute("insert into plan.headlines values (1, 'HLT-11'), (2, 'CMP-04')")
    for number in range(SCHOOLS):
        for stage in ("primary", "junior"):  # a school that lacks something at two stages is one school
            connection.execute(
                "insert into plan.failing_units by name select 'HLT-11' as indicator, 1 as target_number, "
                "'2024-25' as time_period, 2024 as reference_year, 'school' as unit_level, ? as unit_code, "
                "? as unit_name, '990102' as ref_area, ? as stage, '_T' as urban_class, '_T' as ownership, "
                "'_T' as sex, '_T' as grade, '_T' as item, ? as missing",
                [f"S{number}", f"第{number}小学", stage, number],
            )


@pytest.fixture
def project(tmp_path: Path) -> Project:
    for name, text in DECLARED.items():
        path = tmp_path / "project" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return Project.load(tmp_path / "project")


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return write_release(tmp_path / "release" / "marts.duckdb")


@pytest.fixture
def material(database: Path, project: Project) -> Callable[..., Material]:
    def read(**settings: object) -> Material:
        with duckdb.connect(str(database), read_only=True) as connection:
            found = read_material(connection, project, **settings)  # type: ignore[arg-type]
        assert found is not None
        return found

    return read


@pytest.fixture
def bulletin(material: Callable[..., Material], project: Project) -> Callable[..., Bulletin]:
    def make(lang: str = "en", **settings: object) -> Bulletin:
        return make_bulletin(material(**settings), load_texts(templates_folder(project), lang))  # type: ignore[arg-type]

    return make

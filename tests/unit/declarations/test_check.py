"""Declarations that do not fit each other are named with file and field, without any data."""

from __future__ import annotations

from pathlib import Path

import pytest

from eduplan.declarations.check import CheckSummary, check_declarations
from eduplan.project import Project

FILES = {
    "eduplan.yml": "city_code: '990100'\ncity_name: {en: Demo City, zh: 示范市}\n",
    "contracts/codes/sex.yml": """
code_list: sex
title: {en: Sex, zh: 性别}
values:
  - {code: male, en: male, zh: 男}
  - {code: female, en: female, zh: 女}
""",
    "contracts/pupil_count.yml": """
source: pupil_count
title: {en: Pupils, zh: 学生}
owner: {en: Office, zh: 办公室}
privacy: public
files: [{folder: pupil_count}]
period: {kind: school_year, from: folder}
columns:
  - {name: division_code, type: text}
  - {name: sex, type: code, codes: sex}
  - {name: pupils, type: integer}
key: [division_code, sex]
""",
    "sql/columns.yml": """
school_year: {en: School year, zh: 学年}
division_code: {en: Division, zh: 区划}
sex: {en: Sex, zh: 性别}
pupils: {en: Pupils, zh: 学生}
""",
    "sql/marts/ch1_context/pupils.sql": """/*
title: {en: Pupils, zh: 学生}
grain: {en: one row a division and sex, zh: 每区划每性别一行}
meaning: {en: Pupils., zh: 学生。}
key: [school_year, division_code, sex]
partition: school_year
codes: {sex: sex}
*/
select school_year, division_code, sex, pupils
from staging.pupil_count
""",
    "plan/chapters.yml": "- {chapter: ch1_context, number: 1, title: {en: Context, zh: 环境}}\n",
    "plan/indicators/enr.yml": """# Enrolment.
- code: ENR-01
  name: {en: Pupils, zh: 学生}
  definition: {en: Pupils., zh: 学生。}
  chapter: ch1_context
  kind: ratio
  mart: ch1_context.pupils
  numerator: pupils
  denominator: pupils
  direction: up
  disaggregations: [district, sex]
  source: {text: own, evidence: own design}
  targets: [{kind: hold, value: 5}]
""",
    "expectations/ch1_context/pupils.yml": """
table: ch1_context.pupils
expectations:
  - type: expect_column_values_to_be_between
    kwargs: {column: pupils, min_value: 0}
    severity: error
    title: {en: not negative, zh: 非负}
    why: {en: w, zh: w}
    remedy: {en: r, zh: r}
""",
    "expectations/cross/pupils.sql": """/*
title: {en: Pupils, zh: 学生}
table: ch1_context.pupils
severity: warning
why: {en: w, zh: w}
remedy: {en: r, zh: r}
*/
select * from ch1_context.pupils where pupils < 0
""",
}


INDICATOR = "plan/indicators/enr.yml"
MODEL = "sql/marts/ch1_context/pupils.sql"
SUITE = "expectations/ch1_context/pupils.yml"
CROSS = "expectations/cross/pupils.sql"


def check(folder: Path, file: str = "", old: str = "", new: str = "") -> CheckSummary:
    """Checks a small project, after replacing a text in one of its files."""
    for name, text in FILES.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        assert name != file or old in text
        path.write_text(text.replace(old, new) if name == file else text, encoding="utf-8")
    return check_declarations(Project.load(folder))


def test_a_project_that_fits_has_no_faults(tmp_path: Path) -> None:
    summary = check(tmp_path)
    assert [fault.line for fault in summary.faults] == []
    assert summary.is_valid
    assert summary.counts["models"] == summary.counts["indicators"] == summary.counts["suites"] == 1


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        (INDICATOR, "mart: ch1_context.pupils", "mart: ch1_context.nothing", "no model makes ch1_context.nothing"),
        (INDICATOR, "numerator: pupils", "numerator: persons", "numerator: ch1_context.pupils has no column persons"),
        (INDICATOR, "[district, sex]", "[district, stage]", "disaggregations: stage"),
        (INDICATOR, "chapter: ch1_context", "chapter: ch9", "chapter: ch9 is not in plan/chapters.yml"),
        (INDICATOR, "direction: up", "direction: context", "direction: a hold target needs to know"),
        (INDICATOR, "value: 5}", "value: 5, by: {stage: primary}}", "targets.by: stage is neither"),
        (INDICATOR, "value: 5}", "value: 5, levels: [school]}", "targets.levels: school"),
        (INDICATOR, "direction: up", "where: no_such > 1\n  direction: up", "no_such"),
        (INDICATOR, "direction: up", "period: month\n  direction: up", "period: values are given by"),
        (INDICATOR, "direction: up", "coverage: [pupils, gone]\n  direction: up", "has no column gone"),
        (MODEL, "key: [school_year", "key: [town_code", "key: the select has no column town_code"),
        (MODEL, "codes: {sex: sex}", "codes: {sex: gender}", "codes.sex: no code list gender"),
        (MODEL, "sex, pupils\n", "sex, pupils, period\n", "columns.period: neither the header"),
        (MODEL, "sex, pupils\n", "sex, pupil\n", "pupil"),
        (MODEL, "staging.pupil_count", "staging.nothing", "reads staging.nothing"),
        (SUITE, "column: pupils", "column: persons", "ch1_context.pupils has no column persons"),
        (CROSS, "where pupils < 0", "where persons < 0", "persons"),
    ],
)
def test_what_does_not_fit_is_named(tmp_path: Path, file: str, old: str, new: str, said: str) -> None:
    faults = check(tmp_path, file, old, new).faults
    assert faults
    assert all(str(tmp_path / file) in fault.where for fault in faults)
    assert said in faults[0].what


def test_unknown_commitments_are_named_once_the_plan_declares_any(tmp_path: Path) -> None:
    change = (INDICATOR, "direction: up", "commitments: [1.1.2-01, 9.9.9-99]\n  direction: up")
    assert check(tmp_path, *change).is_valid
    (tmp_path / "plan" / "commitments").mkdir()
    (tmp_path / "plan" / "commitments" / "ch1.yml").write_text("- {id: 1.1.2-01}\n", encoding="utf-8")
    (fault,) = check(tmp_path, *change).faults
    assert fault.what == "ENR-01, commitments: 9.9.9-99 is not in plan/commitments"

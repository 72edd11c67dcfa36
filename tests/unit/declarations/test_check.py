"""Declarations that do not fit each other are named with file and field, without any data."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from eduplan.declarations.check import CheckSummary, check_declarations
from eduplan.declarations.indicators import load_indicators
from eduplan.declarations.registry import load_registry
from eduplan.errors import DeclarationError
from eduplan.night import Declarations
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
    "site/units.yml": "'%': {en: '%', zh: '%'}\nplaces: {en: places, zh: 个学位}\n",
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


def publish(name: str, *by: str) -> str:
    """The header's lines that publish a mart as one coarser table."""
    return f"publish: [{{name: {name}, by: [{', '.join(by)}], title: {{en: t, zh: 表}}}}]\n"


INDICATOR = "plan/indicators/enr.yml"
MODEL = "sql/marts/ch1_context/pupils.sql"
SUITE = "expectations/ch1_context/pupils.yml"
COLUMNS = "sql/columns.yml"
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
        (INDICATOR, "value: 5}", "value: 5, by: {stage: primary}}", "targets.0.by: stage is neither"),
        (INDICATOR, "value: 5}", "value: 5, levels: [school]}", "targets.0.levels: school"),
        (INDICATOR, "direction: up", "where: no_such > 1\n  direction: up", "no_such"),
        (INDICATOR, "direction: up", "period: month\n  direction: up", "period: values are given by"),
        (INDICATOR, "direction: up", "coverage: [pupils, gone]\n  direction: up", "has no column gone"),
        (MODEL, "key: [school_year", "key: [town_code", "key: the select has no column town_code"),
        (MODEL, "codes: {sex: sex}", "codes: {sex: gender}", "codes.sex: no code list gender"),
        (MODEL, "sex, pupils\n", "sex, pupils, period\n", "columns.period: neither the header"),
        (MODEL, "sex, pupils\n", "sex, pupil\n", "pupil"),
        (MODEL, "sex: sex}\n", "sex: sex}\n" + publish("pupils_by_sex", "gender"), "publish.0.by: the select has no"),
        (MODEL, "sex: sex}\n", "sex: sex}\n" + 2 * publish("few", "sex"), "publish stands there twice"),
        (MODEL, "staging.pupil_count", "staging.nothing", "reads staging.nothing"),
        (SUITE, "column: pupils", "column: persons", "ch1_context.pupils has no column persons"),
        (CROSS, "where pupils < 0", "where persons < 0", "persons"),
        (COLUMNS, "sex: {", "gender: {en: g, zh: 性}\nsex: {", "gender: no table has this column"),
        (COLUMNS, "zh: 学生}", "zh: 学生, same_as: children}", "pupils.same_as: no table has a column children"),
        (
            COLUMNS,
            "zh: 学生}",
            "zh: 学生, counted: {mart: ch1_context.pupils, columns: [children]}}",
            'pupils.counted: Binder Error: Referenced column "children" not found',
        ),
        (CROSS, "table: ch1_context.pupils", "table: ch1_context.pupil", "table: there is no ch1_context.pupil"),
        (SUITE, "min_value: 0", "min_value: 3, max_value: 2", "min_value 3 is above max_value 2"),
        (SUITE, "min_value: 0", "min_value: 0, mostly: 95", "mostly is a share"),
        (INDICATOR, "value: 5}", "value: 5, by: {sex: boys}}", "targets.0.by.sex: boys is no code of sex"),
        (
            INDICATOR,
            "value: 5}",
            "value: 5, deadline: 2012}",
            "targets.0.deadline: 2012 is not after the baseline year",
        ),
        (INDICATOR, "[district, sex]", "[district, sex, sex]", "disaggregations: sex stands there twice"),
        (
            INDICATOR,
            "[district, sex]",
            "[district]\n  city_breakdowns: [district]",
            "city_breakdowns: district: is an area",
        ),
        (INDICATOR, "[district, sex]", "[district, sex]\n  city_breakdowns: [sex]", "or stands in always_by or disagg"),
        (INDICATOR, "[district, sex]", "[district, sex]\n  always_by: [sex]", "disaggregations: sex: values are never"),
        (INDICATOR, "direction: up", "unit: pupls\n  direction: up", "unit: pupls is not in site/units.yml"),
        (INDICATOR, "direction: up", "direction: up\n  direction: down", "direction stands there twice"),
        (COLUMNS, "zh: 学生}", "zh: 学生, unit: person}", "pupils.unit: person is not protected in a release"),
        (COLUMNS, "zh: 学生}", "zh: 学生, same_as: pupil}", "pupils.same_as: no table has a column pupil"),
        (MODEL, "sex, pupils\nfrom", "sex pupils\nform", "not valid SQL"),
    ],
)
def test_what_does_not_fit_is_named(tmp_path: Path, file: str, old: str, new: str, said: str) -> None:
    faults = check(tmp_path, file, old, new).faults
    assert faults
    assert all(str(tmp_path / file) in fault.where for fault in faults)
    assert said in faults[0].what


def test_two_expectations_of_one_name_are_refused(tmp_path: Path) -> None:
    named = "expectations:\n  - name: one\n"
    again = FILES[SUITE].split("expectations:\n  - ")[1]
    (fault,) = check(tmp_path, SUITE, "expectations:\n  - ", f"{named}    {again}  - name: one\n    ").faults
    assert fault.what == "the document: expectations has one twice: their results could not be told apart"
    assert fault.where == f"{tmp_path / SUITE}:3"


def test_a_fault_of_sql_names_the_line_of_the_file(tmp_path: Path) -> None:
    (fault,) = check(tmp_path, MODEL, "from staging.pupil_count", "from (staging.pupil_count").faults
    assert fault.where == f"{tmp_path / MODEL}:10"


def test_a_mart_in_a_folder_that_is_no_chapter_is_named(tmp_path: Path) -> None:
    check(tmp_path)
    (tmp_path / "sql/marts/ch1_contxt").mkdir()
    text = (tmp_path / MODEL).read_text(encoding="utf-8")
    (tmp_path / "sql/marts/ch1_contxt/pupils.sql").write_text(text, encoding="utf-8")
    (fault,) = check_declarations(Project.load(tmp_path)).faults
    assert fault.what == "the folder ch1_contxt is no chapter of plan/chapters.yml"
    assert fault.remedy == "did you mean ch1_context?"


@pytest.mark.parametrize(
    "name", ["contracts/more.yaml", "plan/indicator/enr.yml", "sql/marts/pupils.sql", "expectations/pupils.yml"]
)
def test_a_file_that_nothing_reads_is_named(tmp_path: Path, name: str) -> None:
    check(tmp_path)
    (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / name).write_text("", encoding="utf-8")
    (fault,) = check_declarations(Project.load(tmp_path)).faults
    assert fault.line.startswith(f"{tmp_path / name}: nothing reads this file (")


PLAN = {
    "plan/chapters.yml": """
- chapter: ch1_context
  number: 1
  title: {en: Context, zh: 环境}
  sections: [{section: 1.1.2, title: {en: Growth, zh: 扩增}}]
""",
    "plan/offices.yml": "- {office: planning, name: {en: Planning office, zh: 规划科}}\n",
    "plan/families.yml": "- {family: ENR, indicators: 2, title: {en: Scale, zh: 规模}}\n",
    "plan/commitments/ch1.yml": """# Chapter 1.
- id: 1.1.2-01
  label: {en: Pupils, zh: 在校生}
  tier: measurable
  type: state_at_start
  office: planning
  baselines: [{of: ENR-01, year: 2020, value: 100}]

- id: 1.1.2-02
  label: {en: Places, zh: 学位}
  tier: programme
  type: programme
  office: planning
  task: {en: 'Programme register: places', zh: 项目台账：学位}
""",
    "plan/headlines.yml": "[ENR-01, ENR-02]\n",
    "plan/awaited_sources.yml": "- {source: facilities, title: {en: building return, zh: 校舍情况表}}\n",
    "plan/registered/enr.yml": """# Scale, later.
- code: ENR-02
  name: {en: Places, zh: 学位}
  chapter: ch1_context
  numerator: {en: places, zh: 学位数}
  unit: places
  direction: up
  source: {text: own, evidence: own design}
  waits_for: [facilities]
  commitments: [1.1.2-01]
""",
}
COMMITMENTS, REGISTERED, SOURCES = "plan/commitments/ch1.yml", "plan/registered/enr.yml", "plan/awaited_sources.yml"
DATED = "type: quantified_target\n  target: {en: t, zh: 目标}\n  deadline: 2024"


def check_plan(folder: Path, file: str = "", old: str = "", new: str = "") -> CheckSummary:
    """Checks the small project with a registry of promises, after replacing a text in one of its files."""
    check(folder)
    answer = "source: {text: own, evidence: own design}\n  commitments: [1.1.2-01]"
    indicator = FILES[INDICATOR].replace("source: {text: own, evidence: own design}", answer)
    for name, text in {**PLAN, INDICATOR: indicator}.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        assert name != file or old in text
        path.write_text(text.replace(old, new) if name == file else text, encoding="utf-8")
    return check_declarations(Project.load(folder))


def test_commitments_are_counted_with_what_answers_for_them(tmp_path: Path) -> None:
    summary = check_plan(tmp_path)
    assert [fault.line for fault in summary.faults] == []
    assert summary.counts["commitments"] == 2
    assert summary.notes == [
        "commitments: 2 of 2 answered for (1 by computed indicators, 0 by indicators that wait for data, "
        "1 by tasks alone; 1 have a task)",
        "indicators: 1 computed of 2 registered, of 2 codes; families computed whole: none",
    ]


def test_the_relation_is_read_from_the_indicators(tmp_path: Path) -> None:
    check_plan(tmp_path)
    registry = load_registry(tmp_path / "plan", load_indicators(tmp_path / "plan"))
    assert registry.answers == {"1.1.2-01": ["ENR-01", "ENR-02"], "1.1.2-02": []}
    assert registry.unanswered == registry.awaited == []


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        (INDICATOR, "[1.1.2-01]", "[1.1.2-01, 9.9.9-99]", "ENR-01, commitments: 9.9.9-99 is not in plan/commitments"),
        ("plan/headlines.yml", "ENR-02", "ENR-03", "ENR-03: there is no such indicator"),
        ("plan/headlines.yml", "ENR-02", "ENR-01", "ENR-01: it is a headline already"),
        (REGISTERED, "[1.1.2-01]", "[1.1.2-03]", "ENR-02, commitments: 1.1.2-03 is not in plan/commitments"),
        (REGISTERED, "ch1_context", "ch7", "ENR-02, chapter: ch7 is not in plan/chapters.yml"),
        (REGISTERED, "[facilities]", "[facilites]", "ENR-02, waits_for: facilites is not in plan/awaited_sources"),
        (REGISTERED, "[1.1.2-01]", "[1.1.2-01, 1.1.2-01]", "ENR-02, commitments: 1.1.2-01 stands there twice"),
        (SOURCES, "source: facilities", "source: pupil_count", "pupil_count, source: it has a contract now"),
        (
            SOURCES,
            "- {",
            "- {source: x, title: {en: x, zh: x}}\n- {",
            "x, source: no registered indicator waits for it",
        ),
        (INDICATOR, "[1.1.2-01]", "[1.1.2-01, 1.1.2-01]", "ENR-01, commitments: 1.1.2-01 stands there twice"),
        (COMMITMENTS, "type: state_at_start", DATED, "1.1.2-01, deadline: no indicator that answers for it"),
        (COMMITMENTS, "{en: Pupils, zh", "{en: '', zh", "0.label.en: String should have at least 1 character"),
        (REGISTERED, "ENR-02", "ENR-01", "ENR-01, code: it is computed now"),
        (REGISTERED, "ENR-02", "ENR-03", "ENR-03, code: ENR-03 is not a code of plan/families.yml"),
        (COMMITMENTS, "id: 1.1.2-02", "id: 1.1.9-01", "1.1.9-01, id: section 1.1.9 is not in plan/chapters.yml"),
        (
            COMMITMENTS,
            "office: planning\n  task",
            "office: nobody\n  task",
            "office: nobody is not in plan/offices.yml",
        ),
        (COMMITMENTS, "of: ENR-01", "of: PRE-01", "1.1.2-01, baselines.0.of: there is no indicator PRE-01"),
        (COMMITMENTS, "tier: programme\n", "tier: third\n", "1.tier: 'third' is none of"),
        (COMMITMENTS, "  task:", "  # task:", "needs a task"),
        (COMMITMENTS, "id: 1.1.2-02", "id: 1.1.2-01", "1.1.2-01 is given twice"),
        (COMMITMENTS, "id: 1.1.2-02", "id: 3.3-01", "commitment 3.3-01 belongs in ch3.yml"),
    ],
)
def test_what_is_wrong_with_a_promise_is_named(tmp_path: Path, file: str, old: str, new: str, said: str) -> None:
    faults = check_plan(tmp_path, file, old, new).faults
    assert said in " ".join(fault.what for fault in faults)
    assert all(re.match(rf"{tmp_path / file}:\d+$", fault.where) for fault in faults if said in fault.what)


def test_a_commitment_that_nothing_answers_for_is_a_fault(tmp_path: Path) -> None:
    check_plan(tmp_path)
    for name in (INDICATOR, REGISTERED):
        text = (tmp_path / name).read_text(encoding="utf-8")
        (tmp_path / name).write_text(text.replace("  commitments: [1.1.2-01]", ""), encoding="utf-8")
    (fault,) = check_declarations(Project.load(tmp_path)).faults
    assert fault.what == "1.1.2-01, task: no indicator lists it under commitments, and it has no task"
    assert fault.where == f"{tmp_path / COMMITMENTS}:2"


def test_while_codes_are_to_be_written_an_open_commitment_is_a_note(tmp_path: Path) -> None:
    check_plan(tmp_path)
    for name in (REGISTERED, SOURCES):
        (tmp_path / name).unlink()
    text = (tmp_path / INDICATOR).read_text(encoding="utf-8")
    (tmp_path / INDICATOR).write_text(text.replace("  commitments: [1.1.2-01]", ""), encoding="utf-8")
    summary = check_declarations(Project.load(tmp_path))
    assert summary.is_valid
    assert summary.notes[1:] == [
        "  not answered for yet: 1.1.2-01",
        "indicators: 1 computed of 1 registered, of 2 codes; families computed whole: none",
        "  not registered yet: ENR-02",
    ]


def test_a_plan_without_commitments_leaves_them_alone(tmp_path: Path) -> None:
    change = (INDICATOR, "direction: up", "commitments: [1.1.2-01, 9.9.9-99]\n  direction: up")
    summary = check(tmp_path, *change)
    assert summary.is_valid
    assert summary.notes == []


def test_a_night_refuses_a_registry_that_does_not_fit(tmp_path: Path) -> None:
    check_plan(tmp_path, COMMITMENTS, "id: 1.1.2-02", "id: 1.1.9-01")
    with pytest.raises(DeclarationError, match=r"1\.1\.9-01, id: section 1\.1\.9 is not in plan/chapters\.yml"):
        _ = Declarations(Project.load(tmp_path)).registry

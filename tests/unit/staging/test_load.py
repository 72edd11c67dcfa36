"""What is staged, what replaces what, and what is left alone."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
import xlsxwriter

from eduplan.staging.report import LoadReport, Outcome
from tests.unit.staging.conftest import ROLL_HEADER, Bureau, roll_row, screening_row


def outcomes(report: LoadReport) -> list[tuple[str, str]]:
    return sorted((Path(each.path).name, each.outcome.value) for each in report.outcomes)


def statuses(bureau: Bureau) -> list[tuple[str, str]]:
    rows = bureau.ask("select path, status from landing.batches order by path, status")
    return [(Path(path).name, status) for path, status in rows]


def register(bureau: Bureau, *codes: str, after: float = 0) -> None:
    header = "学校标识码,学校名称,办学类型,举办者,所属区划代码,城乡分类代码"
    rows = (f"{code},某小学,小学,教育部门,990101,111" for code in codes)
    bureau.send("school_register/2024-25/990101_register.csv", header, *rows, after=after)


def test_what_did_not_change_is_left_alone(bureau: Bureau) -> None:
    bureau.send_roll(roll_row(1))
    first = bureau.load()
    assert outcomes(first) == [("990101_roll.csv", "staged")]
    assert first.changed == {("pupil_roll", "2024-25")}
    second = bureau.load()
    assert outcomes(second) == [("990101_roll.csv", "unchanged")]
    assert second.changed == set()


def test_a_touched_file_is_known_by_its_bytes(bureau: Bureau) -> None:
    bureau.send_roll(roll_row(1))
    bureau.load()
    bureau.send_roll(roll_row(1), after=10)
    assert outcomes(bureau.load()) == [("990101_roll.csv", "unchanged")]
    assert outcomes(bureau.load()) == [("990101_roll.csv", "unchanged")]
    assert len(statuses(bureau)) == 1


def test_a_mended_file_replaces_the_first_and_its_rows_leave_quarantine(bureau: Bureau) -> None:
    bureau.send_roll(roll_row(1), roll_row(2, grade="十五年级"))
    bureau.load()
    assert len(bureau.faults()) == 1
    bureau.send_roll(roll_row(1), roll_row(2), path="pupil_roll/2024-25/990101_mended.csv", after=10)
    report = bureau.load()
    assert ("990101_mended.csv", "staged") in outcomes(report)
    assert bureau.faults() == []
    assert bureau.ask("select count(*) from staging.pupil_roll") == [(2,)]
    assert statuses(bureau) == [("990101_mended.csv", "current"), ("990101_roll.csv", "replaced")]
    assert bureau.ask(
        "select a.replaced_by = b.batch_id from landing.batches a, landing.batches b where a.status = 'replaced' "
        "and b.status = 'current'"
    ) == [(True,)]
    assert len(list(bureau.project.staging.rglob("*.parquet"))) == 1
    assert not list(bureau.project.quarantine.rglob("*.parquet"))


def test_sending_the_first_file_again_puts_it_back_in_force(bureau: Bureau) -> None:
    bureau.send_roll(roll_row(1))
    bureau.load()
    bureau.send_roll(roll_row(2), after=10)
    bureau.load()
    bureau.send_roll(roll_row(1), after=20)
    bureau.load()
    assert statuses(bureau) == [("990101_roll.csv", "current"), ("990101_roll.csv", "replaced")]
    assert bureau.ask("select sex from staging.pupil_roll") == [("male",)]


def test_of_two_new_files_of_one_sender_the_later_counts(bureau: Bureau) -> None:
    bureau.send_roll(roll_row(1), path="pupil_roll/2024-25/990101_a.csv", after=10)
    bureau.send_roll(roll_row(2), path="pupil_roll/2024-25/990101_b.csv")
    bureau.send_roll(roll_row(3), path="pupil_roll/2024-25/990102_c.csv")
    assert outcomes(bureau.load()) == [
        ("990101_a.csv", "staged"),
        ("990101_b.csv", "superseded"),
        ("990102_c.csv", "staged"),
    ]
    assert outcomes(bureau.load()) == [(name, "unchanged") for name in ("990101_a.csv", "990101_b.csv", "990102_c.csv")]
    assert bureau.ask("select count(*) from staging.pupil_roll") == [(2,)]


def test_a_file_that_fails_leaves_the_one_before_it_and_the_others_alone(bureau: Bureau) -> None:
    bureau.send_roll(roll_row(1))
    bureau.send_roll(roll_row(2), path="pupil_roll/2024-25/990102_roll.csv")
    bureau.load()
    bureau.send("pupil_roll/2024-25/990101_roll.csv", "this is no table", after=10)
    bureau.send_roll(roll_row(2), roll_row(4), path="pupil_roll/2024-25/990102_roll.csv", after=10)
    report = bureau.load()
    assert report.count(Outcome.FAILED) == 1
    (problem,) = report.problems
    assert problem.line.startswith("pupil_roll/2024-25/990101_roll.csv: V01")
    assert bureau.ask("select sender, count(*) from staging.pupil_roll group by all order by all") == [
        ("990101", 1),
        ("990102", 2),
    ]
    again = bureau.load()
    assert [each.line for each in again.problems] == [problem.line]


def test_a_file_that_is_gone_keeps_its_rows(bureau: Bureau) -> None:
    file = bureau.send_roll(roll_row(1))
    bureau.load()
    file.unlink()
    assert outcomes(bureau.load()) == []
    assert bureau.ask("select count(*) from staging.pupil_roll") == [(1,)]


@pytest.mark.parametrize("is_gone", [False, True])
def test_another_contract_or_code_list_stages_again(bureau: Bureau, is_gone: bool) -> None:
    file = bureau.send_roll(roll_row(1, grade="小小一"))
    bureau.send("division/2024/list.csv", "行政区划代码,行政区划名称,级别", "990101,甲区,区县")
    bureau.load()
    assert bureau.account("pupil_roll") == (1, 0, 1, 0, 0)
    if is_gone:
        file.unlink()
    path = bureau.root / "contracts" / "codes" / "grade.yml"
    path.write_text(path.read_text(encoding="utf-8").replace("'小一'", "'小一', '小小一'"), encoding="utf-8")
    report = bureau.load()
    assert report.changed == {("pupil_roll", "2024-25")}
    assert bureau.account("pupil_roll") == (1, 1, 0, 0, 0)
    assert bureau.ask("select len(list_filter(list(zh), lambda zh: zh = '一年级')) from codes.grade") == [(1,)]


def test_a_late_register_frees_the_rows_that_waited_for_it(bureau: Bureau) -> None:
    register(bureau, "2199000001")
    bureau.send_roll(roll_row(1), roll_row(2, school="2199000002"))
    bureau.send_screening(screening_row(1), screening_row(2, school="2199000002"))
    bureau.load()
    assert bureau.account("pupil_roll") == (2, 1, 1, 0, 0)
    assert bureau.account("health_screening") == (2, 1, 1, 0, 0)
    register(bureau, "2199000001", "2199000002", after=10)
    report = bureau.load()
    assert {source for source, _ in report.changed} == {"school_register", "pupil_roll", "health_screening"}
    assert bureau.account("pupil_roll") == (2, 2, 0, 0, 0)
    assert bureau.account("health_screening") == (2, 2, 0, 0, 0)
    assert bureau.faults() == []


def test_a_school_that_goes_takes_its_rows_out(bureau: Bureau) -> None:
    register(bureau, "2199000001", "2199000002")
    bureau.send_roll(roll_row(1), roll_row(2, school="2199000002"))
    bureau.load()
    register(bureau, "2199000001", after=10)
    bureau.load()
    assert bureau.account("pupil_roll") == (2, 1, 1, 0, 0)


def test_another_engine_stages_again(bureau: Bureau, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    bureau.send_roll(roll_row(1))
    bureau.load()
    assert outcomes(bureau.load()) == [("990101_roll.csv", "unchanged")]
    (tmp_path / "reading").mkdir()
    (tmp_path / "reading" / "corrected.py").write_text('"""Reads otherwise."""', encoding="utf-8")
    monkeypatch.setattr("eduplan.staging.fingerprints._PACKAGE", tmp_path)
    assert outcomes(bureau.load()) == [("990101_roll.csv", "staged")]
    assert outcomes(bureau.load()) == [("990101_roll.csv", "unchanged")]


def test_a_change_of_keys_that_concerns_nobody_stages_nothing_again(bureau: Bureau) -> None:
    register(bureau, "2199000001")
    bureau.send_roll(roll_row(1))
    bureau.load()
    register(bureau, "2199000001", "2199000003", after=10)
    assert bureau.load().changed == {("school_register", "2024-25")}
    assert bureau.load().changed == set()


def test_only_chosen_sources_and_periods_are_loaded(bureau: Bureau) -> None:
    for year in ("2023-24", "2024-25"):
        bureau.send_roll(roll_row(1), path=f"pupil_roll/{year}/990101_roll.csv")
    bureau.send("division/2024/list.csv", "行政区划代码,行政区划名称,级别", "990101,甲区,区县")
    bureau.load(sources=["pupil_roll"], periods=["2024-25"])
    assert bureau.ask("select source, period from landing.batches") == [("pupil_roll", "2024-25")]


def test_a_period_can_stand_in_a_column(bureau: Bureau) -> None:
    path = bureau.root / "contracts" / "division.yml"
    text = path.read_text(encoding="utf-8")
    rule = "period: {kind: calendar_year, from: column, column: 年度, offset: 1911}"
    path.write_text(text.replace("period: {kind: calendar_year, from: folder}", rule), encoding="utf-8")
    header = "年度,行政区划代码,行政区划名称,级别"
    bureau.send("division/a.csv", header, "113,990101,甲区,区县", "113,990102,乙区,区县", "合计,2,,")
    bureau.send("division/b.csv", header, "112,990101,甲区,区县", "113,990102,乙区,区县")
    bureau.send("division/c.csv", header, "112,990101,甲区,区县")
    report = bureau.load()
    assert ["V02" in problem.line for problem in report.problems] == [True]
    assert bureau.ask("select calendar_year, count(*) from staging.division group by all order by all") == [
        (2023, 1),
        (2024, 2),
    ]


def test_a_column_that_disagrees_with_the_folder_fails_the_file(bureau: Bureau) -> None:
    path = bureau.root / "contracts" / "division.yml"
    text = path.read_text(encoding="utf-8")
    rule = "period: {kind: calendar_year, from: folder, column: 年度}"
    path.write_text(text.replace("period: {kind: calendar_year, from: folder}", rule), encoding="utf-8")
    bureau.send("division/2024/a.csv", "年度,行政区划代码,行政区划名称,级别", "2023,990101,甲区,区县")
    (problem,) = bureau.load().problems
    assert "V02" in problem.line
    assert "2023" in problem.line


REGISTER_HEADER = "学校标识码,学校名称,办学类型,举办者,所属区划代码,城乡分类代码"


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (
            ("2023—2024学年学校基本情况表", REGISTER_HEADER, "9901010001,甲,小学,教育部门,990101,111"),
            "the title says 2023-24",
        ),
        (
            (f"学年,{REGISTER_HEADER}", "2023-2024学年,9901010001,甲,小学,教育部门,990101,111", "合计,,,,,,"),
            "the column 学年 says 2023-24",
        ),
    ],
)
def test_a_file_that_states_another_year_than_its_folder_fails(
    bureau: Bureau, lines: tuple[str, ...], said: str
) -> None:
    bureau.send("school_register/2024-25/990101.csv", *lines)
    (problem,) = bureau.load().problems
    assert said in problem.line
    assert "but it was sent for 2024-25 (put it in the folder of its period" in problem.line


def test_a_file_that_states_the_year_of_its_folder_is_taken(bureau: Bureau) -> None:
    title = "2024至2025学年学校基本情况表（含2023—2024学年对比）"
    row = "2024/2025,9901010001,甲,小学,教育部门,990101,111"
    bureau.send("school_register/2024-25/990101.csv", title, f"学年,{REGISTER_HEADER}", row)
    assert not bureau.load().problems


def test_code_lists_and_reference_tables_are_tables(bureau: Bureau) -> None:
    folder = bureau.root / "sql" / "reference"
    folder.mkdir(parents=True)
    (folder / "limits.csv").write_text("grade,pupils\nk1,25\n", encoding="utf-8")
    bureau.load()
    assert bureau.ask("select stage, grade_number from codes.grade where code = 'j1'") == [("junior", 7)]
    assert bureau.ask("select stages from codes.school_type where code = '312'") == [(["primary", "junior"],)]
    assert bureau.ask("from reference.limits") == [("k1", 25)]
    (folder / "limits.csv").write_text("grade,pupils\nk1,26\n", encoding="utf-8")
    bureau.load()
    assert bureau.ask("from reference.limits") == [("k1", 26)]
    (folder / "limits.csv").unlink()
    bureau.load()
    assert bureau.ask("select table_name from duckdb_tables() where schema_name = 'reference'") == []


def test_a_load_that_does_not_balance_takes_nothing(bureau: Bureau, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("eduplan.staging.stage._Staging._count", lambda _: {0: (99, 0)})
    bureau.send_roll(roll_row(1))
    (problem,) = bureau.load().problems
    assert "does not balance" in problem.line
    assert bureau.ask("select count(*) from staging.pupil_roll") == [(0,)]


def test_the_report_adds_up(bureau: Bureau) -> None:
    bureau.send_roll(roll_row(1), roll_row(1), roll_row(2, grade="?"))
    bureau.send_roll(roll_row(3), path="pupil_roll/2024-25/990102_roll.csv")
    total = bureau.load().total
    assert (total.rows_read, total.rows_staged, total.rows_quarantined, total.rows_duplicate) == (4, 2, 1, 1)


def test_units_of_titles_and_labels_are_read(bureau: Bureau) -> None:
    header = "区划代码,口径,一般公共预算支出,教育支出"
    bureau.send("finance/2024/city.csv", "单位：万元,,,", header, "990101,决算,100.5,20")
    header = "学校标识码,学段,公用经费拨款（万元）"
    bureau.send("school_finance/2024/990101.csv", header, '9901010001,小学,"1,234.5678"')
    assert not bureau.load().problems
    assert bureau.ask("select amount_unit, general_budget_spending from staging.finance") == [
        ("ten_thousand_yuan", Decimal("100.5"))
    ]
    assert bureau.ask("select running_costs_yuan from staging.school_finance") == [(Decimal(12345678),)]
    assert bureau.repairs()["running_costs_yuan", "unit"] == 1


def test_a_word_behind_a_figure_goes_before_the_unit_of_its_header(bureau: Bureau) -> None:
    amounts = ("2", "3万元", "35000元", "85%")
    rows = [f"99010100{number:02d},小学,{amount}" for number, amount in enumerate(amounts, start=1)]
    bureau.send("school_finance/2024/990101.csv", "学校标识码,学段,公用经费拨款（万元）", *rows)
    assert not bureau.load().problems
    assert bureau.ask("select running_costs_yuan from staging.school_finance order by school_code") == [
        (Decimal(20_000),),
        (Decimal(30_000),),
        (Decimal(35_000),),
    ]
    repairs = bureau.repairs()
    assert (repairs["running_costs_yuan", "unit"], repairs["running_costs_yuan", "measure_word"]) == (2, 1)
    assert bureau.faults() == [(5, "running_costs_yuan", "unit")]  # its header is the first


def test_columns_and_sheets_that_are_not_read_are_told_once(bureau: Bureau) -> None:
    row = "9901010001,甲,小学,教育部门,990101,111,1,10,2,3"
    for name in ("990101", "990102"):
        header = f"{REGISTER_HEADER},序号,建筑面积,微信公众号,合计"
        bureau.send(f"school_register/2024-25/{name}.csv", header, row.replace("990101", name))
    (notice,) = bureau.load().notices
    assert notice == (
        "school_register/2024-25/990101.csv and 1 more such as 990102.csv: the contract does not know the columns "
        "建筑面积, 微信公众号, so they are not read (in contracts/school_register.yml a new wording is one more alias, "
        "and what nobody needs is not_read)"
    )
    assert bureau.load().notices == []


def test_columns_that_a_contract_knows_and_does_not_want_are_not_told(bureau: Bureau) -> None:
    bureau.send("pupil_roll/2024-25/990101_roll.csv", f"{ROLL_HEADER},曾用名", f"{roll_row(1)},")
    assert bureau.load().notices == []


def test_a_sheet_that_lacks_required_columns_is_told(bureau: Bureau) -> None:
    path = bureau.project.raw / "school_register" / "2024-25" / "990101.xlsx"
    path.parent.mkdir(parents=True)
    with xlsxwriter.Workbook(str(path)) as book:
        book.add_worksheet("说明").write(0, 0, "填报说明")
        for name, labels in (("小学", REGISTER_HEADER), ("幼儿园", REGISTER_HEADER.replace("举办者", "办学者"))):
            sheet = book.add_worksheet(name)
            sheet.write_row(0, 0, labels.split(","))
            sheet.write_row(1, 0, ["9901010001", "甲", "小学", "教育部门", "990101", "111"])
    (notice,) = bureau.load().notices
    assert "the sheets 幼儿园 lack required columns" in notice


def test_a_second_file_of_a_sender_is_told_to_replace_the_first(bureau: Bureau) -> None:
    row = "9901010001,甲,小学,教育部门,990101,111"
    bureau.send("school_register/2024-25/990101_小学.csv", REGISTER_HEADER, row, after=-20)
    bureau.send("school_register/2024-25/990101_初中.csv", REGISTER_HEADER, row.replace("0001,", "0002,"), after=-10)
    (notice,) = bureau.load().notices
    assert notice.startswith("school_register/2024-25/990101_小学.csv: 990101_初中.csv is later, from the same sender")
    assert bureau.load().notices == []
    bureau.send("school_register/2024-25/990101_高中.csv", REGISTER_HEADER, row.replace("0001,", "0003,"))
    (notice,) = bureau.load().notices
    assert notice.startswith("school_register/2024-25/990101_初中.csv: 990101_高中.csv is later")
    bureau.send("school_register/2024-25/990101_高中.csv", REGISTER_HEADER, row, after=10)
    assert bureau.load().notices == [], "the same file, mended"


def test_a_file_without_rows_is_told(bureau: Bureau) -> None:
    bureau.send("school_register/2024-25/990101.csv", REGISTER_HEADER)
    (notice,) = bureau.load().notices
    assert notice.startswith("school_register/2024-25/990101.csv: it has no rows below its header")

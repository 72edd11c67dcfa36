"""What the bureau sees of quarantine, and what the sender gets back."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
import xlsxwriter

from eduplan.errors import UnknownName
from eduplan.staging.quarantine import MASK, export_rows, quarantine_counts
from tests.unit.staging.conftest import ROLL_HEADER, Bureau, identity_number, roll_row


@pytest.fixture
def waiting(bureau: Bureau) -> Bureau:
    bureau.send_roll(roll_row(1), roll_row(2, grade="十五年级"), roll_row(3, grade="?", identity="1", roll_number=""))
    bureau.send_roll(roll_row(5, grade="十六年级"), path="pupil_roll/2024-25/990102_roll.csv")
    bureau.load()
    return bureau


def exported(bureau: Bureau, to: Path, **options: object) -> list[dict[str, str]]:
    export_rows(bureau.connection, bureau.project, bureau.contracts, "pupil_roll", to, **options)  # type: ignore[arg-type]
    with to.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_counts_rows_by_file_rule_and_column(waiting: Bureau) -> None:
    counts = quarantine_counts(waiting.connection)
    assert [(Path(each.file_name).name, each.rule, each.column_name, each.rows) for each in counts] == [
        ("990101_roll.csv", "V05", "identity_number", 1),
        ("990101_roll.csv", "code", "grade", 1),
        ("990101_roll.csv", "required", "grade", 1),
        ("990102_roll.csv", "code", "grade", 1),
    ]
    assert counts[1].reason_zh == "不在“年级”代码表中"
    assert quarantine_counts(waiting.connection, sources=["staff_roll"]) == []
    assert quarantine_counts(waiting.connection, periods=["2023-24"]) == []


def test_counts_each_reason_by_itself(bureau: Bureau) -> None:
    numbers = ("990101150309001", "9.90101E+17", identity_number(1)[:15] + "000")
    bureau.send_roll(*(roll_row(1, identity=number, roll_number="") for number in numbers))
    bureau.load()
    reasons = {each.reason_en.split(":")[0]: each.rows for each in quarantine_counts(bureau.connection)}
    assert reasons == {
        "the old form of 15 digits": 1,
        "written as a power of ten, so digits are lost": 1,
        "the last digits are lost (a spreadsheet made them 000)": 1,
    }


def test_a_row_of_a_workbook_is_named_by_its_sheet(bureau: Bureau, tmp_path: Path) -> None:
    path = bureau.project.raw / "pupil_roll" / "2024-25" / "990101.xlsx"
    path.parent.mkdir(parents=True)
    with xlsxwriter.Workbook(str(path)) as book:
        book.add_worksheet("说明").write(0, 0, "填报说明")
        sheet = book.add_worksheet("名册")
        for number, line in enumerate([ROLL_HEADER, roll_row(1), roll_row(2, grade="?")]):
            sheet.write_row(number, 0, line.split(","))
    bureau.load()
    (row,) = exported(bureau, tmp_path / "rows.csv")
    assert (row["sheet"], row["row_number"]) == ("名册", "3")


def test_exports_the_rows_as_they_were_sent_without_identities(waiting: Bureau, tmp_path: Path) -> None:
    rows = exported(waiting, tmp_path / "rows.csv")
    assert [(row["row_number"], row["年级"], row["rules"]) for row in rows] == [
        ("3", "十五年级", "code"),
        ("4", "?", "V05, required"),
        ("2", "十六年级", "code"),
    ]
    assert [row["columns"] for row in rows] == ["年级", "年级, 身份证件号", "年级"]
    assert {row["身份证件号"] for row in rows} == {MASK}
    assert {row["姓名"] for row in rows} == {MASK}
    text = (tmp_path / "rows.csv").read_text(encoding="utf-8-sig")
    assert identity_number(2) not in text
    assert "某某" not in text


def test_exports_identities_when_asked_for_to_the_owner_alone(waiting: Bureau, tmp_path: Path) -> None:
    target = tmp_path / "rows.csv"
    rows = exported(waiting, target, with_identity=True)
    assert [row["身份证件号"] for row in rows] == [identity_number(2), "1", identity_number(5)]
    assert target.stat().st_mode & 0o777 == 0o600


def test_exports_chosen_senders(waiting: Bureau, tmp_path: Path) -> None:
    assert len(exported(waiting, tmp_path / "rows.csv", senders=["990102"])) == 1
    assert exported(waiting, tmp_path / "rows.csv", periods=["2020-21"]) == []


def test_columns_that_no_contract_knows_are_not_shown(bureau: Bureau, tmp_path: Path) -> None:
    header = "学校标识码,姓名,身份证件号,性别,出生日期,年级,班级,学籍状态,监护人电话"
    row = f"2199000001,某某,{identity_number(1)},男,2015-03-09,?,1班,在读,1380000"
    bureau.send("pupil_roll/2024-25/990101_roll.csv", header, row)
    assert bureau.load().problems == []
    (shown,) = exported(bureau, tmp_path / "rows.csv")
    assert "监护人电话" not in shown
    (shown,) = exported(bureau, tmp_path / "rows.csv", with_identity=True)
    assert shown["监护人电话"] == "1380000"


def test_an_unknown_source_is_named(bureau: Bureau, tmp_path: Path) -> None:
    with pytest.raises(UnknownName, match=r"there is no source rolls \(did you mean"):
        export_rows(bureau.connection, bureau.project, bureau.contracts, "rolls", tmp_path / "rows.csv")

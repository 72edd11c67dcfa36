"""Whole files: accounts that balance, quarantine, duplicates, references, rules, and nothing private anywhere."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from eduplan.staging.report import Outcome
from tests.unit.staging.conftest import ROLL_HEADER, Bureau, identity_number, roll_row, screening_row

CENSUS_HEADER = "学校标识码,学校名称,在校生合计,一年级男生数,一年级女生数,二年级男生数,二年级女生数"


def test_types_and_columns_of_a_staged_row(bureau: Bureau) -> None:
    bureau.send_roll(roll_row(7))
    report = bureau.load()
    assert report.problems == []
    columns = bureau.ask("select column_name, column_type from (describe staging.pupil_roll)")
    assert [name for name, _ in columns] == [
        *bureau.contracts["pupil_roll"].staged_columns,
        *("school_year", "period", "sender", "batch_id", "row_number"),
    ]
    types = dict(columns)
    assert types["person_key"] == "BIGINT"
    assert types["birth_month"] == "DATE"
    (row,) = bureau.ask(
        "select sex, grade, birth_month, is_migrant, school_year, sender, row_number from staging.pupil_roll"
    )
    assert row == ("male", "p1", date(2015, 3, 1), False, "2024-25", "990101", 2)


def test_a_source_that_sent_nothing_is_an_empty_table_of_the_same_columns(bureau: Bureau) -> None:
    bureau.load()
    empty = bureau.ask("describe staging.pupil_roll")
    bureau.send_roll(roll_row(7))
    bureau.load()
    assert bureau.ask("describe staging.pupil_roll") == empty
    assert bureau.ask("select * from staging.quarantine") == []


def test_what_cannot_be_typed_goes_to_quarantine_with_row_column_and_reason(bureau: Bureau) -> None:
    bureau.send_roll(roll_row(1), roll_row(2, grade="十五年级"), roll_row(3, born="2015-02-30", sex="?"))
    bureau.load()
    assert bureau.ask(
        "select row_number, column_name, value, rule, severity, reason_en, file_name from staging.quarantine "
        "where row_number = 3"
    ) == [(3, "grade", "十五年级", "code", "error", "not in the code list grade", "pupil_roll/2024-25/990101_roll.csv")]
    assert bureau.faults() == [(3, "grade", "code"), (4, "birth_date", "date"), (4, "sex", "required")]
    assert bureau.account("pupil_roll") == (3, 1, 2, 0, 0)


def test_totals_footers_blank_rows_and_repeated_headers_are_dropped_and_counted(bureau: Bureau) -> None:
    bureau.send_roll(
        roll_row(1),
        "合计,2,,,,,,,,",
        " 合 计：,2,,,,,,,,",
        " ,,,,　,,,,,",
        ROLL_HEADER,
        roll_row(2),
        "填表人：,某某,,,,,,,,",
        "数据来源：学籍系统,,,,,,,,,",
    )
    bureau.load()
    assert bureau.account("pupil_roll") == (8, 2, 0, 0, 6)
    assert bureau.faults() == []


def test_a_totals_row_that_looks_like_data_is_dropped(bureau: Bureau) -> None:
    bureau.send(
        "population/2024/all.csv", "行政区划代码,行政区划名称,0岁男,0岁女", "990101,甲区,10,11", "990100,全市,20,22"
    )
    bureau.load()
    assert bureau.account("population") == (2, 1, 0, 0, 1)
    assert bureau.ask("select division_code, age, sex, persons from staging.population order by sex") == [
        ("990101", 0, "female", 11),
        ("990101", 0, "male", 10),
    ]


def test_heading_rows_fill_the_rows_below(bureau: Bureau) -> None:
    path = bureau.root / "contracts" / "division.yml"
    text = path.read_text(encoding="utf-8")
    heading = r"- {pattern: '^(?P<parent_code>\d{6})（(?P<note>.+)）$'}"
    note = "- {name: note, type: text, origin: heading}"
    text = text.replace("columns:", f"layout:\n  headings:\n    {heading}\ncolumns:\n  {note}", 1)
    text = text.replace("{name: parent_code, type: text", "{name: parent_code, origin: heading, type: text")
    path.write_text(text, encoding="utf-8")
    bureau.send(
        "division/2024/list.csv",
        "行政区划代码,行政区划名称,级别",
        *("990100（市辖）,,", "990101,甲区,区县", "990102,乙区,区县", "990200（县）,,", "990201,丙县,区县"),
    )
    assert bureau.load().problems == []
    assert bureau.ask("select division_code, parent_code, note from staging.division order by all") == [
        ("990101", "990100", "市辖"),
        ("990102", "990100", "市辖"),
        ("990201", "990200", "县"),
    ]
    assert bureau.account("division") == (5, 3, 0, 0, 2)


def test_exact_copies_are_dropped_and_rows_that_differ_are_quarantined(bureau: Bureau) -> None:
    bureau.send_roll(
        *(roll_row(1), roll_row(1), roll_row(1)),
        *(roll_row(2), roll_row(2, class_name="2班"), roll_row(2)),
        roll_row(3),
    )
    bureau.load()
    assert bureau.account("pupil_roll") == (7, 2, 2, 3, 0)
    assert {(row, rule) for row, _, rule in bureau.faults()} == {(5, "key"), (6, "key")}


@pytest.mark.parametrize(("which", "class_name"), [("first", "1班"), ("last", "3班")])
def test_a_contract_may_keep_the_first_or_the_last(bureau: Bureau, which: str, class_name: str) -> None:
    path = bureau.root / "contracts" / "pupil_roll.yml"
    path.write_text(path.read_text(encoding="utf-8") + f"duplicates: {which}\n", encoding="utf-8")
    bureau.send_roll(*(roll_row(1, class_name=f"{number}班") for number in (1, 2, 3)))
    bureau.load()
    assert bureau.account("pupil_roll") == (3, 1, 0, 2, 0)
    assert bureau.ask("select class_name from staging.pupil_roll") == [(class_name,)]


def test_a_faulty_copy_does_not_push_the_good_row_out(bureau: Bureau) -> None:
    bureau.send_roll(roll_row(1), roll_row(1, grade="十五年级"))
    bureau.load()
    assert bureau.account("pupil_roll") == (2, 1, 1, 0, 0)


def test_rules_of_the_contract_warn_or_keep_out(bureau: Bureau) -> None:
    bureau.send_roll(roll_row(1, sex="女"), roll_row(2, born="2015-03-10"), roll_row(3), roll_row(4, born="2015年3月"))
    bureau.load()
    assert bureau.account("pupil_roll") == (4, 4, 0, 0, 0)
    warned = bureau.ask(
        "select rule, severity, column_name, rows_affected from landing.findings where severity = 'warning'"
    )
    assert warned == [("V07", "warning", "identity_number, birth_date, sex", 2)]


def test_a_critical_rule_fails_the_file(bureau: Bureau) -> None:
    path = bureau.root / "contracts" / "pupil_roll.yml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("severity: warning", "severity: critical"), encoding="utf-8")
    bureau.send_roll(roll_row(1, sex="女"))
    report = bureau.load()
    assert report.count(Outcome.FAILED) == 1
    assert "V07: birth date or sex differs" in report.problems[0].line
    assert bureau.ask("select status, message is not null from landing.batches") == [("failed", True)]


def test_row_rules_see_all_cells_that_came_from_one_row(bureau: Bureau) -> None:
    bureau.send(
        "school_census/2024-25/990101_census.csv",
        CENSUS_HEADER,
        *("2199000001,甲小学,10,1,2,3,4", "2199000002,乙小学,11,1,2,3,4", "2199000003,丙小学,3,1,2,,-"),
    )
    bureau.load()
    assert bureau.account("school_census") == (3, 2, 1, 0, 0)
    assert bureau.ask("select school_code, count(*) from staging.school_census group by all order by all") == [
        ("2199000001", 4),
        ("2199000003", 2),
    ]
    assert bureau.faults() == [(3, "declared_pupils", "V12")]


def test_a_bad_wide_cell_keeps_its_whole_row_out(bureau: Bureau) -> None:
    bureau.send(
        "school_census/2024-25/990101_census.csv",
        CENSUS_HEADER,
        *("2199000001,甲小学,,1,2,三,4", "2199000002,乙小学,,1,2,3,4", "2199000002,乙小学,,1,2,3,4"),
    )
    bureau.load()
    assert bureau.account("school_census") == (3, 1, 1, 1, 0)
    assert bureau.faults() == [(2, "pupils", "number")]


def test_a_batch_has_one_acuity_scale(bureau: Bureau) -> None:
    rows = [screening_row(serial, right="0.8", left="1.5") for serial in range(1, 6)]
    bureau.send_screening(*rows, screening_row(7, right="4.9", left="1.0"), screening_row(8, right="0.7", left="--"))
    bureau.load()
    assert bureau.ask(
        "select distinct naked_acuity_right, naked_acuity_left from staging.health_screening order by all"
    ) == [
        (Decimal("4.8"), None),
        (Decimal("4.9"), Decimal("5.2")),
    ]
    assert bureau.faults() == [(7, "naked_acuity_right", "V23")]
    repairs = bureau.repairs()
    assert repairs["naked_acuity_right", "decimal_acuity"] == 6
    assert repairs["naked_acuity_right", "chart_line"] == 1
    assert repairs["naked_acuity_left", "placeholder"] == 1


def test_a_repair_is_counted_once_whichever_way_found_it(bureau: Bureau) -> None:
    numbers = {serial: identity_number(serial) for serial in range(1, 5)}
    bureau.send_roll(
        roll_row(1, identity=f"'{numbers[1]}", roll_number=f"G{numbers[1]}"),
        roll_row(2, identity=f"' {numbers[2]}", roll_number=f"G{numbers[2]}"),
        roll_row(3, identity=f"'{numbers[3]}", roll_number="", sex=" 男", certificate="--"),
        roll_row(4, certificate=" --", sex="--", status=" 在读"),
    )
    bureau.load()
    assert bureau.account("pupil_roll") == (4, 3, 1, 0, 0)
    assert bureau.repairs() == {
        ("identity_number", "apostrophe"): 3,
        ("certificate_type", "placeholder"): 1,
        ("sex", "trim"): 1,
    }


def test_derived_columns_are_computed_before_identities_go(bureau: Bureau) -> None:
    bureau.send_screening(screening_row(1), screening_row(2, born="2015-04-16"))
    bureau.load()
    assert bureau.ask("select birth_month, age_half_years from staging.health_screening order by all") == [
        (date(2015, 3, 1), 19),
        (date(2015, 4, 1), 18),
    ]


def test_other_certificates_need_no_check_character(bureau: Bureau) -> None:
    bureau.send_roll(
        roll_row(1, certificate="护照", identity="E12345678", roll_number="L990101201503091234"),
        roll_row(2, certificate="护照", identity="A!", roll_number="L990101201503091235"),
        roll_row(3, identity="E12345678", roll_number="L990101201503091236"),
    )
    bureau.load()
    assert bureau.faults() == [(3, "identity_number", "V05"), (4, "identity_number", "V05")]


def register(bureau: Bureau, *codes: str, after: float = 0) -> None:
    header = "学校标识码,学校名称,办学类型,举办者,所属区划代码,城乡分类代码"
    rows = (f"{code},某小学,小学,教育部门,990101,111" for code in codes)
    bureau.send("school_register/2024-25/990101_register.csv", header, *rows, after=after)


def test_references_are_checked_against_the_batches_in_force(bureau: Bureau) -> None:
    register(bureau, "2199000001")
    bureau.send_roll(roll_row(1), roll_row(2, school="2199000009"))
    bureau.send_screening(screening_row(1), screening_row(9))
    bureau.load()
    assert bureau.account("pupil_roll") == (2, 1, 1, 0, 0)
    assert set(bureau.ask("select source, row_number, column_name, rule, value from staging.quarantine")) == {
        ("pupil_roll", 3, "school_code", "V04", "2199000009"),
        ("health_screening", 3, "identity_number", "V26", None),
    }


def test_a_reference_to_a_source_that_sent_nothing_is_told_and_not_held_against_the_rows(bureau: Bureau) -> None:
    bureau.send_roll(roll_row(1))
    bureau.load()
    assert bureau.account("pupil_roll") == (1, 1, 0, 0, 0)
    assert bureau.ask("select rule, severity, rows_affected from landing.findings") == [("V04", "unchecked", 1)]


def test_a_record_that_cannot_be_split_is_quarantined_without_its_text(bureau: Bureau) -> None:
    number = identity_number(5)
    bureau.send_roll(roll_row(1), f'2199000001,"某某,居民身份证,{number},x,男,2015-03-09,一年级,1班,在读', roll_row(2))
    bureau.load()
    assert bureau.account("pupil_roll") == (3, 2, 1, 0, 0)
    assert bureau.ask("select row_number, rule, value from staging.quarantine") == [(3, "V01", None)]


def test_nothing_private_leaves_staging(bureau: Bureau, capfd: pytest.CaptureFixture[str]) -> None:
    numbers = [identity_number(serial) for serial in range(1, 9)]
    bureau.send_roll(
        roll_row(1),
        roll_row(2, sex=numbers[1]),
        roll_row(3, grade=f"一年级{numbers[2]}"),
        roll_row(4, identity=numbers[3][:17]),
        roll_row(5, identity="3.70202E+17"),
        roll_row(6, class_name=""),
        roll_row(7, sex="女"),
        "," + roll_row(8),
    )
    report = bureau.load()
    written = list(bureau.project.work.rglob("*.parquet"))
    assert len(written) == 2
    shown = (
        "".join(str(bureau.ask(f"select * from read_parquet('{path}')")) for path in written)
        + str(bureau.ask("from landing.batches"))
        + str(bureau.ask("from landing.findings"))
        + str(report)
    )
    shown += "".join(capfd.readouterr())
    for text in (*numbers, *(number[:14] for number in numbers), "某某", "3.70202E+17", "2015-03-09"):
        assert text not in shown


def test_an_unexpected_error_shows_no_value(bureau: Bureau, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*arguments: Any, **options: Any) -> None:
        raise ValueError(f"could not convert {identity_number(1)}")

    monkeypatch.setattr("eduplan.staging.work.stage_files", broken)
    bureau.send_roll(roll_row(1))
    report = bureau.load()
    assert "ValueError" in report.problems[0].line
    assert identity_number(1) not in str(report)


def test_staging_again_gives_the_same_bytes(bureau: Bureau) -> None:
    bureau.send_roll(*(roll_row(serial, sex="－" if serial % 7 == 0 else "男") for serial in range(1, 400)))

    def digests() -> list[str]:
        files = sorted(bureau.project.work.rglob("*.parquet"))
        assert len(files) == 2
        return [hashlib.sha256(path.read_bytes()).hexdigest() for path in files]

    bureau.load()
    first = digests()
    for path in bureau.project.work.rglob("*.parquet"):
        path.unlink()
    bureau.load()
    assert digests() == first


def _mutations() -> dict[str, Callable[[int], str]]:
    return {
        "good": roll_row,
        "wide": lambda serial: roll_row(serial, identity=f"　{identity_number(serial)}", roll_number=""),
        "no_grade": lambda serial: roll_row(serial, grade="--"),
        "bad_date": lambda serial: roll_row(serial, born="2015-99-99"),
        "bad_identity": lambda serial: roll_row(serial, identity="1"),
        "total": lambda serial: f"合计,{serial},,,,,,,,",
        "footer": lambda _: "审核人：某某,,,,,,,,,",
        "blank": lambda _: " ,,,,,,,,,",
        "other_class": lambda serial: roll_row(serial, class_name="9班"),
        "empty": lambda _: ",,,,,,,,,",
    }


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(st.tuples(st.sampled_from(sorted(_mutations())), st.integers(1, 6)), min_size=1, max_size=25))
def test_every_file_balances(bureau: Bureau, rows: list[tuple[str, int]]) -> None:
    mutations = _mutations()
    bureau.send_roll(*(mutations[kind](serial) for kind, serial in rows), after=1)
    report = bureau.load()
    assert report.problems == []
    read, staged, quarantined, duplicate, dropped = bureau.account("pupil_roll")
    assert read == staged + quarantined + duplicate + dropped
    assert read == sum(kind != "empty" for kind, _ in rows)
    assert dropped == sum(kind in ("total", "footer", "blank") for kind, _ in rows)
    assert bureau.ask("select count(*) from staging.pupil_roll") == [(staged,)]
    assert bureau.ask("select count(distinct row_number) from staging.quarantine") == [(quarantined,)]


def test_only_contract_columns_with_a_period_folder_are_taken(bureau: Bureau, tmp_path: Path) -> None:
    bureau.send_roll(roll_row(1), path="pupil_roll/soon/990101_roll.csv")
    report = bureau.load()
    assert [problem.where for problem in report.problems] == ["pupil_roll/soon/990101_roll.csv"]

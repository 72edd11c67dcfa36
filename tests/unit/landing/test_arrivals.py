"""Which files of the raw folder belong to whom."""

from __future__ import annotations

import gzip
import io
import os
import sys
import zipfile
from typing import Any

import pytest
import xlsxwriter

from eduplan.declarations.contracts import Severity
from eduplan.errors import EnvironmentFault
from eduplan.landing.arrivals import find_arrivals
from eduplan.project import Project

YEAR = {"kind": "school_year", "from": "folder"}
ALWAYS = {"kind": "none", "from": "fixed", "value": "all"}
BY_CODE = {"from": "name", "pattern": r"^(?P<sender>\d{6})", "default": "city"}


def found(project: Any, *contracts: Any) -> list[tuple[str, str, str | None, str]]:
    arrivals = find_arrivals(project, {one.source: one for one in contracts}).arrivals
    return [(one.source, one.relative_path, one.period and one.period.text, one.sender) for one in arrivals]


def test_folder_period_and_sender(project: Any, put: Any, contract: Any) -> None:
    path = put("roll/2024-25/990101_学籍.csv")
    put("roll/2023-24/all.csv.gz")
    roll = contract("roll", [{"folder": "roll"}], YEAR, sender=BY_CODE)
    arrivals = find_arrivals(project, {"roll": roll}).arrivals
    assert [(one.period.text, one.sender) for one in arrivals if one.period] == [
        ("2023-24", "city"),
        ("2024-25", "990101"),
    ]
    assert (arrivals[1].path, arrivals[1].bytes) == (path, 8)
    assert arrivals[1].modified_ns == path.stat().st_mtime_ns


def test_a_folder_of_another_width_or_with_a_space_is_the_period(project: Any, put: Any, contract: Any) -> None:
    put("roll/2024－25 /a.csv")
    assert found(project, contract("roll", [{"folder": "roll"}], YEAR)) == [
        ("roll", "roll/2024－25 /a.csv", "2024-25", "bureau")
    ]


def test_name_with_values_that_stand_for_periods(project: Any, put: Any, contract: Any) -> None:
    put("VIX_D.csv.xz")
    put("sub/VIX_D.csv")
    exam = contract(
        "exam",
        [{"name": r"^(?P<kind>VIX)_[A-Z]\.csv$"}],
        {"kind": "calendar_year", "from": "name", "pattern": r"_(?P<period>[A-Z])\.csv$", "values": {"D": "2005"}},
    )
    result = find_arrivals(project, {"exam": exam})
    assert [(one.relative_path, one.period and one.period.text) for one in result.arrivals] == [
        ("VIX_D.csv.xz", "2005")
    ]
    assert result.arrivals[0].name_values == {"kind": "VIX"}
    assert [one.file for one in result.problems] == ["sub/VIX_D.csv"]


def workbook() -> bytes:
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(2, 0, ["学校代码", "视力"])
        sheet.write_row(3, 1, ["左", "右"])
    return content.getvalue()


TEXT = "某表\n学校代码,视力-左\n1,5.0\n"


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(TEXT.encode("gb18030"), id="GB18030"),
        pytest.param(TEXT.encode("utf-16"), id="UTF-16"),
        pytest.param(gzip.compress(TEXT.replace(",", "\t").encode()), id="TSV in gz"),
        pytest.param(workbook(), id="XLSX with merged cells"),
        pytest.param("<table><tr><td>学校代码<td>视力-左</table>".encode(), id="web page"),
    ],
)
def test_header_of_any_format(project: Any, put: Any, contract: Any, content: bytes) -> None:
    put("anything", content)
    by_header = contract("by_header", [{"header": ["学校代码", "视力-左"]}], ALWAYS)
    other = contract("other", [{"header": ["学校代码", "听力"]}], ALWAYS)
    assert found(project, by_header, other) == [("by_header", "anything", "all", "bureau")]


def test_damaged_file_is_recognised_by_nobody_and_does_not_stop_the_others(
    project: Any, put: Any, contract: Any
) -> None:
    put("a.xlsx", workbook()[:900])
    put("b.gz", gzip.compress(TEXT.encode())[:20])
    put("c.zip", b"PK\x03\x04")
    put("d.csv", b"\xff\xff\xff")
    put("e.csv", TEXT.encode())
    by_header = contract("by_header", [{"header": ["学校代码"]}], ALWAYS)
    result = find_arrivals(project, {"by_header": by_header})
    assert [one.relative_path for one in result.arrivals] == ["e.csv"]
    assert len(result.problems) == 4


def test_one_file_may_satisfy_several_contracts(project: Any, put: Any, contract: Any) -> None:
    put("x.csv", "学校代码,班数\n".encode())
    one = contract("one", [{"header": ["学校代码"]}], ALWAYS)
    two = contract(
        "two", [{"name": "nothing"}, {"header": ["班数"]}], {"kind": "none", "from": "column", "column": "x"}
    )
    assert found(project, one, two) == [("one", "x.csv", "all", "bureau"), ("two", "x.csv", None, "bureau")]


def test_every_part_of_a_match_must_hold(project: Any, put: Any, contract: Any) -> None:
    put("a/x1.csv", b"h\n")
    put("a/x2.csv", b"g\n")
    put("b/x1.csv", b"h\n")
    strict = contract("strict", [{"folder": "a", "name": "x[12]", "header": ["h"]}], ALWAYS)
    assert [one[1] for one in found(project, strict)] == ["a/x1.csv"]


@pytest.mark.parametrize("place", ["roll/2024-26/a.csv", "roll/a.csv", "roll/2024/a.csv"])
def test_bad_period_is_a_problem_of_its_source(project: Any, put: Any, contract: Any, place: str) -> None:
    put(place)
    result = find_arrivals(project, {"roll": contract("roll", [{"folder": "roll"}], YEAR)})
    assert result.arrivals == []
    (problem,) = result.problems
    assert (problem.file, problem.severity, problem.source) == (place, Severity.ERROR, "roll")
    assert "school year" in problem.what
    assert "2024-25" in problem.remedy


def test_files_that_are_no_data_are_passed_over_and_unknown_ones_are_named(
    project: Any, put: Any, contract: Any
) -> None:
    for name in ("README.md", "truth.json", ".hidden/x.csv", "roll/2024-25/~$a.xlsx", "roll/2024-25/a.csv.part"):
        put(name)
    put("stray.csv")
    result = find_arrivals(project, {"roll": contract("roll", [{"folder": "roll"}], YEAR)})
    assert result.arrivals == []
    assert [(one.file, one.severity) for one in result.problems] == [("stray.csv", Severity.WARNING)]
    assert "roll" in result.problems[0].remedy


def test_files_that_the_project_ignores_are_neither_loaded_nor_named(project: Any, put: Any, contract: Any) -> None:
    put("stray.csv")
    put("notes/2024/minutes.csv")
    put("roll/2024-25/990101_old.csv")
    put("roll/2024-25/990101_new.csv")
    settings = project.root / "eduplan.yml"
    settings.write_text(settings.read_text(encoding="utf-8") + "ignore: ['notes/*', '*_old.csv']\n", encoding="utf-8")
    result = find_arrivals(Project.load(project.root), {"roll": contract("roll", [{"folder": "roll"}], YEAR)})
    assert [each.relative_path for each in result.arrivals] == ["roll/2024-25/990101_new.csv"]
    assert [problem.file for problem in result.problems] == ["stray.csv"]


def test_no_raw_folder(project: Any) -> None:
    project.raw.rmdir()
    with pytest.raises(EnvironmentFault, match="--raw"):
        find_arrivals(project, {})


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may read everything")
def test_unreadable_file_is_a_problem(project: Any, put: Any, contract: Any) -> None:
    put("x.csv").chmod(0)
    (problem,) = find_arrivals(project, {"one": contract("one", [{"header": ["h"]}], ALWAYS)}).problems
    assert problem.severity is Severity.ERROR


def test_broken_link_is_a_problem(project: Any, contract: Any) -> None:
    (project.raw / "x.csv").symlink_to("nowhere")
    (problem,) = find_arrivals(project, {"one": contract("one", [{"name": "x"}], ALWAYS)}).problems
    assert problem.severity is Severity.ERROR


@pytest.mark.skipif(sys.platform != "linux", reason="file names are bytes on Linux alone")
def test_names_that_are_not_utf8_are_shown_as_gb18030(project: Any, contract: Any) -> None:
    (project.raw / os.fsdecode("名册.csv".encode("gb18030"))).write_bytes(b"h\n")
    assert found(project, contract("one", [{"name": "^名册"}], ALWAYS)) == [("one", "名册.csv", "all", "bureau")]


def test_archive_of_two_files_is_left_to_a_contract_that_knows_its_name(project: Any, put: Any, contract: Any) -> None:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("a.csv", "h\n")
        archive.writestr("b.csv", "h\n")
    put("two.zip", content.getvalue())
    by_header = contract("by_header", [{"header": ["h"]}], ALWAYS)
    by_name = contract("by_name", [{"name": "two"}], ALWAYS)
    assert found(project, by_header, by_name) == [("by_name", "two.zip", "all", "bureau")]

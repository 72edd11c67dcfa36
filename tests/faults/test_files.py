"""Files that cannot be loaded: one clear line each, a non-zero exit, the others go on, and nothing is lost."""

from __future__ import annotations

import gzip
import io
import json
import stat
import zipfile
from collections.abc import Callable

import pytest

from eduplan.errors import ExitCode
from tests.faults.conftest import PUPILS, SCHOOLS, Bureau, Ended

THIRD_SCHOOL = SCHOOLS + "9901010003,第三小学\n"
IDENTITIES = ("990101201501010015", "990101201502020020", "甲", "乙")


def truncated_gzip() -> bytes:
    whole = gzip.compress(PUPILS.encode() * 50)
    return whole[: len(whole) // 2]


def truncated_workbook() -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/workbook.xml", "<workbook/>" * 100)
    return stream.getvalue()[:200]


SPOILT: dict[str, Callable[[], bytes]] = {
    "empty.csv": lambda: b"",
    "blank.csv": lambda: b"\n \n\n",
    "cutgzip.csv.gz": truncated_gzip,
    "cutbook.xlsx": truncated_workbook,
    "nobook.xlsx": lambda: b"\x00\x01\x02" * 400,
    "encoding.csv": lambda: PUPILS.encode("gb18030") + b"\xff\xff\x80\xff" * 50,
    "large.csv": lambda: PUPILS.encode() + b"9901010001,x,x,x,1\n" * 70_000,
    "nocolumn.csv": lambda: "学校代码,姓名,性别,年级\n9901010001,丁,男,1\n".encode(),
    "noheader.csv": lambda: "9901010001,丁,990101201504040041,男,1\n".encode(),
    "period.csv": lambda: (
        "学年,学校代码,姓名,身份证件号,性别,年级\n2023-24,9901010001,丁,990101201504040041,女,1\n".encode()
    ),
}
"""What is wrong with a file, by its name; each comes from a sender of its own."""


@pytest.fixture(scope="module")
def spoilt_night(loaded_bureau: Bureau, tmp_path_factory: pytest.TempPathFactory) -> tuple[Bureau, Ended]:
    """A night in which every kind of spoilt file arrives, and one good file of another source."""
    bureau = loaded_bureau.copy(tmp_path_factory.mktemp("spoilt"))
    for name, content in SPOILT.items():
        bureau.send(f"pupils/2024-25/{name}", content())
    (bureau.raw / "pupils" / "2024-25" / "broken.csv").symlink_to(bureau.data / "nowhere.csv")
    bureau.send("pupils/2024-26/noperiod.csv", PUPILS)
    bureau.send("schools/2024-25/city.csv", THIRD_SCHOOL)
    return bureau, bureau.eduplan("run")


@pytest.mark.parametrize("name", sorted([*SPOILT, "broken.csv", "noperiod.csv"]))
def test_a_spoilt_file_is_one_line_that_says_what_to_do(spoilt_night: tuple[Bureau, Ended], name: str) -> None:
    (line,) = [line for line in spoilt_night[1].errors if f"/{name}:" in line]
    assert line.startswith(("eduplan: pupils/2024-25/", "eduplan: pupils/2024-26/"))
    assert line.endswith(")"), line
    assert not any(identity in line for identity in IDENTITIES)


def test_the_other_source_and_the_release_go_on(spoilt_night: tuple[Bureau, Ended], loaded_bureau: Bureau) -> None:
    bureau, night = spoilt_night
    assert night.code == ExitCode.INPUT
    assert len(night.errors) == len(SPOILT) + 2
    assert bureau.released.startswith(loaded_bureau.released.rstrip("\n")), "what was released before is still there"
    assert "9901010003" in bureau.released, "the other source went on"


def test_a_spoilt_replacement_leaves_what_was_sent_before(bureau: Bureau) -> None:
    before = bureau.released
    bureau.send("pupils/2024-25/city.csv", "")
    night = bureau.eduplan("run")
    assert night.code == ExitCode.INPUT
    assert bureau.released == before
    again = bureau.eduplan("run")
    assert again.code == ExitCode.INPUT, "it is still bad the next night"
    bureau.send("pupils/2024-25/city.csv", PUPILS)
    assert bureau.eduplan("run").code == 0


def test_an_unknown_column_is_told_and_does_not_stop_anything(bureau: Bureau) -> None:
    lines = PUPILS.splitlines()
    with_extra = "\n".join([lines[0] + ",爱好", *(line + ",无" for line in lines[1:])]) + "\n"
    bureau.send("pupils/2024-25/city.csv", with_extra)
    night = bureau.eduplan("run")
    assert night.code == 0, night.err


def test_a_file_loaded_twice_counts_once(bureau: Bureau) -> None:
    before = bureau.released
    bureau.send("pupils/2024-25/again.csv", PUPILS)
    for night in (bureau.eduplan("run"), bureau.eduplan("run")):
        assert night.code == ExitCode.INPUT
        (line,) = night.errors
        assert line.startswith(
            "eduplan: pupils/2024-25/again.csv: the same bytes were loaded already as pupils/2024-25/"
        )
        assert line.count("again.csv") == 1
    assert bureau.released == before


def test_the_same_bytes_again_are_not_loaded_again(bureau: Bureau) -> None:
    bureau.send("pupils/2024-25/city.csv", PUPILS)
    report = json.loads(bureau.eduplan("run", "--json").out)
    assert report["files_loaded"] == 0
    assert report["nothing_changed"] is True


def test_a_person_twice_goes_to_quarantine_and_leaves_it_when_mended(bureau: Bureau) -> None:
    twice = PUPILS + "9901010002,甲,990101201501010015,男,5\n"
    bureau.send("pupils/2024-25/city.csv", twice)
    night = bureau.eduplan("run")
    assert night.code == 0, night.err
    waiting = json.loads(bureau.eduplan("quarantine", "--json").out)
    assert sum(each["rows"] for each in waiting) >= 1
    assert {each["source"] for each in waiting} == {"pupils"}
    shown = bureau.eduplan("quarantine")
    assert shown.code == 0, shown.err
    assert not any(identity in shown.out for identity in IDENTITIES)
    as_workbook = bureau.eduplan("quarantine", "--export", str(bureau.data / "mend.xlsx"))
    assert as_workbook.code == ExitCode.USAGE
    assert "rows are exported as CSV (give a name that ends in .csv)" in as_workbook.err
    export = bureau.data / "mend.csv"
    assert bureau.eduplan("quarantine", "--export", str(export)).code == 0
    masked = export.read_text(encoding="utf-8-sig")
    assert "9901010002" in masked
    assert not any(identity in masked for identity in IDENTITIES)
    assert bureau.eduplan("quarantine", "--export", str(export), "--with-identity").code == 0
    assert "990101201501010015" in export.read_text(encoding="utf-8-sig")
    assert stat.S_IMODE(export.stat().st_mode) == 0o600
    bureau.send("pupils/2024-25/city.csv", PUPILS)
    assert bureau.eduplan("run").code == 0
    assert json.loads(bureau.eduplan("quarantine", "--json").out) == []

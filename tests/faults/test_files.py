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
from tests.faults.conftest import PUPILS, SCHOOLS, Bureau

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


SPOILT: dict[str, tuple[str, Callable[[], bytes]]] = {
    "empty": ("late.csv", lambda: b""),
    "only white space": ("late.csv", lambda: b"\n \n\n"),
    "truncated gzip": ("late.csv.gz", truncated_gzip),
    "truncated workbook": ("late.xlsx", truncated_workbook),
    "not what its name says": ("late.xlsx", lambda: b"\x00\x01\x02" * 400),
    "an unknown encoding": ("late.csv", lambda: PUPILS.encode("gb18030") + b"\xff\xff\x80\xff" * 50),
    "too large": ("late.csv", lambda: PUPILS.encode() + b"9901010001,x,x,x,1\n" * 70_000),
    "a column missing": ("late.csv", lambda: "学校代码,姓名,性别,年级\n9901010001,丁,男,1\n".encode()),
    "no header at all": ("late.csv", lambda: "9901010001,丁,990101201504040041,男,1\n".encode()),
}


@pytest.mark.parametrize("kind", sorted(SPOILT))
def test_a_spoilt_file_is_one_line_and_the_other_sources_go_on(bureau: Bureau, kind: str) -> None:
    before = bureau.released
    name, content = SPOILT[kind]
    bureau.send(f"pupils/2024-25/{name}", content())
    bureau.send("schools/2024-25/city.csv", THIRD_SCHOOL)
    night = bureau.eduplan("run")
    assert night.code == ExitCode.INPUT, night.err
    (line,) = night.errors
    assert f"pupils/2024-25/{name}" in line or line.startswith(f"eduplan: {name}")
    assert line.endswith(")"), "the line says what to do"
    assert not any(identity in night.err + night.out for identity in IDENTITIES)
    after = bureau.released
    assert after.startswith(before.rstrip("\n")), "what was released before is still there"
    assert "9901010003" in after, "the other source went on"


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


def test_a_file_that_is_a_broken_link(bureau: Bureau) -> None:
    (bureau.raw / "pupils" / "2024-25" / "late.csv").symlink_to(bureau.data / "nowhere.csv")
    night = bureau.eduplan("run")
    assert night.code == ExitCode.INPUT
    (line,) = night.errors
    assert "pupils/2024-25/late.csv" in line


def test_a_period_in_the_path_that_is_none(bureau: Bureau) -> None:
    bureau.send("pupils/2024-26/late.csv", PUPILS)
    night = bureau.eduplan("run")
    assert night.code == ExitCode.INPUT
    (line,) = night.errors
    assert "pupils/2024-26/late.csv" in line
    assert "2024-25" in line


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

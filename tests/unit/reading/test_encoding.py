"""Encodings of text files, found by what the bytes are."""

from __future__ import annotations

import shutil
from typing import Any

import pytest

from eduplan.errors import InputError

TEXT = "学校标识码,姓名,备注\n9901000001,张三,〇\n9901000002,李四,𠮷\n"
ROWS = [(2, "9901000001", "张三", "〇"), (3, "9901000002", "李四", "𠮷")]


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8-sig"),
        ("utf-16", "utf-16"),
        ("utf-16-le", "utf-16-le"),
        ("utf-16-be", "utf-16-be"),
        ("gb18030", "gb18030"),
    ],
)
@pytest.mark.parametrize("program", ["iconv", "codec"])
def test_encodings(read: Any, monkeypatch: pytest.MonkeyPatch, written: str, found: str, program: str) -> None:
    if program == "codec":
        monkeypatch.setattr(shutil, "which", lambda _: None)
    seen = read(TEXT.encode(written))
    assert seen.rows == ROWS
    assert seen.raw.encoding == found


def test_a_declared_encoding_is_taken(read: Any) -> None:
    text = "學校標識碼,姓名\n1,陳\n"
    columns = [
        {"name": "school_code", "type": "text", "required": True, "aliases": ["學校標識碼"]},
        {"name": "pupil", "type": "text", "required": True, "aliases": ["姓名"]},
    ]
    seen = read(text.encode("big5"), columns=columns, layout={"encoding": "big5"})
    assert seen.rows == [(2, "1", "陳")]


def test_gb18030_after_an_ascii_head(read: Any) -> None:
    lines = "school_code,pupil,remark\n" + "1,abc,x\n" * 40_000 + "2,张三,y\n"
    seen = read(lines.encode("gb18030"))
    assert seen.rows[-1] == (40_002, "2", "张三", "y")
    assert seen.raw.encoding == "gb18030"


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(TEXT.encode() + b"3,\xff\xff\xff,z\n", id="neither"),
        pytest.param(TEXT.encode() * 9000 + TEXT.encode("gb18030"), id="first UTF-8, later GB18030"),
        pytest.param(TEXT.encode("gb18030") * 9000 + b"3,\xff\xff,z\n", id="first GB18030, later neither"),
        pytest.param(TEXT.encode("utf-8-sig") + b"3,\xff\xff\xff,z\n", id="mark of UTF-8"),
        pytest.param(TEXT.encode("utf-16") + b"\x00\xd8", id="UTF-16 cut off"),
    ],
)
def test_no_encoding_fits(read: Any, content: bytes) -> None:
    with pytest.raises(InputError) as caught:
        read(content)
    assert "V01" in caught.value.line
    assert "encoding" in caught.value.line
    assert "张三" not in caught.value.line

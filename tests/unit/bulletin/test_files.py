"""The files of a bulletin: what a reader finds in them, and what happens where something is missing."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import fastexcel
import polars as pl
import pytest
import yaml

from eduplan.bulletin import paper, write
from eduplan.bulletin.charts import Charts
from eduplan.bulletin.content import Bulletin
from eduplan.bulletin.texts import load_texts, templates_folder
from eduplan.bulletin.workbook import write_workbook
from eduplan.bulletin.write import Order
from eduplan.project import Project

from .conftest import write_release

Make = Callable[..., Bulletin]
LACKS = paper.missing_for_paper()
PACKAGE = Path(paper.__file__).parent


def sheet(path: Path, name: str) -> list[dict[str, object]]:
    return fastexcel.read_excel(path).load_sheet(name, header_row=2).to_polars().to_dicts()


def test_the_workbook_has_a_sheet_a_chapter_and_those_around_them(bulletin: Make, tmp_path: Path) -> None:
    write_workbook(bulletin(), tmp_path / "b.xlsx")
    assert fastexcel.read_excel(tmp_path / "b.xlsx").sheet_names == [
        "Summary",
        "Headline indicators",
        "Districts side by side",
        "3 Pupils",
        "4 System",
        "Who is the reason",
        "What was revised",
        "Quality of the data",
        "How to read this bulletin",
    ]


def test_numbers_are_numbers_and_absent_ones_are_words(bulletin: Make, tmp_path: Path) -> None:
    write_workbook(bulletin("zh"), tmp_path / "b.xlsx")
    (teachers,) = sheet(tmp_path / "b.xlsx", "3 学生发展")
    assert (teachers["代码"], teachers["数值"], teachers["上年"], teachers["状态"]) == (
        "HLT-11",
        96.25,
        90.0,
        "✘ 未达成 2022",
    )
    assert teachers["2023"] == 90.0
    classes = {row["代码"]: row for row in sheet(tmp_path / "b.xlsx", "各区对比")}
    assert classes["HLT-11"]["西区"] == "不公布"


def test_sums_of_the_summary_are_those_of_its_chapters(bulletin: Make, tmp_path: Path) -> None:
    write_workbook(bulletin(), tmp_path / "b.xlsx")
    rows = {row["Chapter"]: row for row in sheet(tmp_path / "b.xlsx", "Summary")}
    assert (rows["Total"]["missed"], rows["Total"]["insufficient data"], rows["Total"]["Total"]) == (1, 1, 2)


def test_every_unit_behind_a_target_is_in_the_workbook(bulletin: Make, tmp_path: Path) -> None:
    write_workbook(bulletin(), tmp_path / "b.xlsx")
    rows = sheet(tmp_path / "b.xlsx", "Who is the reason")
    assert [row["Name"] for row in rows if row["Level"] == "school"] == [f"第{n}小学" for n in reversed(range(9))]


def test_every_text_is_there_in_both_languages_and_every_text_is_used(project: Project) -> None:
    folder = templates_folder(project)
    known = yaml.safe_load((folder / "texts.yml").read_text(encoding="utf-8"))
    assert [key for key, both in known.items() if set(both) != {"en", "zh"} or not all(both.values())] == []
    sources = [path.read_text(encoding="utf-8") for path in (*folder.glob("*.j2"), *PACKAGE.rglob("*.py"))]
    asked = {
        key
        for source in sources
        for key in re.findall(r"\b(?:t|texts)\('([a-z_]+(?:\.[A-Za-z]+)?)'[,)]", source.replace('"', "'"))
    }
    assert asked
    assert asked - set(load_texts(folder, "en").texts) == set()
    whole = "\n".join(sources)
    assert [key for key in known if "." not in key and f"{key}" not in whole and not key.startswith("method_")] == []


def test_charts_are_bounded_and_speak_the_language(bulletin: Make) -> None:
    charts = Charts(bulletin("zh"))
    assert "学生发展" in charts.statuses
    assert "心理教师配备率" in charts.headlines
    assert "96.3%" in charts.headlines
    assert charts.chapter(bulletin("zh").chapters[1]) == ""  # nothing there is off its path


@pytest.mark.skipif(bool(LACKS), reason=LACKS)
@pytest.mark.parametrize(
    ("lang", "words"),
    [
        (
            "en",
            ["Demo City", "Progress of the education plan", "school year 2024-25", "Mental-health teachers", "missed"],
        ),
        ("zh", ["示范市", "教育发展规划实施监测通报", "2024-25 学年", "心理教师配备率", "未达成", "不公布"]),
    ],
)
def test_the_pdf_can_be_read(bulletin: Make, project: Project, tmp_path: Path, lang: str, words: list[str]) -> None:
    import pypdf

    paper.write_pdf(bulletin(lang), project, tmp_path / "b.pdf")
    read = pypdf.PdfReader(tmp_path / "b.pdf")
    text = re.sub(r"\s+", " ", " ".join(page.extract_text() for page in read.pages))
    assert [word for word in words if word not in text] == []
    assert "2026-11-23T030000-1a2b3c4d" in text
    fonts = {str(font["/BaseFont"]) for page in read.pages for font in _fonts(page)}
    assert any(
        name.replace(" ", "-").replace("-", "") in "".join(fonts).replace("-", "")
        for name in ("NotoSansCJK", "SourceHanSans", "WenQuanYi", "DroidSansFallback")
    )


def _fonts(page: object) -> list[dict[str, object]]:
    resources = page["/Resources"]  # type: ignore[index]
    return [font.get_object() for font in resources.get("/Font", {}).values()]


def test_without_libraries_the_workbook_is_written_and_the_way_out_is_told(
    database: Path, project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paper, "missing_for_paper", lambda: f"no libraries (Debian: {paper.INSTALL})")
    done = write._write(Order(project, database, _folder(tmp_path)), "zh")
    assert [file.name for file in done.files] == ["bulletin.zh.xlsx"]
    assert "apt-get install" in done.notices[0]
    assert "eduplan bulletin" in done.notices[0]


def test_a_font_is_missed_where_there_is_none(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(shutil, "which", lambda _: None)
    monkeypatch.setattr(paper, "_FONT_FOLDERS", (str(tmp_path),))
    assert not paper.has_chinese_font()
    (tmp_path / "wqy-microhei.ttc").touch()
    assert paper.has_chinese_font()


def test_a_release_without_indicators_has_no_bulletin(project: Project, tmp_path: Path) -> None:
    empty = write_release(tmp_path / "empty.duckdb", indicators=False)
    assert write._write(Order(project, empty, _folder(tmp_path)), "en").files == ()


def test_a_bulletin_that_fails_is_left_out_and_does_not_stop_the_release(
    database: Path, project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(order: Order, languages: object) -> write.Written:
        (order.folder / "half.pdf").touch()
        raise KeyError("field")

    monkeypatch.setattr(write, "write_bulletin", fail)
    folder = _folder(tmp_path)
    with write.bulletin_meanwhile(Order(project, database, folder), ["zh", "en"]) as left_out:
        pass
    assert "the bulletin was left out" in left_out()[0]
    assert not folder.exists()


def test_what_was_revised_is_read_from_the_release_before(database: Path, project: Project, tmp_path: Path) -> None:
    old = write_release(tmp_path / "old.duckdb")
    import duckdb

    with duckdb.connect(str(old)) as connection:
        connection.execute(
            "update plan.indicator_values set obs_value = 89 where obs_value = 90 and ref_area = '990100'"
        )
    found = write._revised(Order(project, database, tmp_path, previous=("x", old)))
    assert isinstance(found, pl.DataFrame)
    assert found.select("indicator", "time_period", "old_value", "new_value").rows() == [
        ("HLT-11", "2023-24", 89.0, 90.0)
    ]


def _folder(tmp_path: Path) -> Path:
    folder = tmp_path / "out"
    folder.mkdir()
    return folder

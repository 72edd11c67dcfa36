"""The files of a bulletin: what a reader finds in them, and what happens where something is missing."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import duckdb
import fastexcel
import polars as pl
import pytest
import yaml

from eduplan.bulletin import paper, write
from eduplan.bulletin.charts import Charts
from eduplan.bulletin.content import Bulletin
from eduplan.bulletin.fonts import families
from eduplan.bulletin.texts import load_texts, templates_folder
from eduplan.bulletin.workbook import write_workbook
from eduplan.bulletin.write import Order
from eduplan.errors import DeclarationError
from eduplan.project import Project
from eduplan.words.rounding import FEWER_DECIMALS

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


def test_a_number_of_the_workbook_has_the_decimals_in_which_it_is_told(
    bulletin: Make, database: Path, tmp_path: Path
) -> None:
    with duckdb.connect(str(database)) as connection:
        connection.execute("update plan.indicator_values set decimals = -1 where reference_year = 2023")
    write_workbook(bulletin(), tmp_path / "b.xlsx")
    with zipfile.ZipFile(tmp_path / "b.xlsx") as book:
        formats = set(re.findall('formatCode="([^"]*)"', book.read("xl/styles.xml").decode()))
        texts = book.read("xl/sharedStrings.xml").decode()
    assert {"#,##0", "#,##0.0"} <= formats
    assert not {each for each in formats if each.endswith(".")}
    assert texts.count(FEWER_DECIMALS.en) == 1  # the one scorecard with such a value has it, and no other sheet


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
    sources = [path.read_text(encoding="utf-8") for path in (*folder.glob("*.typ"), *PACKAGE.rglob("*.py"))]
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
    statuses, headlines = charts.statuses, charts.headlines
    assert statuses is not None
    assert headlines is not None
    assert "学生发展" in statuses.svg
    assert statuses.says == "指标、学生发展：1 未达成；指标、教育体系：1 数据不足"
    assert "心理教师配备率" in headlines.svg
    assert "96.3%" in headlines.svg
    assert headlines.says == "心理教师配备率由 2023 年的 90.0 变为 2024-25 的 96.3%"
    assert charts.chapter(bulletin("zh").chapters[1]) is None  # nothing there is off its path


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
    assert any(name in "".join(fonts) for name in ("NotoSansCJK", "SourceHanSans", "WenQuanYi", "DroidSansFallback"))


def _fonts(page: object) -> list[dict[str, object]]:
    resources = page["/Resources"]  # type: ignore[index]
    return [font.get_object() for font in resources.get("/Font", {}).values()]


@pytest.mark.skipif(bool(LACKS), reason=LACKS)
@pytest.mark.parametrize(
    ("lang", "language", "chapters"),
    [
        ("en", "en-GB", ["Summary", "Headline indicators", "Districts side by side", "3 Pupils", "4 System"]),
        ("zh", "zh-CN", ["总体情况", "核心指标", "各区对比", "3 学生发展", "4 教育体系"]),
    ],
)
def test_the_pdf_can_be_read_aloud_and_leafed_through(
    bulletin: Make, project: Project, tmp_path: Path, lang: str, language: str, chapters: list[str]
) -> None:
    import pypdf

    made = bulletin(lang)
    paper.write_pdf(made, project, tmp_path / "b.pdf")
    read = pypdf.PdfReader(tmp_path / "b.pdf")
    root = read.trailer["/Root"]
    assert (root["/Lang"], root["/MarkInfo"]["/Marked"]) == (language, True)
    assert b"pdfuaid:part>1<" in root["/Metadata"].get_data()
    assert read.metadata is not None
    assert read.metadata.title == f"{made.material.city_name[made.lang]} · {made.texts('title')} · 2024-25"
    assert [entry.title for entry in read.outline if not isinstance(entry, list)][:5] == chapters
    figures = {str(tag["/Alt"]) for tag in _tags(root["/StructTreeRoot"]) if tag.get("/S") == "/Figure"}
    charts = Charts(made)
    drawn = (charts.statuses, charts.headlines, charts.chapter(made.chapters[0]))
    assert figures == {chart.says for chart in drawn if chart}
    headings = [tag for tag in _tags(root["/StructTreeRoot"]) if tag.get("/S") == "/TH"]
    assert len(headings) > len(made.chapters) * 8


def _tags(tag: object) -> list[dict[str, object]]:
    """All tags below one."""
    inner = tag.get("/K", [])  # type: ignore[attr-defined]
    below = [each.get_object() for each in (inner if isinstance(inner, list) else [inner])]
    below = [each for each in below if isinstance(each, dict)]
    return below + [each for one in below for each in _tags(one)]


@pytest.mark.skipif(bool(LACKS), reason=LACKS)
def test_the_same_release_gives_the_same_bytes(bulletin: Make, project: Project, tmp_path: Path) -> None:
    for name in ("one", "two"):
        paper.write_pdf(bulletin(), project, tmp_path / f"{name}.pdf")
        write_workbook(bulletin(), tmp_path / f"{name}.xlsx")
    assert (tmp_path / "one.pdf").read_bytes() == (tmp_path / "two.pdf").read_bytes()
    assert (tmp_path / "one.xlsx").read_bytes() == (tmp_path / "two.xlsx").read_bytes()


@pytest.mark.skipif(bool(LACKS), reason=LACKS)
def test_names_come_out_as_they_are_whatever_they_mean_to_typst(
    bulletin: Make, project: Project, tmp_path: Path
) -> None:
    made = bulletin()
    name = """#panic("no") *a* _b_ $x$ <c> @d [e] \\f `g` "h" 'i' // j = k - l + m ~ n -- o https://p {q}"""
    lines = [replace(line, name=name) for line in made.headlines]
    paper.write_pdf(
        replace(made, headlines=lines, districts=dict.fromkeys(made.districts, name)), project, tmp_path / "b.pdf"
    )
    text = " ".join(_text(tmp_path / "b.pdf").split())
    # In the scorecard of headlines, beside their chart, and at the head of each column of districts.
    assert text.count('#panic("no")') > len(lines) + len(made.districts)
    assert name in text


@pytest.mark.skipif(bool(LACKS), reason=LACKS)
def test_a_long_table_has_its_heading_on_every_page(bulletin: Make, project: Project, tmp_path: Path) -> None:
    import pypdf

    made = bulletin()
    long_one = replace(made, headlines=made.headlines[:1] * 90, side_by_side=made.side_by_side[:1] * 90)
    paper.write_pdf(long_one, project, tmp_path / "b.pdf")
    pages = [page.extract_text() for page in pypdf.PdfReader(tmp_path / "b.pdf").pages]
    long = [page for page in pages if page.count("HLT-11") > 5]
    assert len(long) > 2
    assert [page for page in long if "Coverage" not in page or "Headline indicators" not in page] == []


def _text(path: Path) -> str:
    import pypdf

    return "\n".join(page.extract_text() for page in pypdf.PdfReader(path).pages)


def test_without_a_font_the_workbook_is_written_and_the_way_out_is_told(
    database: Path, project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paper, "installed_fonts", lambda: SimpleNamespace(families=lambda: ["DejaVu Sans Mono"]))
    done = write.write_bulletin(Order(project, database, tmp_path / "out"), ["zh", "en"])
    assert [file.name for file in done.files] == ["bulletin.zh.xlsx", "bulletin.en.xlsx"]
    (notice,) = done.notices
    assert "apt-get install fonts-noto-cjk" in notice
    assert "eduplan bulletin" in notice


@pytest.mark.parametrize(
    ("installed", "expected"),
    [
        (["DejaVu Sans Mono", "Libertinus Serif"], []),
        (
            ["DejaVu Sans", "Noto Sans CJK SC", "Noto Serif CJK SC", "WenQuanYi Zen Hei"],
            ["Noto Sans CJK SC", "DejaVu Sans"],
        ),
        (["DejaVu Sans Mono", "WenQuanYi Micro Hei"], ["WenQuanYi Micro Hei", "DejaVu Sans Mono"]),
        (["Droid Sans Fallback", "DejaVu Sans"], ["DejaVu Sans", "Droid Sans Fallback", "DejaVu Sans"]),
    ],
)
def test_a_bulletin_is_set_in_the_best_family_there_is(installed: list[str], expected: list[str]) -> None:
    assert families(installed) == expected


@pytest.mark.skipif(bool(LACKS), reason=LACKS)
def test_a_template_that_fails_is_told_with_its_line(tmp_path: Path) -> None:
    (tmp_path / paper.TEMPLATE).write_text("#let a = 1\n#a.nothing\n", encoding="utf-8")
    with pytest.raises(DeclarationError, match=r"bulletin\.typ:2: the page cannot be laid out"):
        paper.laid_out({}, tmp_path, datetime(2026, 11, 28, tzinfo=UTC))


def test_a_release_without_indicators_has_no_bulletin(project: Project, tmp_path: Path) -> None:
    empty = write_release(tmp_path / "empty.duckdb", indicators=False)
    folder = tmp_path / "out"
    assert write.write_bulletin(Order(project, empty, folder), ["en"]).files == ()
    assert not folder.exists()


class Panic(BaseException):
    """What a library that is not Python raises."""


@pytest.mark.parametrize("error", [KeyError("field"), Panic()])
def test_a_bulletin_that_fails_is_left_out_and_does_not_stop_the_release(
    database: Path, project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    def fail(order: Order, languages: object) -> write.Written:
        (order.folder / "half.pdf").touch()
        raise error

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

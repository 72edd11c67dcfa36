"""The page of the bulletin and of everything else that a release can be read in.

Belongs here: which files there are to take away. Does not belong here: writing any of them.

This page is written last, when it is known which files the release has.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import duckdb

from eduplan.project import Project
from eduplan.site.reading import ReleaseReader
from eduplan.site.wording import Text

_LANGUAGES = {"zh": Text("In Chinese", "中文版"), "en": Text("In English", "英文版")}
_DATA = {
    "marts.duckdb": Text("Every table in one DuckDB file", "全部数据表（单一 DuckDB 文件）"),
    "datapackage.json": Text("Every table and column described, for programs", "表与字段说明，供程序读取"),
    "catalogue.jsonld": Text("The release described for data catalogues", "数据目录描述"),
    "manifest.json": Text("The files of the release, and those behind it", "发布文件清单及来源文件"),
}
_LATER = ("manifest.json", "datapackage.json", "catalogue.jsonld")
"""Written after the pages, so that their size is not known yet."""


class File(NamedTuple):
    """A file to take away; ``size`` is empty where it is not known yet."""

    path: str
    text: Text
    size: str


def write_bulletin_page(
    connection: duckdb.DuckDBPyConnection, project: Project, folder: Path, bulletin: Path, *, missing: Sequence[str]
) -> None:
    """Writes the page, if the release has a site.

    Args:
        connection: The release.
        project: For its names.
        folder: The folder of the release.
        bulletin: The folder in it with the files of the bulletin.
        missing: What is not in the bulletin and why, one line each.
    """
    from eduplan.site.assets import site_sources
    from eduplan.site.build import SITE
    from eduplan.site.pages import make_renderer

    site = folder / SITE
    if not site.is_dir():
        return
    reader = ReleaseReader(connection, project)
    renderer = make_renderer(reader, site_sources(project), site)
    written = {path.name: path for path in sorted(bulletin.glob("*"))} if bulletin.is_dir() else {}
    editions = [
        {
            "lang": lang,
            "title": title,
            "files": [
                File(f"../{bulletin.name}/{name}", _edition(name), size_text(path.stat().st_size))
                for name, path in written.items()
                if f".{lang}." in name
            ],
        }
        for lang, title in _LANGUAGES.items()
    ]
    renderer.page(
        "bulletin.html",
        "bulletin.html",
        Text("Bulletin and data", "公报与数据"),
        editions=[edition for edition in editions if edition["files"]],
        missing=missing,
        data=[_data(folder, name, text) for name, text in _DATA.items() if name in _LATER or (folder / name).is_file()],
    )


def size_text(size: int) -> str:
    """A size as people read it: ``803 KB``, ``39.6 MB``."""
    return f"{max(1, round(size / 1000))} KB" if size < 1_000_000 else f"{size / 1_000_000:,.1f} MB"


def _edition(name: str) -> Text:
    if name.endswith(".pdf"):
        return Text("PDF, to read and print", "PDF，阅读与打印")
    return Text("XLSX, to calculate with", "XLSX，便于计算")


def _data(folder: Path, name: str, text: Text) -> File:
    return File(f"../{name}", text, "" if name in _LATER else size_text((folder / name).stat().st_size))

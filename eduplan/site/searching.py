"""What the search field of every page finds.

Belongs here: the entries of the index. Does not belong here: searching (``site.js``).
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote

from eduplan.declarations.contracts import Contract
from eduplan.site.districts import district_file
from eduplan.site.indicators import indicator_file
from eduplan.site.reading import ReleaseReader, split_comment
from eduplan.site.rendering import as_json
from eduplan.site.scorecard import chapter_file

Entry = tuple[tuple[str, str], str, str, str, str]

_INDICATOR, _COMMITMENT, _DISTRICT = ("indicator", "指标"), ("commitment", "承诺"), ("district", "区县")
_CHAPTER, _TABLE, _SOURCE = ("chapter", "篇章"), ("table", "数据表"), ("source", "数据源")


def entries(reader: ReleaseReader, contracts: Mapping[str, Contract]) -> list[Entry]:
    """Kind, code, both names and page of everything that can be found, the likeliest kinds first."""
    found: list[Entry] = []
    for code, row in {**reader.indicators, **reader.waiting}.items():
        found.append((_INDICATOR, code, row["name_en"], row["name_zh"], quote(indicator_file(code))))
    for code, name in reader.districts.items():
        found.append((_DISTRICT, code, name.en, name.zh, quote(district_file(code))))
    for chapter in reader.chapters.values():
        found.append((_CHAPTER, str(chapter.number), chapter.title.en, chapter.title.zh, chapter_file(chapter.chapter)))
    for row in reader.commitments:
        page = f"commitments.html#c-{row['commitment']}"
        found.append((_COMMITMENT, row["commitment"], row["label_en"], row["label_zh"], page))
    for row in reader.tables:
        text, table = split_comment(row["comment"]), row["table_name"]
        page = f"dictionary/{row['schema_name']}.html#{table}"
        found.append((_TABLE, table, text.en.split(". ")[0], text.zh.split("。")[0], page))
    for source, contract in contracts.items():
        found.append((_SOURCE, source, contract.title.en, contract.title.zh, f"dictionary/sources.html#{source}"))
    return found


def write_index(reader: ReleaseReader, site: Path, contracts: Mapping[str, Contract]) -> None:
    """Writes the index as a script, because a page from the file system may not fetch."""
    text = f"window.eduplanIndex={as_json(entries(reader, contracts))};\n"
    (site / "assets" / "search-index.js").write_text(text, encoding="utf-8")

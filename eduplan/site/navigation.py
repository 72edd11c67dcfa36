"""The pages that every page leads to.

Belongs here: the entries of the navigation, in order. Does not belong here: what stands on a page.
"""

from __future__ import annotations

from typing import NamedTuple


class Entry(NamedTuple):
    """One entry: the page's file below the site's folder, and its name in both languages."""

    file: str
    en: str
    zh: str


NAVIGATION = (
    Entry("index.html", "Scorecard", "计分卡"),
    Entry("commitments.html", "Commitments", "规划承诺"),
    Entry("districts.html", "Districts", "各区县"),
    Entry("map.html", "Map", "地图"),
    Entry("bulletin.html", "Bulletin", "公报"),
    Entry("dictionary/index.html", "Data dictionary", "数据字典"),
    Entry("quality.html", "Data quality", "数据质量"),
    Entry("sql.html", "SQL", "SQL 查询"),
)

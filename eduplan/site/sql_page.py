"""The page on which readers ask with SQL.

Belongs here: what the page knows when it is made. Does not belong here: DuckDB in the browser
(``site/assets/sql*.js``), which lists the tables itself.
"""

from __future__ import annotations

from eduplan.site.reading import ReleaseReader
from eduplan.site.rendering import Renderer
from eduplan.site.wording import Text


def write_sql_page(reader: ReleaseReader, renderer: Renderer) -> None:
    """Writes the page."""
    schemas = {
        chapter.chapter: {"en": f"{chapter.number} {chapter.title.en}", "zh": f"{chapter.number} {chapter.title.zh}"}
        for chapter in reader.chapters.values()
    }
    renderer.page("sql.html", "sql.html", Text("Ask with SQL", "SQL 查询"), schemas=schemas)

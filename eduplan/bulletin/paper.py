"""The bulletin on paper: templates become HTML, and WeasyPrint makes a PDF of it.

Belongs here: rendering, and what the machine must have for it. Does not belong here: what the bulletin says.
"""

from __future__ import annotations

import base64
import logging
import shutil
import subprocess
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from eduplan.bulletin.charts import Charts
from eduplan.bulletin.colours import BRAND, INK, MUTED, RULE, STATUS, TINT, status_colour
from eduplan.bulletin.content import COUNTED, GOOD, Bulletin, Line
from eduplan.bulletin.figures import figure, observed
from eduplan.bulletin.reading import Row
from eduplan.bulletin.revisions import Revision, revisions
from eduplan.bulletin.texts import templates_folder
from eduplan.project import Project
from eduplan.words.terms import sign

FONTS = ("Noto Sans CJK SC", "Source Han Sans SC", "WenQuanYi Micro Hei", "WenQuanYi Zen Hei")
INSTALL = "apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-noto-cjk"
_FONT_FILES = ("*CJK*", "wqy-*", "SourceHan*", "NotoSansSC*", "NotoSerifSC*", "DroidSansFallback*", "simsun*", "msyh*")
_FONT_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", "~/.fonts", "~/.local/share/fonts", "/Library/Fonts")

DISTRICTS_IN_A_TABLE = 14
REVISIONS_ON_PAPER = 40
UNITS_ON_PAPER = 6
DISTRICTS_ON_PAPER = 6


def missing_for_paper() -> str:
    """What this machine lacks for a PDF and how to get it; empty if it has everything."""
    try:
        import weasyprint  # noqa: F401
    except (ImportError, OSError):
        return f"the libraries that lay out pages are not installed (Debian: {INSTALL})"
    if not has_chinese_font():
        return "no font with Chinese characters is installed (Debian: apt-get install fonts-noto-cjk)"
    return ""


def has_chinese_font() -> bool:
    """Whether fontconfig, or a folder of fonts where its program is absent, has a font with Chinese characters."""
    program = shutil.which("fc-list")
    if program:
        found = subprocess.run([program, ":lang=zh-cn", "family"], capture_output=True, text=True, check=False)  # noqa: S603
        return bool(found.stdout.strip())
    folders = [Path(folder).expanduser() for folder in _FONT_FOLDERS]
    return any(next(folder.rglob(name), None) for folder in folders if folder.is_dir() for name in _FONT_FILES)


def write_pdf(bulletin: Bulletin, project: Project, path: Path) -> None:
    """Writes the bulletin as PDF.

    Args:
        bulletin: What it says.
        project: The project, whose own templates are used if it has some.
        path: The file.
    """
    import weasyprint

    logging.getLogger("weasyprint").setLevel(logging.ERROR)
    logging.getLogger("fontTools").setLevel(logging.ERROR)
    page = weasyprint.HTML(string=html(bulletin, project), base_url=str(templates_folder(project)))
    page.write_pdf(str(path))


def html(bulletin: Bulletin, project: Project) -> str:
    """The bulletin as one HTML document with its charts in it."""
    import jinja2

    folder = templates_folder(project)
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(folder),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"sum_of": _sum_of, "by_status": by_status, "as_image": as_image}
    texts = bulletin.texts
    whole: list[Revision] = revisions(bulletin)
    of_city = [revision for revision in whole if revision.level == "city"]
    return environment.get_template("bulletin.html.j2").render(
        b=bulletin,
        m=bulletin.material,
        t=texts,
        charts=Charts(bulletin),
        status_colour=status_colour,
        status_word=lambda status: sign(status).word(bulletin.lang),
        status_symbol=lambda status: sign(status).symbol,
        spark=spark,
        figure=figure,
        observed=observed,
        names=lambda names, most: _names(names, most, len(names), bulletin),
        units=lambda reason: _names(reason.units, UNITS_ON_PAPER, reason.units_in_all, bulletin),
        counted=COUNTED,
        good=sum(bulletin.counts[status] for status in GOOD),
        style={
            "status": STATUS,
            "tint": TINT,
            "ink": INK,
            "muted": MUTED,
            "rule": RULE,
            "brand": BRAND,
            "fonts": FONTS,
        },
        date=date_text(bulletin),
        period=period_text(bulletin),
        revised=whole,
        revised_of_city=of_city,
        revisions_shown=of_city[:REVISIONS_ON_PAPER],
        thin=[line for line in bulletin.lines if line.status == "insufficient_data"],
        district_parts=_parts(list(bulletin.districts), DISTRICTS_IN_A_TABLE),
        districts_on_paper=DISTRICTS_ON_PAPER,
        origins=origins(bulletin),
    )


def date_text(bulletin: Bulletin) -> str:
    """The date of the release as people write it in the language."""
    created, texts = bulletin.material.created_at, bulletin.texts
    month = texts("months").split()[created.month - 1]
    return texts("date", day=created.day, month=month, number=created.month, year=created.year)


def period_text(bulletin: Bulletin) -> str:
    """The period of the bulletin as people write it in the language."""
    period = bulletin.material.period
    return bulletin.texts("school_year" if "-" in period else "calendar_year", period=period)


def as_image(svg: str) -> str:
    """A drawing as the address of an image: one that stands in the document would be styled element by element."""
    return f"data:image/svg+xml;base64,{base64.b64encode(svg.encode()).decode()}" if svg else ""


def origins(bulletin: Bulletin) -> dict[str, int]:
    """How many targets and definitions have which origin; nought for an origin that none has."""
    targets = {(row["indicator"], row["target_number"]): row["target_evidence"] for row in bulletin.material.city}
    found = Counter(targets.values()) + Counter(row["evidence"] for row in bulletin.material.definitions)
    names = {"plan": "plan", "national": "national", "own": "own", "found": "found", "recalled": "recalled"}
    names |= {"seed": "seed", "design": "own design"}
    return {name: found[origin] for name, origin in names.items()}


def spark(line: Line, width: float = 64, height: float = 15) -> dict[str, Any] | None:
    """Where the points of a small line stand; years without a value leave a gap."""
    known = [(year, value) for year, value in line.trend if value is not None]
    if len(known) < 2:
        return None
    low, high = min(value for _, value in known), max(value for _, value in known)
    first, last = line.trend[0][0], line.trend[-1][0]

    def at(year: int, value: float) -> tuple[float, float]:
        x = 2 + (width - 4) * (year - first) / max(last - first, 1)
        y = height / 2 if high == low else 2 + (height - 4) * (high - value) / (high - low)
        return round(x, 1), round(y, 1)

    runs: list[list[tuple[float, float]]] = [[]]
    for year, value in line.trend:
        if value is None:
            runs.append([])
        else:
            runs[-1].append(at(year, value))
    return {"runs": [run for run in runs if run], "end": at(*known[-1]), "width": width, "height": height}


def _sum_of(statuses: Iterable[str], counts: Mapping[str, int]) -> int:
    return sum(counts.get(status, 0) for status in statuses)


def by_status(observations: Sequence[Row]) -> dict[str, int]:
    """Values by observation status over all levels, and how many there are."""
    found = Counter({"A": 0, "M": 0, "N": 0, "Q": 0})
    for row in observations:
        found[row["obs_status"]] += row["observations"]
    return {"all": found.total(), **found}


def _names(names: Sequence[str], most: int, in_all: int, bulletin: Bulletin) -> str:
    """Names in a row, no more than some; how many more there are is said."""
    texts = bulletin.texts
    if in_all and in_all == len(names) == len(bulletin.districts) and list(names) == list(bulletin.districts.values()):
        return texts("all_districts", number=in_all)
    text = texts("comma").join(names[:most])
    more = in_all - min(len(names), most)
    return text + (texts("and_more", number=more) if more > 0 else "")


def _parts(codes: Sequence[str], most: int) -> list[list[str]]:
    """Districts in tables of about equal width."""
    if not codes:
        return []
    tables = -(-len(codes) // most)
    size = -(-len(codes) // tables)
    return [list(codes[start : start + size]) for start in range(0, len(codes), size)]

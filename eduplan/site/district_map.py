"""The map of the districts: their outlines where the project has them, tiles where it has not, and a table beside.

Belongs here: what that page knows. Does not belong here: reading outlines (``eduplan.site.outlines``), or colouring
them (``map.js``).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from eduplan.errors import DeclarationError
from eduplan.indicators.tables import TOTAL
from eduplan.project import Project
from eduplan.site.districts import district_file
from eduplan.site.lines import Line, latest_of
from eduplan.site.outlines import Outlines, outlines_file, read_outlines
from eduplan.site.reading import ReleaseReader
from eduplan.site.rendering import Renderer
from eduplan.site.scorecard import grouped
from eduplan.site.wording import Text


def write_map(reader: ReleaseReader, renderer: Renderer, project: Project, lines: Sequence[Line]) -> Iterator[str]:
    """Writes the page of the map.

    Yields:
        Why the outlines are not shown, where they cannot be read: a map is not worth a morning without figures.
    """
    path = outlines_file(project)
    shapes: Outlines | None = None
    try:
        shapes = read_outlines(path, reader.districts.keys()) if path else None
    except DeclarationError as error:
        yield f"the map has tiles instead of outlines: {error.line}"
    outlined = {area.code for area in shapes.areas} if shapes else set()
    districts = [{"code": code, "name": name, "file": district_file(code)} for code, name in reader.districts.items()]
    keyed = {id(line): key for key, line in _keys([line for line in lines if _has_districts(reader, line)]).items()}
    shown = [line for line in lines if id(line) in keyed]
    renderer.page(
        "map.html",
        "map.html",
        Text("Map of the districts", "各区县地图"),
        districts=districts,
        shapes=shapes,
        tiles=[each for each in districts if each["code"] not in outlined],
        groups=[
            {"heading": group.heading, "entries": [{"key": keyed[id(line)], "line": line} for line in group.lines]}
            for group in grouped(reader, shown)
        ],
        data=[{"key": keyed[id(line)], **_entry(reader, line)} for line in shown],
    )


def _has_districts(reader: ReleaseReader, line: Line) -> bool:
    series = reader.series.get(line.indicator["indicator"], {}).get(line.part)
    return bool(series and series.districts)


def _keys(lines: Sequence[Line]) -> dict[str, Line]:
    """What a link calls a line: its code, with a number where an indicator has several."""
    found: dict[str, Line] = {}
    for line in lines:
        code, number = line.indicator["indicator"], 1
        while (key := code if number == 1 else f"{code}~{number}") in found:
            number += 1
        found[key] = line
    return found


def _entry(reader: ReleaseReader, line: Line) -> dict[str, Any]:
    """An indicator as the map needs it: for each district its value, or why there is none, and its status."""
    series = reader.series[line.indicator["indicator"]][line.part]
    values: list[Any] = []
    told: list[int | None] = []
    for code in reader.districts:
        row = latest_of(series.districts.get(code, {}))
        told.append(row["decimals"] if row else None)
        shown = None if row is None else row["obs_status"] if row["obs_value"] is None else row["obs_value"]
        values.append(round(shown, 6) if isinstance(shown, float) else shown)
    indicator = line.indicator
    return {
        "unit": indicator["unit"] if indicator["unit"] in ("%", "‰") else "",
        "decimals": indicator["decimals"],
        "period": line.row["time_period"],
        "city": line.row["obs_value"] if all(part == TOTAL for part in line.part) else None,
        "cityTold": line.row["decimals"],
        "values": values,
        "told": told,
        "statuses": [line.districts.get(code) for code in reader.districts],
    }

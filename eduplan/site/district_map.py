"""The map of the districts: their outlines where the project has them, and tiles where it has not.

Belongs here: what that page knows. Does not belong here: colouring it (``map.js``).
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from eduplan.errors import DeclarationError
from eduplan.indicators.tables import DIMENSIONS, TOTAL
from eduplan.project import Project
from eduplan.site.districts import district_file
from eduplan.site.lines import Line, latest_of
from eduplan.site.reading import ReleaseReader
from eduplan.site.rendering import Renderer
from eduplan.site.scorecard import grouped
from eduplan.site.wording import Text

Ring = list[tuple[float, float]]

OUTLINES = "areas.geojson"
"""File in ``plan/`` with a feature a district; one of its properties is the district's code."""

_WIDTH = 960.0
_CODES = ("ref_area", "code", "division_code", "adcode", "gb", "id")


def write_map(reader: ReleaseReader, renderer: Renderer, project: Project, lines: Sequence[Line]) -> None:
    """Writes the page of the map."""
    path = project.plan / OUTLINES
    shapes = read_shapes(path, set(reader.districts)) if path.is_file() else None
    shown = [line for line in lines if _has_districts(reader, line)]
    renderer.page(
        "map.html",
        "map.html",
        Text("Map of the districts", "各区县地图"),
        districts=[
            {"code": code, "name": name, "file": district_file(code)} for code, name in reader.districts.items()
        ],
        shapes=shapes,
        groups=[
            {
                "heading": group.heading,
                "entries": [{"place": shown.index(line), "line": line} for line in group.lines],
            }
            for group in grouped(reader, shown)
        ],
        data=[_entry(reader, line) for line in shown],
    )


def _has_districts(reader: ReleaseReader, line: Line) -> bool:
    series = reader.series.get(line.indicator["indicator"], {}).get(line.part)
    return bool(series and series.districts)


def _entry(reader: ReleaseReader, line: Line) -> dict[str, Any]:
    """An indicator as the map needs it: for each district its value, or why there is none, and its status."""
    series = reader.series[line.indicator["indicator"]][line.part]
    values: list[Any] = []
    for code in reader.districts:
        row = latest_of(series.districts.get(code, {}))
        shown = None if row is None else row["obs_status"] if row["obs_value"] is None else row["obs_value"]
        values.append(round(shown, 6) if isinstance(shown, float) else shown)
    indicator = line.indicator
    return {
        "code": indicator["indicator"],
        "unit": indicator["unit"] if indicator["unit"] in ("%", "‰") else "",
        "decimals": indicator["decimals"],
        "direction": indicator["direction"],
        "period": line.row["time_period"],
        "city": line.row["obs_value"] if all(part == TOTAL for part in line.part[: len(DIMENSIONS)]) else None,
        "values": values,
        "statuses": [line.districts.get(code) for code in reader.districts],
    }


def read_shapes(path: Path, known: set[str]) -> dict[str, Any]:
    """Outlines as paths of an SVG.

    Longitudes are narrowed by the cosine of the middle latitude, which is right enough for a city.

    Args:
        path: A GeoJSON file with polygons in degrees.
        known: Codes of the districts.

    Raises:
        DeclarationError: The file is not valid, or none of its features is a district.
    """
    try:
        features = json.loads(path.read_text(encoding="utf-8"))["features"]
        rings = {code: list(_rings(feature["geometry"])) for feature in features for code in _code(feature, known)}
    except (ValueError, KeyError, TypeError) as error:
        raise DeclarationError("is not a GeoJSON file with polygons", where=str(path)) from error
    if not rings:
        raise DeclarationError(
            "no feature is a district", where=str(path), remedy=f"give each feature one of {', '.join(_CODES)}"
        )
    points = [point for of_area in rings.values() for ring in of_area for point in ring]
    left, right = min(x for x, _ in points), max(x for x, _ in points)
    bottom, top = min(y for _, y in points), max(y for _, y in points)
    narrow = math.cos(math.radians((bottom + top) / 2))
    scale = _WIDTH / max((right - left) * narrow, 1e-9)

    def placed(ring: Ring) -> list[tuple[float, float]]:
        return [((x - left) * narrow * scale, (top - y) * scale) for x, y in ring]

    areas = []
    for code, of_area in rings.items():
        shown = [placed(ring) for ring in of_area]
        outline = "".join("M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in ring) + "Z" for ring in shown)
        largest = max(shown, key=lambda ring: abs(_area(ring)))
        areas.append({"code": code, "outline": outline, "middle": _middle(largest)})
    return {"width": _WIDTH, "height": round((top - bottom) * scale, 1), "areas": areas}


def _code(feature: dict[str, Any], known: set[str]) -> list[str]:
    properties = {**(feature.get("properties") or {}), "id": feature.get("id")}
    return [str(properties[name]) for name in _CODES if str(properties.get(name)) in known][:1]


def _rings(geometry: dict[str, Any]) -> Iterator[Ring]:
    polygons = [geometry["coordinates"]] if geometry["type"] == "Polygon" else geometry["coordinates"]
    for polygon in polygons:
        for ring in polygon:
            yield [(float(point[0]), float(point[1])) for point in ring]


def _area(ring: Ring) -> float:
    return sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in zip(ring, ring[1:] + ring[:1], strict=True)) / 2


def _middle(ring: Ring) -> tuple[float, float]:
    """The centre of mass of a ring, for its label."""
    area = _area(ring) or 1e-9
    pairs = list(zip(ring, ring[1:] + ring[:1], strict=True))
    x = sum((x1 + x2) * (x1 * y2 - x2 * y1) for (x1, y1), (x2, y2) in pairs) / (6 * area)
    y = sum((y1 + y2) * (x1 * y2 - x2 * y1) for (x1, y1), (x2, y2) in pairs) / (6 * area)
    return round(x, 1), round(y, 1)

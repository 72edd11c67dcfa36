"""Outlines of districts: from a GeoJSON file to paths of an SVG.

Belongs here: where the file lies, and reading it. Does not belong here: the page that shows them
(``eduplan.site.district_map``).
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eduplan.errors import DeclarationError
from eduplan.project import Project

Point = tuple[float, float]
Ring = list[Point]

OUTLINES = "areas.geojson"
"""File with a feature a district, in degrees of WGS 84; one of its properties is the district's code."""

CODES = ("division_code", "ref_area", "code", "adcode", "gb", "id")
"""Properties that may hold the code, the likeliest first."""

WIDTH = 960.0


@dataclass(frozen=True)
class Outline:
    """A district as it is drawn.

    Attributes:
        code: Its code.
        path: Its rings, as the path of an SVG.
        middle: Where its label stands.
    """

    code: str
    path: str
    middle: Point


@dataclass(frozen=True)
class Outlines:
    """The districts as they are drawn, on a ground of ``WIDTH`` by ``height``."""

    height: float
    areas: list[Outline]
    width: float = WIDTH


def outlines_file(project: Project) -> Path | None:
    """The file of the data folder, or else that of the plan; nothing where there is neither."""
    places = (project.data / OUTLINES, project.plan / OUTLINES)
    return next((path for path in places if path.is_file()), None)


def read_outlines(path: Path, known: Set[str]) -> Outlines:
    """Reads the outlines of districts.

    Longitudes are narrowed by the cosine of the middle latitude, which is right enough for a city.

    Args:
        path: A GeoJSON file with polygons in degrees.
        known: Codes of the districts.

    Raises:
        DeclarationError: The file is not GeoJSON with polygons in degrees, or none of its features is a district.
    """
    try:
        features = json.loads(path.read_text(encoding="utf-8-sig"))["features"]
        rings = {code: list(_rings(feature["geometry"])) for feature in features for code in _code(feature, known)}
    except (ValueError, LookupError, TypeError) as error:
        raise DeclarationError(
            "is not a GeoJSON file with polygons", where=str(path), remedy="export the districts as GeoJSON"
        ) from error
    if not rings:
        raise DeclarationError(
            "no feature is a district of the release",
            where=str(path),
            remedy=f"give each feature its division code as {', '.join(CODES[:-1])} or {CODES[-1]}",
        )
    points = [point for of_area in rings.values() for ring in of_area for point in ring]
    if any(abs(x) > 180 or abs(y) > 90 for x, y in points):
        raise DeclarationError("its coordinates are not degrees", where=str(path), remedy="export it as WGS 84")
    return _placed(rings, points)


def _placed(rings: Mapping[str, list[Ring]], points: list[Point]) -> Outlines:
    left, right = min(x for x, _ in points), max(x for x, _ in points)
    bottom, top = min(y for _, y in points), max(y for _, y in points)
    narrow = math.cos(math.radians((bottom + top) / 2))
    scale = WIDTH / max((right - left) * narrow, 1e-9)
    areas = []
    for code, of_area in rings.items():
        shown = [[((x - left) * narrow * scale, (top - y) * scale) for x, y in ring] for ring in of_area]
        path = "".join("M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in ring) + "Z" for ring in shown)
        largest = max(shown, key=lambda ring: abs(_area(ring)))
        areas.append(Outline(code, path, _middle(largest)))
    return Outlines(round((top - bottom) * scale, 1), areas)


def _code(feature: dict[str, Any], known: Set[str]) -> list[str]:
    properties = {**(feature.get("properties") or {}), "id": feature.get("id")}
    return [str(properties[name]) for name in CODES if str(properties.get(name)) in known][:1]


def _rings(geometry: dict[str, Any]) -> Iterator[Ring]:
    polygons = [geometry["coordinates"]] if geometry["type"] == "Polygon" else geometry["coordinates"]
    for polygon in polygons:
        for ring in polygon:
            yield [(float(point[0]), float(point[1])) for point in ring]


def _area(ring: Ring) -> float:
    return sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in zip(ring, ring[1:] + ring[:1], strict=True)) / 2


def _middle(ring: Ring) -> Point:
    """The centre of mass of a ring, for its label."""
    area = _area(ring) or 1e-9
    pairs = list(zip(ring, ring[1:] + ring[:1], strict=True))
    x = sum((x1 + x2) * (x1 * y2 - x2 * y1) for (x1, y1), (x2, y2) in pairs) / (6 * area)
    y = sum((y1 + y2) * (x1 * y2 - x2 * y1) for (x1, y1), (x2, y2) in pairs) / (6 * area)
    return round(x, 1), round(y, 1)

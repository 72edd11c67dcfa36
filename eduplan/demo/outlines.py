"""Outlines of the invented districts, as a bureau's GIS would export them: GeoJSON in degrees of WGS 84.

Belongs here: the shapes. Does not belong here: what the site draws of them (``eduplan.site.outlines``).

Every district is the ground nearest to its seat. A border between two districts is bent once and used by both, so that
they touch without gaps. The place is open ocean: no real ground has these shapes.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from eduplan.demo.arrays import stream
from eduplan.demo.city import DISTRICTS, District

Points = NDArray[np.float64]

_LONGITUDE, _LATITUDE = 170.0, 30.0
_DEGREES = 0.11
"""Degrees of a unit of the plane in which the seats lie."""

_SEATS = np.array(
    [
        (0.2, 0.3), (2.0, -0.4), (-1.7, 0.9), (-0.4, -1.7), (2.3, 1.8), (6.4, -0.6),
        (-4.8, 2.2), (-4.2, -2.6), (-8.6, -0.6), (1.2, 4.4), (6.0, 4.6), (1.6, -5.0),
    ]
)  # fmt: skip
"""Where the districts lie, in their order: the dense ones in the middle, the counties around them."""

_OUTSIDE, _REACH = 22, (13.0, 9.5)
"""Points around the city, whose ground is not the city's, and how far away they lie."""

_BENDS, _ROUGHNESS = 4, 0.13
_ISLETS = {"990111": ((9.1, 6.6, 0.5), (8.7, 7.9, 0.3)), "990106": ((10.4, -2.0, 0.45),)}
"""Middle and radius of the islets that belong to a county by the sea."""


def write_outlines(path: Path, *, year: int, seed: int = 1) -> None:
    """Writes one feature a district, with the codes and names of a year.

    Args:
        path: The file.
        year: Calendar year.
        seed: The seed of the city.
    """
    features = [
        {
            "type": "Feature",
            "properties": {"division_code": district.code_in(year), "name": district.name_in(year)[0]},
            "geometry": {"type": "MultiPolygon", "coordinates": [[_degrees(ring)] for ring in rings]},
        }
        for district, rings in zip(DISTRICTS, _rings(seed), strict=True)
    ]
    path.parent.mkdir(parents=True, exist_ok=True)
    collection = {"type": "FeatureCollection", "features": features}
    path.write_text(json.dumps(collection, ensure_ascii=False) + "\n", encoding="utf-8")


def _rings(seed: int) -> Iterator[list[Points]]:
    """For each district the ring of its land, then those of its islets."""
    from scipy.spatial import Voronoi

    angles = np.linspace(0, 2 * np.pi, _OUTSIDE, endpoint=False)
    reach = np.array(_REACH) * (1 + 0.14 * stream(seed, "outlines").standard_normal((_OUTSIDE, 1)))
    ground = Voronoi(np.vstack([_SEATS, reach * np.column_stack([np.cos(angles), np.sin(angles)])]))
    for place, district in enumerate(DISTRICTS):
        corners = [int(corner) for corner in ground.regions[ground.point_region[place]]]
        borders = [_border(ground.vertices, first, last, seed) for first, last in pairwise([*corners, corners[0]])]
        land = np.vstack([border[:-1] for border in borders])
        yield [_anticlockwise(land), *_islets(district, seed)]


def _border(vertices: Points, first: int, last: int, seed: int) -> Points:
    """The line between two corners, bent again and again at its middle; the same one from either side."""
    low, high = min(first, last), max(first, last)
    random = stream(seed, "outlines", low, high)
    line = vertices[[low, high]]
    for _ in range(_BENDS):
        along = np.diff(line, axis=0)
        across = np.column_stack([-along[:, 1], along[:, 0]])
        bent = (line[:-1] + line[1:]) / 2 + across * random.uniform(-_ROUGHNESS, _ROUGHNESS, (len(along), 1))
        longer = np.empty((2 * len(line) - 1, 2))
        longer[::2], longer[1::2] = line, bent
        line = longer
    return line if first == low else line[::-1]


def _islets(district: District, seed: int) -> list[Points]:
    rings = []
    for place, (x, y, radius) in enumerate(_ISLETS.get(district.code, ())):
        angles = np.linspace(0, 2 * np.pi, 14, endpoint=False)
        reach = radius * (1 + 0.25 * stream(seed, "islet", district.code, place).uniform(-1, 1, 14))
        rings.append(np.column_stack([x + reach * np.cos(angles), y + reach * np.sin(angles)]))
    return rings


def _anticlockwise(ring: Points) -> Points:
    """A ring in the direction that GeoJSON asks of the outer ones."""
    x, y = ring.T
    area = np.sum(x * np.roll(y, -1) - np.roll(x, -1) * y)
    return ring if area > 0 else ring[::-1]


def _degrees(ring: Points) -> list[list[float]]:
    """A closed ring of longitudes and latitudes; a ten-thousandth of a degree is some ten metres."""
    narrow = np.cos(np.radians(_LATITUDE))
    placed = np.column_stack([_LONGITUDE + ring[:, 0] * _DEGREES / narrow, _LATITUDE + ring[:, 1] * _DEGREES])
    closed: list[list[float]] = np.vstack([placed, placed[:1]]).round(4).tolist()
    return closed

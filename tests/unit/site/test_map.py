"""Outlines of districts become paths of an SVG."""

from __future__ import annotations

import json
import math

import pytest

from eduplan.errors import DeclarationError
from eduplan.site.district_map import read_shapes


def square(code: str, left: float, bottom: float) -> dict:
    ring = [[left, bottom], [left + 1, bottom], [left + 1, bottom + 1], [left, bottom + 1], [left, bottom]]
    return {"properties": {"code": code}, "geometry": {"type": "Polygon", "coordinates": [ring]}}


def test_outlines_keep_their_proportions(tmp_path):
    path = tmp_path / "areas.geojson"
    path.write_text(json.dumps({"features": [square("1", 120, 29), square("2", 121, 29), square("9", 150, 0)]}))
    shapes = read_shapes(path, {"1", "2"})
    assert [area["code"] for area in shapes["areas"]] == ["1", "2"]
    assert shapes["height"] == pytest.approx(960 / (2 * math.cos(math.radians(29.5))), abs=0.1)
    first, second = shapes["areas"]
    assert first["outline"].startswith("M0.0 ")
    assert first["middle"] == (240.0, pytest.approx(shapes["height"] / 2, abs=0.2))
    assert second["middle"][0] == 720.0


@pytest.mark.parametrize("text", ["{", "{}", '{"features": [{"geometry": {"type": "Point", "coordinates": [1, 2]}}]}'])
def test_a_file_without_outlines_of_districts_is_refused(tmp_path, text):
    path = tmp_path / "areas.geojson"
    path.write_text(text)
    with pytest.raises(DeclarationError):
        read_shapes(path, {"1"})


def test_a_map_with_outlines_is_drawn_beside_its_tiles(make_site, tmp_path):
    site = make_site()
    (tmp_path / "plan" / "areas.geojson").write_text(json.dumps({"features": [square("990101", 120, 29)]}))
    site.write()
    text = site.text("map.html")
    assert '<a href="district/990101.html" data-area="990101">' in text
    assert 'data-tile="990102"' in text

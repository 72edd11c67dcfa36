"""Outlines of districts become paths of an SVG; where there are none, the map has tiles."""

from __future__ import annotations

import json
import math
import re
from itertools import pairwise

import pytest

from eduplan.demo.city import DISTRICTS
from eduplan.demo.outlines import write_outlines
from eduplan.errors import DeclarationError
from eduplan.site.outlines import read_outlines


def square(code: str, left: float, bottom: float, name: str = "code") -> dict:
    ring = [[left, bottom], [left + 1, bottom], [left + 1, bottom + 1], [left, bottom + 1], [left, bottom]]
    return {"properties": {name: code}, "geometry": {"type": "Polygon", "coordinates": [ring]}}


def write(path, *features):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"features": features}))
    return path


def test_outlines_keep_their_proportions(tmp_path):
    path = write(tmp_path / "areas.geojson", square("1", 120, 29), square("2", 121, 29), square("9", 150, 0))
    shapes = read_outlines(path, {"1", "2"})
    assert [area.code for area in shapes.areas] == ["1", "2"]
    assert shapes.height == pytest.approx(960 / (2 * math.cos(math.radians(29.5))), abs=0.1)
    first, second = shapes.areas
    assert first.path.startswith("M0.0 ")
    assert first.middle == (240.0, pytest.approx(shapes.height / 2, abs=0.2))
    assert second.middle[0] == 720.0


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{", "is not a GeoJSON file"),
        ("{}", "is not a GeoJSON file"),
        ('{"features": [{"geometry": {"type": "Point", "coordinates": [1, 2]}}]}', "no feature is a district"),
        ('{"features": [{"id": 1, "geometry": {"type": "Point", "coordinates": [1, 2]}}]}', "is not a GeoJSON file"),
        (json.dumps({"features": [square("2", 120, 29)]}), "no feature is a district"),
        (json.dumps({"features": [square("1", 13_358_338, 3_503_549)]}), "not degrees"),
    ],
)  # fmt: skip
def test_a_file_without_outlines_of_districts_is_refused(tmp_path, text, says):
    path = tmp_path / "areas.geojson"
    path.write_text(text)
    with pytest.raises(DeclarationError, match=says):
        read_outlines(path, {"1"})


def test_districts_with_an_outline_stand_on_the_map_and_the_others_on_tiles(make_site):
    site = make_site()
    write(site.project.plan / "areas.geojson", square("990101", 120, 29, "division_code"))
    assert site.write().notices == []
    text = site.text("map.html")
    assert 'data-area="990101"' in text
    assert 'data-tile="990101"' not in text
    assert 'data-tile="990102"' in text
    assert re.findall(r'<tr data-line="(\d+)"', text) == ["990101", "990102", "990103", "990104"]


def test_the_outlines_of_the_data_folder_come_before_those_of_the_plan(make_site):
    site = make_site()
    write(site.project.plan / "areas.geojson", square("990101", 120, 29))
    write(site.project.data / "areas.geojson", square("990102", 120, 29))
    site.write()
    assert re.findall(r'data-area="(\d+)"', site.text("map.html")) == ["990102"]


def test_outlines_that_cannot_be_read_leave_tiles_and_a_notice(make_site):
    site = make_site()
    write(site.project.data / "areas.geojson")
    (notice,) = site.write().notices
    assert "no feature is a district" in notice
    assert "areas.geojson" in notice
    assert site.text("map.html").count("data-tile=") == 4
    assert "<svg viewBox=" not in site.text("map.html").split("<main", 1)[1]


def test_the_demo_city_has_outlines_that_touch_without_gaps(tmp_path):
    path = tmp_path / "areas.geojson"
    write_outlines(path, year=2025)
    features = json.loads(path.read_text())["features"]
    codes = [feature["properties"]["division_code"] for feature in features]
    assert codes == [district.code_in(2025) for district in DISTRICTS]
    assert [area.code for area in read_outlines(path, set(codes)).areas] == codes
    lands = [[tuple(point) for point in feature["geometry"]["coordinates"][0][0]] for feature in features]
    assert all(land[0] == land[-1] for land in lands)
    edges = [{frozenset(pair) for pair in pairwise(land)} for land in lands]
    # Every border is drawn alike from both sides, and one can walk from any district to any other.
    reached, waiting = set(), [0]
    while waiting:
        here = waiting.pop()
        reached.add(here)
        waiting += [there for there in range(len(lands)) if there not in reached and edges[here] & edges[there]]
    assert reached == set(range(12))
    assert [sum(edge in each for each in edges) for edge in set.union(*edges)].count(3) == 0

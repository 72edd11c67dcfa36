"""What the charts of an indicator are drawn from, as plain data that stands in its page.

Belongs here: years, values, targets and paths of every part. Does not belong here: how a chart looks (``charts.js``).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from eduplan.site.lines import is_amount, is_past, latest_of, words_of_target
from eduplan.site.reading import Part, ReleaseReader, Series, part_of

Row = dict[str, Any]

_HELD = ("hold", "range", "full_coverage")


def chart_of(reader: ReleaseReader, indicator: Row, parts: Sequence[Part]) -> Row:
    """Everything that the charts of an indicator need.

    Args:
        reader: The release.
        indicator: Its row of the dictionary.
        parts: The parts to draw, the first one first.
    """
    code = indicator["indicator"]
    judged = reader.statuses.get(code, [])
    unit = reader_unit(indicator)
    return {
        "decimals": indicator["decimals"],
        "unit": unit,
        "amount": is_amount(indicator),
        "parts": [
            _part(reader, indicator, reader.series[code][part], [row for row in judged if part_of(row) == part])
            for part in parts
        ],
    }


def reader_unit(indicator: Row) -> str:
    """The unit as it follows a number on an axis: only the short signs."""
    return indicator["unit"] if indicator["unit"] in ("%", "‰") else ""


def _part(reader: ReleaseReader, indicator: Row, series: Series, judged: list[Row]) -> Row:
    own = [row for row in judged if row["ref_area_level"] == "city"]
    targets = {row["target_number"]: row for row in own}  # the last year of each stands for all
    last = max([*series.city, *(row["deadline"] for row in targets.values() if row["deadline"])], default=None)
    years = list(range(min(series.city), (last or max(series.city)) + 1)) if series.city else []
    return {
        "years": [period_text(year, indicator["period_kind"], series.city) for year in years],
        "city": [_point(series.city.get(year)) for year in years],
        "told": [series.city.get(year, {}).get("decimals") for year in years],
        "low": [_plain(series.city, year, "interval_low") for year in years],
        "high": [_plain(series.city, year, "interval_high") for year in years],
        "targets": [
            _target(indicator, row, [each for each in own if each["target_number"] == number], years)
            for number, row in targets.items()
        ],
        "districts": _districts(reader, series, judged),
    }


def period_text(year: int, kind: str, known: dict[int, Row]) -> str:
    """A period as it is written, also of a year that has no value yet."""
    if year in known:
        return str(known[year]["time_period"])
    return f"{year}-{(year + 1) % 100:02d}" if kind == "school_year" else str(year)


def _point(row: Row | None) -> Any:
    """A number, or the status that says why there is none; nothing where there is no row."""
    if row is None:
        return None
    return row["obs_status"] if row["obs_value"] is None else row["obs_value"]


def _plain(rows: dict[int, Row], year: int, name: str) -> float | None:
    return rows[year][name] if year in rows else None


def _target(indicator: Row, latest: Row, rows: list[Row], years: list[int]) -> Row:
    """A target as it is drawn: a level, a range, or a path that leads to it."""
    words = words_of_target(latest, indicator)
    value, deadline, kind = latest["target_value"], latest["deadline"], latest["kind"]
    drawn: Row = {"en": words.en, "zh": words.zh, "level": None, "upper": None, "path": None, "goal": None}
    drawn["told"] = latest["compared_decimals"]
    is_change = indicator["kind"] == "change"
    if kind in _HELD and value is not None and (deadline is None or kind != "full_coverage"):
        drawn["level"], drawn["upper"] = value, latest["target_upper"]
    elif kind == "step" and is_change:
        drawn["level"] = value  # the step that every year asks for
    elif value is not None and deadline in years and kind in ("reach", "milestone", "full_coverage"):
        drawn["goal"] = [years.index(deadline), value]
    if kind != "direction" and not is_change:
        drawn["path"] = _path(latest, rows, years, drawn["goal"])
    return drawn


def _path(latest: Row, rows: list[Row], years: list[int], goal: list[Any] | None) -> list[float | None] | None:
    known = {
        row["reference_year"]: row["path_value"] for row in rows if row["path_value"] is not None and not is_past(row)
    }
    start, base = latest["baseline_year"], latest["baseline_value"]
    if not known or start is None or base is None:
        return None
    if goal is None:
        known.setdefault(start, base)
    else:
        end, value = years[goal[0]], goal[1]
        if (base - value) * latest["sign"] >= 0:  # already there at the start: the path is the target itself
            base = value
        known.setdefault(start, base)
        for year in years:  # the years to come, on the straight line that the judgement uses
            if year > max(row["reference_year"] for row in rows) and start < year <= end:
                known[year] = base + (value - base) * (year - start) / (end - start)
    return [known.get(year) for year in years]


def _districts(reader: ReleaseReader, series: Series, judged: list[Row]) -> list[Row]:
    statuses = {
        row["ref_area"]: row["status"] for row in judged if row["ref_area_level"] == "district" and row["is_latest"]
    }
    found = []
    for code, names in reader.districts.items():
        latest = latest_of(series.districts.get(code, {}))
        if latest:
            found.append(
                {
                    "code": code,
                    "en": names.en,
                    "zh": names.zh,
                    "value": _point(latest),
                    "told": latest["decimals"],
                    "status": statuses.get(code),
                }
            )
    return found

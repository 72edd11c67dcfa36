"""The page of an indicator, and of one that waits for its source.

Belongs here: what those pages know. Does not belong here: the data of their charts (``eduplan.site.charts``).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from eduplan.indicators.severity import WORST_FIRST
from eduplan.indicators.tables import DIMENSIONS, TOTAL
from eduplan.site.charts import chart_of
from eduplan.site.comparing import compared
from eduplan.site.lineage import Formula, Measure, SourceColumns, below, marts_of, sources_below
from eduplan.site.lines import is_amount, is_past, latest_of, words_of_target
from eduplan.site.reading import FAILING_SHOWN, Part, ReleaseReader, Series, part_of, split_comment
from eduplan.site.rendering import Renderer
from eduplan.site.revisions import Revised
from eduplan.site.scorecard import chapter_file, heading
from eduplan.site.wording import DIMENSIONS as DIMENSION_NAMES
from eduplan.site.wording import EVIDENCE_OF_SOURCE, LEVELS, Text
from eduplan.words.sums import sum_text
from eduplan.words.terms import EVIDENCE, worst

Row = dict[str, Any]

_DIVIDED = ("ratio", "cohort", "mean", "weighted_ratio")
_KINDS: dict[str, Text] = {
    "ratio": Text("ratio of sums", "总量之比"),
    "count": Text("count", "计数"),
    "distinct": Text("persons, each counted once since the plan began", "规划期内去重累计人数"),
    "mean": Text("mean", "均值"),
    "weighted_ratio": Text("ratio of sums, strata weighted", "分层加权之比"),
    "dispersion": Text("spread among units", "单位间差异"),
    "change": Text("change of another indicator", "另一指标的变化"),
    "cohort": Text("share of a cohort that is followed", "队列跟踪比例"),
}
_DIRECTIONS: dict[str, Text] = {
    "up": Text("more is better", "越高越好"),
    "down": Text("less is better", "越低越好"),
    "context": Text("neither way is better", "不分优劣"),
}


def write_indicator(
    reader: ReleaseReader,
    renderer: Renderer,
    code: str,
    *,
    formulas: Mapping[str, Formula],
    columns: SourceColumns,
    revisions: Revised | None,
) -> None:
    """Writes the page of an indicator.

    Args:
        reader: The release.
        renderer: Writes pages.
        code: Its code.
        formulas: The formulas of all indicators.
        columns: What columns of tables come from.
        revisions: What the release before told otherwise; nothing where there was none.
    """
    indicator, formula = reader.indicators[code], formulas[code]
    parts = _parts(reader, indicator)
    told = [_part(reader, indicator, formula, part) for part in parts]
    tables = below(marts_of(code, formulas), reader.lineage)
    renderer.page(
        indicator_file(code),
        "indicator.html",
        Text(f"{code} {indicator['name_en']}", f"{code} {indicator['name_zh']}"),
        here="index.html",
        indicator=indicator,
        chapter={"file": chapter_file(indicator["chapter"]), "heading": heading(reader, indicator["chapter"])},
        evidence=EVIDENCE_OF_SOURCE.get(indicator["evidence"], Text(indicator["evidence"], indicator["evidence"])),
        kind=_KINDS.get(indicator["kind"], Text(indicator["kind"], indicator["kind"])),
        direction=_DIRECTIONS.get(indicator["direction"], Text("", "")),
        formula=formula,
        numerator=_measure_text(reader, formula.numerator),
        denominator=_measure_text(reader, formula.denominator),
        is_divided=indicator["kind"] in _DIVIDED,
        parts=told,
        chart=chart_of(reader, indicator, parts),
        has_sums=formula.numerator is not None,
        has_path=formula.change_of is None and any(year["path"] for each in told for year in each["years"]),
        has_comparison=not is_amount(indicator),
        has_districts=any(reader.series[code][part].districts for part in parts),
        breakdowns=_breakdowns(reader, indicator),
        failing=_failing(reader, code),
        commitments=reader.commitments_of.get(code, []),
        revisions=revisions,
        counted_from=_counted_from(formula if formula.numerator else formulas.get(formula.change_of or ""), columns),
        marts=marts_of(code, formulas),
        tables=tables,
        sources=sources_below(tables, reader.lineage),
    )


def write_waiting(reader: ReleaseReader, renderer: Renderer, code: str) -> None:
    """Writes the page of an indicator that waits for its source."""
    indicator = reader.waiting[code]
    renderer.page(
        indicator_file(code),
        "waiting.html",
        Text(f"{code} {indicator['name_en']}", f"{code} {indicator['name_zh']}"),
        here="index.html",
        indicator=indicator,
        chapter={"file": chapter_file(indicator["chapter"]), "heading": heading(reader, indicator["chapter"])},
        evidence=EVIDENCE_OF_SOURCE.get(indicator["evidence"], Text(indicator["evidence"], indicator["evidence"])),
        direction=_DIRECTIONS.get(indicator["direction"], Text("", "")),
        commitments=reader.commitments_of.get(code, []),
    )


def indicator_file(code: str) -> str:
    """The page of an indicator."""
    return f"indicator/{code}.html"


def _parts(reader: ReleaseReader, indicator: Row) -> list[Part]:
    """The parts in the order that a reader wants them: the total, then what is judged, then the rest."""
    code = indicator["indicator"]
    judged = {part_of(row) for row in reader.statuses.get(code, []) if row["ref_area_level"] == "city"}
    series = [part for part, found in reader.series.get(code, {}).items() if found.city]
    if judged:
        series = [part for part in series if part in judged or all(value == TOTAL for value in part)]
    return sorted(series, key=lambda part: (any(value != TOTAL for value in part), part not in judged))


def _part(reader: ReleaseReader, indicator: Row, formula: Formula, part: Part) -> Row:
    code = indicator["indicator"]
    series = reader.series[code][part]
    own = [row for row in reader.statuses.get(code, []) if part_of(row) == part]
    verdicts = [_verdict(indicator, row, own) for row in own if row["ref_area_level"] == "city" and row["is_latest"]]
    latest = series.latest
    return {
        "name": reader.labels.part(part),
        "latest": latest,
        "base": _base(reader, formula, part, latest),
        "status": worst([verdict["row"] for verdict in verdicts])["status"] if verdicts else None,
        "verdicts": verdicts,
        "of_districts": _of_districts(reader, indicator, own),
        "years": _years(series, own),
        "districts": _districts(reader, series, own, latest, indicator),
    }


def _verdict(indicator: Row, row: Row, own: Sequence[Row]) -> Row:
    """A judgement with its sum in words."""
    at_deadline = None
    if row["deadline"] is not None and row["reference_year"] > row["deadline"]:
        same = (row["target_number"], row["ref_area"], row["deadline"])
        found = [e for e in own if (e["target_number"], e["ref_area"], e["reference_year"]) == same]
        at_deadline = found[0] if found else None
    dictionary = {f"indicator_{name}": indicator[name] for name in ("decimals", "kind")}
    full = {**row, **dictionary, "scale": indicator["scale"], "at_deadline": at_deadline}
    told = _told(full)
    return {
        "row": row,
        "status": row["status"],
        "decided": row["deadline"] if is_past(row) else None,
        "target": words_of_target(row, indicator),
        "evidence": Text(EVIDENCE[row["evidence"]]["en"], EVIDENCE[row["evidence"]]["zh"]),
        "sum": Text(sum_text(full, "en"), sum_text(full, "zh")) if told else None,
    }


def _of_districts(reader: ReleaseReader, indicator: Row, own: Sequence[Row]) -> list[Row]:
    """The targets that districts alone have, or some of them at another value, with how many districts stand where."""
    of_city = {row["target_number"] for row in own if row["ref_area_level"] == "city"}
    numbers: dict[int, list[Row]] = {}
    for row in own:
        if row["ref_area_level"] == "district" and row["is_latest"]:
            numbers.setdefault(row["target_number"], []).append(row)
    found = []
    for number, rows in numbers.items():
        values: dict[float | None, list[Row]] = {}
        for row in rows:
            values.setdefault(row["target_value"], []).append(row)
        usual, *others = sorted(values.values(), key=len, reverse=True)
        if number in of_city and not others:
            continue
        counts = Counter(row["status"] for row in rows)
        evidence = EVIDENCE[rows[0]["evidence"]]
        found.append(
            {
                "target": words_of_target(usual[0], indicator),
                "evidence": Text(evidence["en"], evidence["zh"]),
                "counts": [(status, counts[status]) for status in WORST_FIRST if counts[status]],
                "others": [
                    (words_of_target(each[0], indicator), [reader.districts[row["ref_area"]] for row in each])
                    for each in others
                ],
            }
        )
    return found


def _told(row: Row) -> bool:
    """Whether the sum can be told: not where the value, or the one that the deadline was judged by, is suppressed."""
    return all(each is None or each["obs_status"] != "Q" for each in (row, row["at_deadline"]))


def _base(reader: ReleaseReader, formula: Formula, part: Part, latest: Row | None) -> list[Row]:
    """For a change, the two values that it compares."""
    if formula.change_of is None or latest is None:
        return []
    series = reader.series.get(formula.change_of, {}).get(part)
    if series is None:
        return []
    year = latest["reference_year"]
    return [series.city[each] for each in (year - formula.change_years, year) if each in series.city]


def _years(series: Series, own: Sequence[Row]) -> list[Row]:
    """The table beside the trend: each year with its path and what was said of it."""
    judged: dict[int, list[Row]] = {}
    for row in own:
        if row["ref_area_level"] == "city":
            judged.setdefault(row["reference_year"], []).append(row)
    return [
        {
            "row": row,
            "path": next((each for each in judged.get(year, []) if each["path_value"] is not None), None),
            "status": worst(judged[year])["status"] if year in judged else None,
        }
        for year, row in sorted(series.city.items())
    ]


def _districts(
    reader: ReleaseReader, series: Series, own: Sequence[Row], city: Row | None, indicator: Row
) -> list[Row]:
    """The districts with their latest values and how they stand to the city."""
    judged: dict[str, list[Row]] = {}
    for row in own:
        if row["ref_area_level"] == "district" and row["is_latest"]:
            judged.setdefault(row["ref_area"], []).append(row)
    found = []
    for code, names in reader.districts.items():
        latest = latest_of(series.districts.get(code, {}))
        if latest:
            found.append(
                {
                    "code": code,
                    "name": names,
                    "row": latest,
                    "status": worst(judged[code])["status"] if code in judged else None,
                    "compared": compared(latest, city, indicator),
                }
            )
    return found


def _breakdowns(reader: ReleaseReader, indicator: Row) -> list[Row]:
    """The latest values of the city by one thing at a time."""
    tables: dict[str, list[Row]] = {}
    free = [name for name in DIMENSIONS if name not in indicator["always_by"]]
    for row in reader.breakdowns.get(indicator["indicator"], []):
        name = next((each for each in free if row[each] != TOTAL), None)
        if name:
            fixed = tuple(row[each] if each in indicator["always_by"] else TOTAL for each in DIMENSIONS)
            entry = {"label": reader.labels.of(name, row[name]), "part": reader.labels.part(fixed), "row": row}
            tables.setdefault(name, []).append(entry)
    for name, entries in tables.items():
        entries.sort(key=lambda entry: reader.labels.place(name, entry["row"][name]))
    return [{"name": DIMENSION_NAMES[name], "rows": tables[name]} for name in DIMENSIONS if name in tables]


def _failing(reader: ReleaseReader, code: str) -> Row | None:
    rows = reader.failing.get(code)
    if not rows:
        return None
    shown = [
        {
            "row": row,
            "name": row["unit_name"] or row["unit_code"],
            "area": reader.area(row["ref_area"]),
            "part": reader.labels.part(part_of(row)),
        }
        for row in rows[:FAILING_SHOWN]
    ]
    level = LEVELS.get(rows[0]["unit_level"], Text(rows[0]["unit_level"], rows[0]["unit_level"]))
    return {"level": level, "period": rows[0]["time_period"], "shown": shown, "in_all": len(rows)}


def _measure_text(reader: ReleaseReader, measure: Measure | None) -> Text | None:
    """What a side counts, from the comment of its column."""
    if measure is None:
        return None
    for column in reader.columns.get(measure.mart, []):
        if column["column_name"] == measure.column:
            text = split_comment(column["comment"])
            return Text(_without_unit(text.en), _without_unit(text.zh))
    return Text(measure.column, measure.column)


def _counted_from(formula: Formula | None, columns: SourceColumns) -> list[Row]:
    """The columns of sources that each side is counted from."""
    if formula is None:
        return []
    names = (Text("Numerator", "分子") if formula.denominator else Text("Counted", "计数"), Text("Denominator", "分母"))
    sides = [(name, side) for name, side in zip(names, (formula.numerator, formula.denominator), strict=True) if side]
    found = [{"name": name, "sources": columns.of(side.mart, side.column)} for name, side in sides]
    return [side for side in found if side["sources"]]


def _without_unit(text: str) -> str:
    """A column's comment without the unit in brackets that it may end with."""
    return text.rpartition(" (")[0] if text.endswith(")") and " (" in text else text

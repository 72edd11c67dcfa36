"""``eduplan status``: how far each commitment has come, from the published release.

Belongs here: reading the scorecard from the release. Does not belong here: how it looks (``eduplan.cli.scorecard``).
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer

from eduplan.cli.commands import command
from eduplan.cli.session import Session, UsageFault
from eduplan.cli.sql import AsOfOption, open_database
from eduplan.words.codes import code_labels, part_text
from eduplan.words.language import Language
from eduplan.words.terms import EVIDENCE, in_brackets, weakest, word

if TYPE_CHECKING:
    import duckdb

    from eduplan.cli.scorecard import Line
    from eduplan.project import Project

_ROWS = """
select
    i.chapter, s.indicator, i.kind as indicator_kind, i.name_en, i.name_zh,
    s.target_number, s.kind, i.direction, s.ref_area_level, s.ref_area,
    s.stage, s.urban_class, s.ownership, s.sex, s.grade, s.item, s.time_period, s.reference_year, s.obs_value,
    s.obs_status, s.numerator, s.denominator, s.unit, i.decimals as indicator_decimals, {decimals} as decimals,
    {compared_decimals} as compared_decimals, s.target_value, s.target_upper, s.deadline,
    s.baseline_year, s.baseline_value, s.path_value, s.gap, s.units_reported, s.units_expected, s.coverage_pct,
    v.interval_low, v.interval_high, s.status, s.reason, t.evidence, s.is_latest
from plan.status as s
join plan.indicators as i on i.indicator = s.indicator
join plan.targets as t on t.indicator = s.indicator and t.target_number = s.target_number
left join plan.indicator_values as v
    on v.indicator = s.indicator and v.reference_year = s.reference_year and v.ref_area_level = s.ref_area_level
    and v.ref_area = s.ref_area and v.stage = s.stage and v.urban_class = s.urban_class and v.ownership = s.ownership
    and v.sex = s.sex and v.grade = s.grade and v.item = s.item
where {areas} and {period} and {subject}
order by i.chapter, s.indicator, s.target_number, s.stage, s.item, s.ref_area_level, s.ref_area
"""
_WITHOUT_TARGET = """
select
    i.chapter, v.indicator, i.kind as indicator_kind, i.name_en, i.name_zh, 1 as target_number,
    null as kind, i.direction, v.ref_area_level, v.ref_area,
    v.stage, v.urban_class, v.ownership, v.sex, v.grade, v.item, v.time_period, v.reference_year, v.obs_value,
    v.obs_status, v.numerator, v.denominator, v.unit, i.decimals as indicator_decimals, {decimals} as decimals,
    null as compared_decimals, null as target_value, null as target_upper,
    null as deadline, null as baseline_year, null as baseline_value, null as path_value, null as gap,
    v.units_reported, v.units_expected, v.coverage_pct, v.interval_low, v.interval_high,
    null as status, null as reason, null as evidence,
    v.reference_year = max(v.reference_year) over (partition by v.indicator) as is_latest
from plan.indicator_values as v
join plan.indicators as i using (indicator)
where {areas} and v.obs_value is not null and {subject}
    and v.indicator not in (select indicator from plan.status)
    and (list_contains(i.always_by, 'stage') or v.stage = '_T')
    and (list_contains(i.always_by, 'item') or v.item = '_T')
    and v.urban_class = '_T' and v.ownership = '_T' and v.sex = '_T' and v.grade = '_T'
qualify {period}
order by i.chapter, v.indicator, v.stage, v.item, v.ref_area_level, v.ref_area
"""
_AREAS = "({row}.ref_area_level in ('city', 'district') or {row}.ref_area = $area)"
_PART = ("indicator", "stage", "urban_class", "ownership", "sex", "grade", "item")
_CELL = ("indicator", "target_number", *_PART[1:])

Row = dict[str, Any]


def register(app: typer.Typer) -> None:
    """Adds the command to the program."""

    @command(app, "status")
    def status(
        session: Session,
        subject: Annotated[
            str | None,
            typer.Argument(
                help="A chapter (4 or ch4_system), a family (HLT) or an indicator (HLT-01); with --commitments a "
                "chapter, a section (3.3) or a commitment (3.3-12)."
            ),
        ] = None,
        commitments: Annotated[
            bool, typer.Option("--commitments", help="The promises of the plan, instead of indicators.")
        ] = False,
        area: Annotated[
            str | None, typer.Option(help="Code or name of a district, a town or a school, instead of the city.")
        ] = None,
        period: Annotated[str | None, typer.Option(help="A period such as 2022-23, instead of the latest.")] = None,
        as_of: AsOfOption = None,
        json: Annotated[bool, typer.Option("--json", help="Every component of every status as JSON.")] = False,
    ) -> None:
        """Shows the scorecard of the published release."""
        if commitments and period:
            raise UsageFault("commitments have their latest status alone", where=period, remedy="leave --period out")
        connection = open_database(session, as_of=as_of)
        if commitments:
            _commitments(session, connection, subject, area, as_json=json)
            return
        try:
            place = find_area(connection, area)
            rows = read_rows(connection, subject, period, place[0] if place else None)
            released, names = _release_text(connection), _district_names(connection, session.lang)
        finally:
            connection.close()
        if not any(place is None or row["ref_area"] == place[0] for row in rows):
            raise UsageFault(
                "no status for that" + (f" in {period}" if period else ""),
                where=subject or area or "",
                remedy="eduplan status without arguments shows all",
            )
        if json:
            from eduplan.cli.output import data_stream, write_json

            write_json(data_stream(), [row for row in rows if place is None or row["ref_area"] == place[0]])
            return
        _show(session, rows, place, released, names)


def _commitments(
    session: Session, connection: duckdb.DuckDBPyConnection, subject: str | None, area: str | None, *, as_json: bool
) -> None:
    """Shows the commitments: by chapter, or one by one where some are named."""
    from eduplan.cli.commitments import print_commitments, read_commitments

    try:
        place = find_area(connection, area)
        rows = read_commitments(connection, subject, place[0] if place else None)
        released = _release_text(connection)
    finally:
        connection.close()
    if as_json:
        from eduplan.cli.output import data_stream, write_json

        write_json(data_stream(), rows)
        return
    project, lang = session.open_project(), session.lang
    title = _title(project, "commitments_of_plan", place, released, lang)
    labels = code_labels(project, lang)
    print_commitments(session.out, rows, title=title, lang=lang, one_by_one=subject is not None, labels=labels)


def read_rows(
    connection: duckdb.DuckDBPyConnection, subject: str | None, period: str | None, area: str | None = None
) -> list[Row]:
    """The rows of ``plan.status`` for the city and its districts, with what the dictionary says of them.

    Args:
        connection: The release.
        subject: Chapter, family or indicator, those without a target included; every target without one.
        period: A period; the latest of each without one.
        area: A town or a school whose rows are wanted too.
    """
    values: dict[str, str | None] = {"area": area}
    when = "is_latest"
    if period:
        values["period"], when = period, "time_period = $period"
    if subject is None:
        return _rows(connection, _query(connection, _ROWS, "s", f"s.{when}", "true"), values)
    values["pattern"] = _subject_pattern(subject)
    what = "(regexp_matches(i.chapter, $pattern) or regexp_matches(i.indicator, $pattern))"
    parts = ((_ROWS, "s", f"s.{when}"), (_WITHOUT_TARGET, "v", when))
    return [
        row
        for query, name, chosen in parts
        for row in _rows(connection, _query(connection, query, name, chosen, what), values)
    ]


def _query(connection: duckdb.DuckDBPyConnection, query: str, row: str, period: str, subject: str) -> str:
    """A query of rows that it calls by a name, of some periods and subjects."""
    from eduplan.indicators.tables import told_decimals

    told = {column: told_decimals(connection, row, column) for column in ("decimals", "compared_decimals")}
    return query.format(areas=_AREAS.format(row=row), period=period, subject=subject, **told)


def _rows(connection: duckdb.DuckDBPyConnection, query: str, values: dict[str, str | None]) -> list[Row]:
    cursor = connection.execute(query, values)
    names = [column[0] for column in cursor.description or []]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _subject_pattern(subject: str) -> str:
    """A chapter by number or name, a family by its letters, an indicator by its code."""
    if subject.isdigit():
        return f"^ch{subject}_"
    escaped = re.escape(subject)
    if subject.lower().startswith("ch"):
        return f"^{escaped.lower()}"
    return f"(?i)^{escaped}$" if "." in subject else rf"^{escaped.upper()}($|[-.])"


def find_area(connection: duckdb.DuckDBPyConnection, area: str | None) -> tuple[str, str, str] | None:
    """Code and both names of an area that is named by its code or by one of its names.

    Raises:
        UsageFault: There is no such area, or several are called that.
    """
    if area is None:
        return None
    found = connection.execute(
        "select ref_area, name_en, name_zh from plan.areas "
        "where ref_area = ? or name_zh = ? or lower(name_en) = lower(?) "
        "qualify dense_rank() over (order by case when ref_area = ? then 0 when ref_area_level = 'city' then 1 "
        "when ref_area_level = 'district' then 2 else 3 end) = 1 order by ref_area",
        [area, area, area, area],
    ).fetchall()
    if not found:
        codes = connection.execute(
            "select string_agg(ref_area, ', ' order by ref_area) from plan.areas "
            "where ref_area_level in ('city', 'district')"
        ).fetchone()
        remedy = f"known are {codes[0] if codes else 'none'}, and towns and schools by code or full name"
        raise UsageFault("no such area", where=area, remedy=remedy)
    if len(found) > 1:
        raise UsageFault(
            "several areas are called that", where=area, remedy=f"give the code: {', '.join(row[0] for row in found)}"
        )
    code, name_en, name_zh = found[0]
    return code, name_en or name_zh, name_zh


def _release_text(connection: duckdb.DuckDBPyConnection) -> str:
    """The name of the release, which begins with the time it was made at."""
    row = connection.execute("select release_id from about.release").fetchone()
    return str(row[0]) if row else ""


def _district_names(connection: duckdb.DuckDBPyConnection, lang: Language) -> dict[str, str]:
    found = connection.execute(
        "select ref_area, name_en, name_zh from plan.areas where ref_area_level = 'district'"
    ).fetchall()
    return {code: (name_en if lang == "en" else name_zh) or name_zh or code for code, name_en, name_zh in found}


def _show(
    session: Session, rows: list[Row], place: tuple[str, str, str] | None, released: str, names: dict[str, str]
) -> None:
    from eduplan.cli.scorecard import print_scorecard

    project, lang = session.open_project(), session.lang
    title = _title(project, "scorecard", place, released, lang)
    lines = lines_of(rows, project, lang, area=place[0] if place else None)
    districts = [names.get(code, code) for code in _judged_districts(rows)]
    print_scorecard(session.out, lines, title=title, lang=lang, districts=districts)


def _title(project: Project, key: str, place: tuple[str, str, str] | None, released: str, lang: Language) -> str:
    city = project.settings.city_name
    name = (city.zh if lang == "zh" else city.en) if place is None else place[2 if lang == "zh" else 1]
    return " · ".join(part for part in (word(key, lang), name, released) if part)


def lines_of(rows: list[Row], project: Project, lang: Language, *, area: str | None) -> list[Line]:
    """The lines of the scorecard: one an indicator and part of it; items are folded into the worst of them.

    Args:
        rows: Rows of the city and the districts.
        project: For the titles of chapters.
        lang: Language.
        area: District that the lines are for; the city without one.
    """
    districts: dict[tuple[Any, ...], dict[str, str]] = {}
    for row in rows:
        if row["ref_area_level"] == "district" and row["status"]:
            districts.setdefault(_cell(row), {})[row["ref_area"]] = row["status"]
    codes = _judged_districts(rows)
    # A target that districts alone have stands beside the city's value all the same.
    whole = {(*_part(row), row["reference_year"]): row for row in rows if row["ref_area_level"] == "city"}
    own = [row for row in rows if (row["ref_area"] == area if area else row["ref_area_level"] == "city")]
    folded: dict[tuple[Any, ...], list[Row]] = {}
    numbers: dict[tuple[Any, ...], set[int]] = {}
    for row in own:
        folded.setdefault(_cell(row)[:-1], []).append(row)
        numbers.setdefault(_part(row)[:-1], set()).add(row["target_number"])
    words = _Words(chapter_titles(project, lang), code_labels(project, lang), unit_texts(project, lang), lang)
    lines = []
    for items in folded.values():
        row = weakest(items)
        of_districts = districts.get(_cell(row), {}) if area is None else {}
        strip = [of_districts.get(code) for code in codes] if of_districts else []
        city = whole.get((*_part(row), row["reference_year"])) if area else None
        line = _line(row, len(items), strip, city, words)
        if len(numbers[_part(row)[:-1]]) > 1:
            line = replace(line, target=line.target + in_brackets(EVIDENCE[row["evidence"]][lang], lang))
        lines.append(line)
    return lines


def _judged_districts(rows: list[Row]) -> list[str]:
    """The districts that anything is judged of, in the order of their codes; what lies nowhere known is none."""
    from eduplan.indicators.tables import UNKNOWN

    judged = {row["ref_area"] for row in rows if row["ref_area_level"] == "district" and row["status"]}
    return sorted(judged - {UNKNOWN})


class _Words(NamedTuple):
    """What the declarations call chapters, codes and units, in one language."""

    chapters: dict[str, str]
    labels: dict[str, str]
    units: dict[str, str]
    lang: Language


def _cell(row: Row) -> tuple[Any, ...]:
    return tuple(row[name] for name in _CELL)


def _part(row: Row) -> tuple[Any, ...]:
    return tuple(row[name] for name in _PART)


def _line(row: Row, items: int, strip: list[str | None], city: Row | None, words: _Words) -> Line:
    from eduplan.cli.scorecard import Line
    from eduplan.words.rounding import decimals_of
    from eduplan.words.targets import judged_target

    declared = row["indicator_decimals"]

    low, high = row["interval_low"], row["interval_high"]
    return Line(
        chapter=words.chapters.get(row["chapter"]) or str(row["chapter"]),
        code=row["indicator"],
        name=str(row[f"name_{words.lang}"]) + part_text(row, items, words.labels, words.lang),
        unit=row["unit"],
        unit_text=words.units.get(row["unit"], str(row["unit"])),
        decimals=declared,
        told=decimals_of(row, declared),
        period=row["time_period"],
        value=row["obs_value"],
        obs_status=row["obs_status"],
        interval=None if low is None or high is None else (low, high),
        target=judged_target(row, row["direction"], words.lang),
        path=_path(row),
        path_told=decimals_of(row, declared, "compared_decimals"),
        decided=row["deadline"] if _is_past(row) else None,
        status=row["status"],
        coverage=row["coverage_pct"],
        districts=strip,
        city=city["obs_value"] if city else None,
        city_told=decimals_of(city or {}, declared),
    )


def _is_past(row: Row) -> bool:
    """Whether the verdict of an earlier deadline stands."""
    return row["deadline"] is not None and row["kind"] != "hold" and row["reference_year"] > row["deadline"]


def _path(row: Row) -> float | None:
    """Where the value should be; the path of a change is one of what changes, and after a deadline there is none."""
    if row["indicator_kind"] == "change" or _is_past(row):
        return None
    path = row["path_value"]
    return None if path is None else float(path)


def chapter_titles(project: Project, lang: Language) -> dict[str, str]:
    """Titles by chapter, with their numbers, as ``plan/chapters.yml`` gives them; none where there is no such file."""
    import yaml

    path = project.plan / "chapters.yml"
    if not path.is_file():
        return {}
    chapters = yaml.safe_load(path.read_text(encoding="utf-8")) or []
    return {each["chapter"]: f"{each['number']} {each['title'][lang]}" for each in chapters}


def unit_texts(project: Project, lang: Language) -> dict[str, str]:
    """Units in words, from the list that the site uses too; a sign that follows the value needs no word."""
    import yaml

    from eduplan.errors import EnvironmentFault
    from eduplan.site.assets import site_sources

    try:
        path = site_sources(project) / "units.yml"
    except EnvironmentFault:
        return {}
    known = yaml.safe_load(path.read_text(encoding="utf-8")) if path.is_file() else {}
    return {unit: "" if unit in ("%", "‰") else both[lang] for unit, both in known.items()}

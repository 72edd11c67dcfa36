"""Everything that the pages show, read from a release: one query a table.

Belongs here: the queries, and grouping their rows by what pages ask for. Does not belong here: what a page makes of it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import duckdb

from eduplan.declarations.chapters import Chapter, load_chapters
from eduplan.indicators.tables import DIMENSIONS, TOTAL, UNKNOWN
from eduplan.project import Project
from eduplan.site.wording import Text

Row = dict[str, Any]
Part = tuple[str, ...]
"""The six breakdown columns of a series, ``_T`` where it is not broken down."""

FAILING_SHOWN = 200
"""So many failing units are listed on a page; all of them stand in its download."""

_LEVELS = ("city", "district")
_DIMENSIONS = ", ".join(DIMENSIONS)
_OF_VALUE = ", ".join(f"v.{name}" for name in DIMENSIONS)
_FREE = " + ".join(
    f"cast(v.{name} <> '{TOTAL}' and not list_contains(i.always_by, '{name}') as integer)" for name in DIMENSIONS
)
_VALUE = (
    "v.indicator, v.definition_version, v.period_kind, v.time_period, v.reference_year, v.ref_area_level, v.ref_area, "
    f"{_OF_VALUE}, v.numerator, v.denominator, v.obs_value, v.obs_status, v.unit, v.units_reported, v.units_expected, "
    "v.coverage_pct, v.interval_low, v.interval_high, v.decimals"
)

# Series: totals over every breakdown that has a total, and the parts that a target is set for.
_SERIES = f"""
select {_VALUE}
from plan.indicator_values as v
join plan.indicators as i on i.indicator = v.indicator
left join (
    select distinct indicator, {_DIMENSIONS} from plan.status where ref_area_level = 'city'  -- many years
) as s on s.indicator = v.indicator and {" and ".join(f"s.{name} = v.{name}" for name in DIMENSIONS)}
where v.ref_area_level in ('city', 'district') and ({_FREE} = 0 or s.indicator is not null)
order by v.indicator, v.reference_year, v.time_period, v.ref_area_level, v.ref_area, {_OF_VALUE}
"""
# Breakdowns: the latest year of the city, one breakdown at a time.
_BREAKDOWNS = f"""
select {_VALUE}
from plan.indicator_values as v
join plan.indicators as i on i.indicator = v.indicator
join (
    select indicator, max(reference_year) as last_year from plan.indicator_values
    where ref_area_level = 'city' and obs_status in ('A', 'Q') group by indicator
) as o on o.indicator = v.indicator and o.last_year = v.reference_year
where v.ref_area_level = 'city' and {_FREE} = 1
order by v.indicator, {_OF_VALUE}
"""
_STATUS = f"""
select s.*, t.sign, t.evidence
from plan.status as s
join plan.targets as t on t.indicator = s.indicator and t.target_number = s.target_number
where s.ref_area_level = 'city'
    or (s.ref_area_level = 'district' and (s.is_latest or s.reference_year = s.deadline))
order by s.indicator, s.target_number, s.reference_year, s.ref_area, {", ".join(f"s.{name}" for name in DIMENSIONS)}
"""
_FAILING = f"""
select indicator, time_period, unit_level, unit_code, unit_name, ref_area, {_DIMENSIONS}, numerator, denominator,
    missing, obs_value, count(*) over (partition by indicator) as units_in_all
from (
    select * from plan.failing_units
    qualify reference_year = max(reference_year) over (partition by indicator)
)
qualify dense_rank() over (
    partition by indicator order by case unit_level when 'school' then 1 when 'town' then 2 else 3 end
) = 1
order by indicator, missing desc, unit_code, {_DIMENSIONS}
"""


@dataclass(frozen=True)
class Series:
    """The values of one indicator and part.

    Attributes:
        part: What it is of.
        city: Values of the whole area by reference year.
        districts: Values by area and reference year.
    """

    part: Part
    city: dict[int, Row] = field(default_factory=dict)
    districts: dict[str, dict[int, Row]] = field(default_factory=dict)

    @cached_property
    def latest(self) -> Row | None:
        """The value of the last year in which anything was known, or else of the last year."""
        known = [year for year, row in self.city.items() if row["obs_status"] in ("A", "Q")]
        return self.city[max(known or self.city)] if self.city else None


class ReleaseReader:
    """Reads a release for its site.

    Args:
        connection: The published database.
        project: For settings, titles and the names of codes; none of its data is read.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection, project: Project) -> None:
        self._connection = connection
        self._project = project
        self._tables = {
            str(name)
            for (name,) in connection.execute(
                "select schema_name || '.' || table_name from duckdb_tables() where database_name = current_database()"
            ).fetchall()
        }

    def has(self, *tables: str) -> bool:
        """Whether the release has all of some tables."""
        return self._tables.issuperset(tables)

    @cached_property
    def has_indicators(self) -> bool:
        """Whether there is anything to show: values, and a dictionary that says what they are."""
        needed = {"indicator", "name_en", "name_zh", "always_by", "decimals", "formula"}
        tables = ("plan.indicators", "plan.indicator_values", "plan.status", "plan.targets", "about.release")
        if not self.has(*tables) or not needed <= {row["column_name"] for row in self.columns["plan.indicators"]}:
            return False
        return bool(self.indicators)

    def rows(self, query: str, *needs: str) -> list[Row]:
        """Rows of a query as dictionaries; none where the release lacks a table that it needs."""
        if not self.has(*needs):
            return []
        cursor = self._connection.execute(query)
        names = [column[0] for column in cursor.description or []]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    @cached_property
    def city(self) -> Text:
        """Name of the whole area."""
        return Text(self._project.settings.city_name.en, self._project.settings.city_name.zh)

    @cached_property
    def release(self) -> Row:
        """Which release this is."""
        return self.rows("select * from about.release", "about.release")[0]

    @cached_property
    def chapters(self) -> dict[str, Chapter]:
        """The chapters of the plan; none where the project has no such file."""
        if not (self._project.plan / "chapters.yml").is_file():
            return {}
        return {chapter.chapter: chapter for chapter in load_chapters(self._project.plan)}

    @cached_property
    def indicators(self) -> dict[str, Row]:
        """The dictionary of indicators, by code."""
        return {row["indicator"]: row for row in self.rows("select * from plan.indicators order by indicator")}

    @cached_property
    def waiting(self) -> dict[str, Row]:
        """Indicators that wait for their source, by code."""
        query = "select * from plan.registered_indicators order by indicator"
        return {row["indicator"]: row for row in self.rows(query, "plan.registered_indicators")}

    @cached_property
    def series(self) -> dict[str, dict[Part, Series]]:
        """Series of the city and its districts, by indicator and part."""
        found: dict[str, dict[Part, Series]] = defaultdict(dict)
        for row in self.rows(_SERIES):
            part = part_of(row)
            series = found[row["indicator"]].setdefault(part, Series(part))
            if row["ref_area_level"] == "city":
                series.city[row["reference_year"]] = row
            else:
                series.districts.setdefault(row["ref_area"], {})[row["reference_year"]] = row
        return dict(found)

    @cached_property
    def breakdowns(self) -> dict[str, list[Row]]:
        """Values of the city in its latest year, broken down by one thing at a time."""
        return group(self.rows(_BREAKDOWNS), "indicator")

    @cached_property
    def statuses(self) -> dict[str, list[Row]]:
        """Judgements by indicator: all years of the city; of districts the latest, and that of a deadline."""
        return group(self.rows(_STATUS, "plan.status", "plan.targets"), "indicator")

    @cached_property
    def failing(self) -> dict[str, list[Row]]:
        """Units that a full coverage lacks in its latest year, by indicator: the smallest that are known."""
        return group(self.rows(_FAILING, "plan.failing_units"), "indicator")

    @cached_property
    def districts(self) -> dict[str, Text]:
        """Districts that have a value, by code; those without a name by their code."""
        named = {code: self.area(code) for code in self._district_codes}
        return dict(sorted(named.items()))

    @cached_property
    def _district_codes(self) -> set[str]:
        found = {
            code for of_indicator in self.series.values() for one in of_indicator.values() for code in one.districts
        }
        return found - {UNKNOWN}

    @cached_property
    def _areas(self) -> dict[str, Row]:
        query = "select * from plan.areas where ref_area_level in ('city', 'district', 'town')"
        return {row["ref_area"]: row for row in self.rows(query, "plan.areas")}

    def area(self, code: str | None) -> Text:
        """Names of a city, district or town; its code where it has none."""
        row = self._areas.get(code or "")
        if row is None:
            return Text(code or "", code or "")
        return Text(row["name_en"] or row["name_zh"], row["name_zh"])

    @cached_property
    def commitments(self) -> list[Row]:
        """The commitments in the order of the plan, with their status for the city and what answers for them."""
        needs = ("plan.commitments", "plan.commitment_status", "plan.commitment_indicators")
        rows = self.rows(
            "select c.*, s.status, s.reason, s.indicator as decided_by, s.time_period, s.target_evidence, s.judged "
            "from plan.commitments as c left join plan.commitment_status as s "
            "on s.commitment = c.commitment and s.ref_area_level = 'city' order by c.commitment",
            *needs,
        )
        answers = group(self.rows("select * from plan.commitment_indicators order by indicator", *needs), "commitment")
        districts = group(
            self.rows(
                "select commitment, ref_area, status from plan.commitment_status where ref_area_level = 'district' "
                "order by ref_area",
                *needs,
            ),
            "commitment",
        )
        return [
            {**row, "answers": answers.get(row["commitment"], []), "districts": districts.get(row["commitment"], [])}
            for row in sorted(rows, key=lambda row: _plan_order(row["commitment"]))
        ]

    @cached_property
    def commitments_of(self) -> dict[str, list[Row]]:
        """The commitments that an indicator answers for."""
        found: dict[str, list[Row]] = defaultdict(list)
        for commitment in self.commitments:
            for answer in commitment["answers"]:
                found[answer["indicator"]].append(commitment)
        return dict(found)

    @cached_property
    def baselines(self) -> dict[str, list[Row]]:
        """Figures that the plan states for its start, by commitment."""
        query = "select * from plan.commitment_baselines order by commitment, baseline_number"
        return group(self.rows(query, "plan.commitment_baselines"), "commitment")

    @cached_property
    def tables(self) -> list[Row]:
        """Every published table with its comment and rows."""
        return self.rows(
            "select schema_name, schema_name || '.' || table_name as table_name, comment, estimated_size as row_count, "
            "column_count from duckdb_tables() where database_name = current_database() order by 1, 2"
        )

    @cached_property
    def columns(self) -> dict[str, list[Row]]:
        """Columns of every published table, with type and comment."""
        return group(
            self.rows(
                "select schema_name || '.' || table_name as table_name, column_name, data_type, comment "
                "from duckdb_columns() where database_name = current_database() order by 1, column_index"
            ),
            "table_name",
        )

    @cached_property
    def lineage(self) -> dict[str, list[str]]:
        """What each table reads."""
        rows = self.rows("select distinct table_name, reads from plan.lineage order by 1, 2", "plan.lineage")
        return {table: [row["reads"] for row in reads] for table, reads in group(rows, "table_name").items()}

    @cached_property
    def labels(self) -> Labels:
        """Names of the codes that break values down."""
        return Labels(self._project.contracts / "codes")


class Labels:
    """What the codes of a breakdown are called, from the code lists.

    Args:
        folder: Folder of the code lists.
    """

    def __init__(self, folder: Path) -> None:
        self._lists = {path.stem: _code_list(path) for path in sorted(folder.glob("*.yml"))} if folder.is_dir() else {}
        self._any: dict[str, Text] = {}
        for codes in self._lists.values():
            for code, text in codes.items():
                self._any.setdefault(code, text)

    def of(self, dimension: str, code: str) -> Text:
        """The name of a code: from the list of its dimension, or else from whatever list knows it."""
        fixed = _FIXED.get((dimension, code))
        if fixed:
            return fixed
        return self._lists.get(dimension, {}).get(code) or self._any.get(code) or Text(code.replace("_", " "), code)

    def place(self, dimension: str, code: str) -> int:
        """Where a code stands in the list of its dimension; behind all others where the list does not have it."""
        codes = list(self._lists.get(dimension, ()))
        return codes.index(code) if code in codes else len(codes)

    def part(self, part: Part) -> Text | None:
        """The name of a part; nothing for the total."""
        names = [self.of(name, code) for name, code in zip(DIMENSIONS, part, strict=True) if code != TOTAL]
        if not names:
            return None
        return Text(", ".join(name.en for name in names), "、".join(name.zh for name in names))


_FIXED = {
    ("urban_class", "city"): Text("Urban", "城区"),
    ("urban_class", "town"): Text("Town", "镇区"),
    ("urban_class", "rural"): Text("Rural", "乡村"),
    ("ownership", "public"): Text("Public", "公办"),
    ("ownership", "private"): Text("Private", "民办"),
} | {(name, UNKNOWN): Text("Unknown", "未知") for name in DIMENSIONS}


def part_of(row: Row) -> Part:
    """The breakdown columns of a row."""
    return tuple(row[name] for name in DIMENSIONS)


def group(rows: Iterable[Row], column: str) -> dict[str, list[Row]]:
    """Rows by the value of a column, in their order."""
    found: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        found[row[column]].append(row)
    return dict(found)


def split_comment(comment: str | None) -> Text:
    """Both languages of a comment that is written as ``English | 中文``."""
    en, bar, zh = (comment or "").partition(" | ")
    return Text(en, zh if bar else en)


def _plan_order(commitment: str) -> tuple[list[int], int]:
    """Sections as numbers, so that 4.10 would follow 4.9."""
    section, _, number = commitment.rpartition("-")
    return [int(part) if part.isdigit() else 0 for part in section.split(".")], int(number) if number.isdigit() else 0


def _code_list(path: Path) -> dict[str, Text]:
    import yaml

    text = path.read_text(encoding="utf-8")
    loaded = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506
    return {str(each["code"]): Text(each["en"], each["zh"]) for each in loaded["values"] if "en" in each}

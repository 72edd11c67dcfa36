"""A warehouse with marts that a test writes row by row, and indicators written as YAML."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from eduplan.declarations.indicators import Indicator
from eduplan.declarations.loading import parse_yaml_as
from eduplan.declarations.text import Bilingual
from eduplan.indicators.compute import ComputeReport, compute_indicators

# STATUS
from eduplan.indicators.status import compute_status
from eduplan.progress import Silent
from eduplan.project import Project, Settings
from eduplan.warehouse.catalogue import create_catalogue

COMMON = """
  name: {en: A rate, zh: 率}
  definition: {en: One by the other., zh: 二者之比。}
  chapter: ch4_system
  source: {text: test, evidence: own design}
"""

CITY = "990100"


@dataclass
class PlanBench:
    """The parts that an indicator test needs."""

    connection: duckdb.DuckDBPyConnection
    project: Project

    def mart(self, table: str, columns: str, rows: list[tuple[object, ...]]) -> None:
        self.connection.execute(f"create schema if not exists {table.split('.')[0]}")
        self.connection.execute(f"create or replace table {table} ({columns})")
        if rows:
            marks = ", ".join("?" for _ in rows[0])
            self.connection.executemany(f"insert into {table} values ({marks})", rows)

    def indicators(self, text: str) -> dict[str, Indicator]:
        lines = "".join(
            line + "\n" + (COMMON.lstrip("\n") if line.startswith("- code") else "") for line in text.splitlines()
        )
        return {found.code: found for found in parse_yaml_as(list[Indicator], lines, where="test.yml")}

    def compute(self, text: str) -> ComputeReport:
        return compute_indicators(self.connection, self.project, self.indicators(text), {}, progress=Silent())

    def judge(self, text: str) -> None:
        self.compute(text)
        compute_status(self.connection, self.project, self.indicators(text))

    def values(self, code: str, **cell: object) -> list[tuple[Any, ...]]:
        """Area, year, numerator, denominator, value and status of the values of a cell (totals by default)."""
        return self._ask("ref_area, reference_year, numerator, denominator, obs_value, obs_status", code, cell)

    def value(self, code: str, **cell: object) -> Any:
        rows = self._ask("obs_value", code, {"ref_area": CITY, **cell})
        assert len(rows) == 1, rows
        return rows[0][0]

    def _ask(self, columns: str, code: str, cell: dict[str, object]) -> list[tuple[Any, ...]]:
        dimensions = ("stage", "urban_class", "ownership", "sex", "grade", "item")
        wanted = {**dict.fromkeys(dimensions, "_T"), **cell}
        conditions = " and ".join(f"{name} = ?" for name in wanted)
        return self.connection.execute(
            f"select {columns} from plan.indicator_values where indicator = ? and {conditions} "
            "order by ref_area_level, ref_area, reference_year",
            [code, *wanted.values()],
        ).fetchall()

    def status(self, *columns: str, area: str = CITY, number: int = 1) -> list[Any]:
        """Columns of the status rows of an area, by year; bare values where one column is asked for."""
        rows = self.connection.execute(
            f"select {', '.join(columns)} from plan.status where ref_area = ? and target_number = ? "
            "order by indicator, stage, item, reference_year",
            [area, number],
        ).fetchall()
        return [row[0] for row in rows] if len(columns) == 1 else rows


def new_plan_bench(folder: Path) -> PlanBench:
    connection = duckdb.connect()
    create_catalogue(connection)
    settings = Settings(city_code=CITY, city_name=Bilingual(en="Demo City", zh="示范市"))
    return PlanBench(connection, Project(root=folder, data=folder / "data", raw=folder / "raw", settings=settings))


@pytest.fixture
def plan(tmp_path: Path) -> PlanBench:
    return new_plan_bench(tmp_path)


def exact(text: str) -> Decimal:
    return Decimal(text)

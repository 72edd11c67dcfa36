"""A bureau of an invented city that sends files and loads them, with the project's own contracts."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from eduplan.declarations.contracts import Contract, load_contracts
from eduplan.landing.arrivals import find_arrivals
from eduplan.project import Project
from eduplan.staging.distinct import read_distinct, repeated
from eduplan.staging.generate import Statements
from eduplan.staging.load import load_arrivals
from eduplan.staging.pseudonyms import create_key
from eduplan.staging.report import LoadReport
from eduplan.warehouse.connection import open_warehouse

ROOT = Path(__file__).resolve().parents[3]
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)

ROLL_HEADER = "学校标识码,姓名,身份证件类型,身份证件号,学籍号,性别,出生日期,年级,班级,学籍状态"
SCREENING_HEADER = (
    "学校标识码,姓名,身份证件号,性别,出生日期,年级,筛查日期,裸眼视力(右),裸眼视力(左),球镜(右),球镜(左),身高,体重"
)


def identity_number(serial: int, born: date = date(2015, 3, 9), division: str = "990101") -> str:
    """A valid identity number of a division that does not exist; an odd serial number is a boy's."""
    body = f"{division}{born:%Y%m%d}{serial:03d}"
    remainder = sum(int(digit) * weight for digit, weight in zip(body, WEIGHTS, strict=True)) % 11
    return body + "10X98765432"[remainder]


def roll_row(serial: int, **changes: str) -> str:
    """A line of the pupil roll."""
    number = identity_number(serial)
    values = {
        "school": "2199000001",
        "name": "某某",
        "certificate": "居民身份证",
        "identity": number,
        "roll_number": f"G{changes.get('identity', number)}",
        "sex": "男" if serial % 2 else "女",
        "born": "2015-03-09",
        "grade": "一年级",
        "class_name": "1班",
        "status": "在读",
    }
    return ",".join((values | changes).values())


def screening_row(serial: int, **changes: str) -> str:
    """A line of the health screening."""
    values = {
        "school": "2199000001",
        "name": "某某",
        "identity": identity_number(serial),
        "sex": "男" if serial % 2 else "女",
        "born": "2015-03-09",
        "grade": "一年级",
        "screened_on": "2024-10-15",
        "right": "5.0",
        "left": "4.9",
        "sphere_right": "-0.25",
        "sphere_left": "-0.75",
        "height": "128.5",
        "weight": "26.4",
    }
    return ",".join((values | changes).values())


class Bureau:
    """A project in a temporary folder, with the shipped contracts."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "project"
        self.root.mkdir()
        shutil.copy(ROOT / "eduplan.yml", self.root)
        shutil.copytree(ROOT / "contracts", self.root / "contracts")
        self.project = Project.load(self.root, data=folder / "data")
        self.project.raw.mkdir(parents=True)
        self.connection = open_warehouse(self.project)

    @property
    def contracts(self) -> dict[str, Contract]:
        """The contracts as they are now."""
        return load_contracts(self.project.contracts)

    def send(self, path: str, *lines: str, encoding: str = "utf-8", after: float = 0) -> Path:
        """Puts a file into the raw folder."""
        file = self.project.raw / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(("\n".join(lines) + "\n").encode(encoding))
        if after:
            changed = file.stat().st_mtime + after
            os.utime(file, (changed, changed))
        return file

    def send_roll(self, *rows: str, path: str = "pupil_roll/2024-25/990101_roll.csv", after: float = 0) -> Path:
        """Sends a pupil roll."""
        return self.send(path, ROLL_HEADER, *rows, after=after)

    def send_screening(self, *rows: str) -> Path:
        """Sends a health screening."""
        return self.send("health_screening/2024-25-autumn/990101_eyes.csv", SCREENING_HEADER, *rows)

    def load(self, **options: Any) -> LoadReport:
        """Loads what arrived."""
        contracts = self.contracts
        arrivals = find_arrivals(self.project, contracts)
        return load_arrivals(self.connection, self.project, contracts, arrivals, **options)

    def ask(self, query: str) -> list[tuple[Any, ...]]:
        """Asks the working warehouse."""
        return self.connection.execute(query).fetchall()

    def faults(self) -> list[tuple[Any, ...]]:
        """Row number, column and rule of what is in quarantine."""
        return self.ask("select row_number, column_name, rule from staging.quarantine order by all")

    def repairs(self) -> dict[tuple[str, str], int]:
        """Repaired cells of the batches in force, by column and rule."""
        rows = self.ask(
            "select column_name, rule, sum(cells)::bigint from landing.repairs "
            "join landing.batches using (batch_id) where status = 'current' group by all"
        )
        return {(column, rule): cells for column, rule, cells in rows}

    def account(self, source: str) -> tuple[int, ...]:
        """Rows read, staged, quarantined, duplicate and dropped of the batches in force."""
        (row,) = self.ask(
            "select sum(rows_read)::bigint, sum(rows_staged)::bigint, sum(rows_quarantined)::bigint, "
            "sum(rows_duplicate)::bigint, sum(rows_dropped)::bigint "
            f"from landing.batches where source = '{source}' and status = 'current'"
        )
        return row


@pytest.fixture
def bureau(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bureau]:
    """A bureau with a key."""
    monkeypatch.setenv("EDUPLAN_KEY_FILE", str(create_key(tmp_path / "keys" / "person.key")))
    made = Bureau(tmp_path)
    yield made
    made.connection.close()


def make_records(
    connection: duckdb.DuckDBPyConnection,
    statements: Statements,
    raw: str,
    verb: str = "",
    *,
    known: str | None = None,
) -> list[tuple[Any, ...]]:
    """Makes the table ``records`` of the rows of a raw table, as staging does, or explains how."""
    read = connection.execute(statements.spread(raw)).to_arrow_table()
    values = read_distinct(connection, statements, repeated(read, statements.plain_texts))
    connection.register("records_values", values.rows)
    rows = f"({statements.rows('records_values', known=known)})"
    found = connection.execute(verb + statements.first("records", rows, values.columns, values.masks)).fetchall()
    connection.unregister("records_values")
    return found


@pytest.fixture
def memory() -> Iterator[duckdb.DuckDBPyConnection]:
    """A database in memory."""
    with duckdb.connect() as connection:
        yield connection

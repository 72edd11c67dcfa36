"""A contract with every kind of label, and a reader that gives what staging would see."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest

from eduplan.declarations.contracts import Contract
from eduplan.reading.table import RawTable, RejectedRecord, read_table

ROLL: dict[str, Any] = {
    "source": "roll",
    "title": {"en": "Roll", "zh": "名册"},
    "owner": {"en": "Office", "zh": "科"},
    "privacy": "public",
    "files": [{"folder": "roll"}],
    "period": {"kind": "none", "from": "fixed", "value": "all"},
    "columns": [
        {"name": "school_code", "type": "text", "required": True, "aliases": ["学校标识码", "学校（机构）代码"]},
        {"name": "pupil", "type": "text", "required": True, "aliases": ["姓名"]},
        {"name": "acuity_right", "type": "text", "aliases": ["视力检查-裸眼(右)"]},
        {"name": "acuity_left", "type": "text", "aliases": ["视力检查-裸眼(左)"]},
        {"name": "remark", "type": "text", "aliases": ["备注"]},
    ],
    "key": ["pupil"],
}


def contract_with(**changes: Any) -> Contract:
    return Contract.model_validate({**ROLL, **changes})


@pytest.fixture(scope="session")
def contract() -> Callable[..., Contract]:
    """Makes the roll's contract, with fields changed."""
    return contract_with


@dataclass
class Seen:
    """What one file gave, and whether it was split without the database."""

    raw: RawTable
    rows: list[tuple[Any, ...]]
    rejected: list[RejectedRecord]
    is_split: bool

    def by_column(self) -> dict[str, str]:
        return {column: one.name for one in self.raw.columns for column in one.columns}


Reader = Callable[..., Seen]


@pytest.fixture(scope="session")
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as opened:
        yield opened


@pytest.fixture
def work(tmp_path: Path) -> Path:
    return tmp_path / "work"


def assert_same(split: pa.Table, seen: Seen, connection: duckdb.DuckDBPyConnection) -> None:
    """What is split without the database must be what the database reads."""
    names = ", ".join(one.name for one in seen.raw.columns)
    read = connection.execute(f"select row_number, {names} from seen where coalesce({names}) is not null").fetchall()
    assert list(zip(*(column.to_pylist() for column in split.columns), strict=True)) == read
    assert not seen.rejected


@pytest.fixture
def read(connection: duckdb.DuckDBPyConnection, tmp_path: Path, work: Path) -> Iterator[Reader]:
    """Reads bytes (or a file) as staging does, and sees to it that no temporary file stays."""

    def reader(content: bytes | Path, *, largest_bytes: int = 10_000_000, **changes: Any) -> Seen:
        path = content if isinstance(content, Path) else tmp_path / "landed"
        if isinstance(content, bytes):
            path.write_bytes(content)
        with read_table(
            connection,
            path,
            contract_with(**changes),
            table_name="raw",
            work=work,
            file_name="名册.csv",
            largest_bytes=largest_bytes,
        ) as raw:
            split = raw.split([raw.columns[0].name]) if raw.split else None
            rejected = raw.scan(
                connection, "create or replace temp table seen as select * from raw order by row_number"
            )
            seen = Seen(raw, connection.execute("select * from seen").fetchall(), rejected, split is not None)
            if split is not None:
                assert_same(split, seen, connection)
        return seen

    yield reader
    assert not work.exists() or not list(work.iterdir())
    assert connection.execute("select count(*) from duckdb_views() where view_name = 'raw'").fetchone() == (0,)
    assert connection.execute("select count(*) from duckdb_tables() where table_name = 'raw'").fetchone() == (0,)

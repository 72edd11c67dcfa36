"""The generated statements keep the order of a file's rows, for every contract that is shipped."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from eduplan.declarations.contracts import load_code_lists, load_contracts
from eduplan.reading.header import RawColumn
from eduplan.staging.generate import Statements
from eduplan.staging.macros import ENGINE_MACROS
from eduplan.staging.plan import FilePlan
from eduplan.staging.pseudonyms import KEY_BYTES, set_key
from eduplan.staging.stage import keep_order, orderly_scans
from eduplan.staging.vocabulary import set_vocabulary
from tests.unit.staging.conftest import ROOT, Bureau, make_records, roll_row

FOLDERS = [ROOT / "contracts", *sorted((ROOT / "examples").glob("*/contracts"))]
CONTRACTS = [(folder, source) for folder in FOLDERS for source in load_contracts(folder)]


@pytest.mark.parametrize(("folder", "source"), CONTRACTS)
def test_nothing_that_loses_the_order_is_planned(memory: duckdb.DuckDBPyConnection, folder: Path, source: str) -> None:
    contract = load_contracts(folder)[source]
    codes = load_code_lists(folder / "codes")
    tables = [column for column in contract.columns if column.origin == "table"]
    header = [RawColumn(f"c{i}", column.name, (column.name,)) for i, column in enumerate(tables)]
    plan = FilePlan(contract, codes, header, {})
    memory.execute(ENGINE_MACROS.read_text(encoding="utf-8"))
    set_vocabulary(memory, codes)
    columns = ", ".join(f"c{i} varchar" for i in range(len(header)))
    memory.execute(f"create temp table raw (row_number bigint, {columns})")
    with orderly_scans(memory):
        lines = make_records(memory, Statements(plan), "raw", "explain ")
    text = "\n".join(line for _, line in lines)
    assert "JOIN" not in text
    assert "AGGREGATE" not in text


def test_rows_stay_in_their_order_next_to_known_persons(memory: duckdb.DuckDBPyConnection) -> None:
    contract = load_contracts(ROOT / "contracts")["pupil_roll"]
    codes = load_code_lists(ROOT / "contracts" / "codes")
    header = [
        RawColumn("c0", "school_code", ("school_code",)),
        RawColumn("c1", "identity_number", ("identity_number",)),
    ]
    plan = FilePlan(contract, codes, header, {}, knows_keys=True)
    memory.execute(ENGINE_MACROS.read_text(encoding="utf-8"))
    set_vocabulary(memory, codes)
    set_key(memory, bytes(KEY_BYTES))
    memory.execute("set threads = 1")
    memory.execute(
        "create table sent as select n as row_number, '2199000001' as c0, n::varchar as c1 from range(1, 20001) as r(n)"
    )
    memory.execute(
        "create table known as select c1 as identity, row_number as person_key from sent where row_number % 2 = 0"
    )
    # Where rows were deleted, a scan gives small chunks, as the parser does at the end of a part of the file.
    memory.execute("delete from sent where row_number % 50 > 0 and row_number not between 9000 and 12000")
    with orderly_scans(memory):
        keep_order(memory)
        make_records(memory, Statements(plan), "sent", known="known")
    assert memory.execute("select count(*), count(person_key) from records").fetchone() == (3340, 1840)
    displaced = (
        "select count(*) from (select row_number < lag(row_number) over (order by rowid) as it from records) where it"
    )
    assert memory.execute(displaced).fetchone() == (0,)


def test_rows_stay_in_the_order_of_the_file(bureau: Bureau) -> None:
    path = bureau.root / "contracts" / "pupil_roll.yml"
    rule = (
        "  - {rule: T01, severity: error, columns: [grade], reason: {en: x, zh: x}, "
        "check: \"grade in ('p1', 'p2', 'p3', 'p4', 'p5', 'p6', 'j1', 'j2')\"}\n"
    )
    path.write_text(path.read_text(encoding="utf-8") + rule, encoding="utf-8")
    bureau.send_roll(*(roll_row(serial, class_name=f"{serial}班") for serial in range(1, 900)))
    bureau.load()
    rows = bureau.ask("select row_number, class_name from staging.pupil_roll")
    assert rows == [(serial + 1, f"{serial}班") for serial in range(1, 900)]


def test_a_rule_with_a_query_is_numbered_by_the_parser_and_sorted(bureau: Bureau) -> None:
    path = bureau.root / "contracts" / "pupil_roll.yml"
    rule = (
        "  - {rule: T01, severity: warning, columns: [grade], reason: {en: x, zh: x}, "
        "check: grade in (select code from codes.grade)}\n"
    )
    path.write_text(path.read_text(encoding="utf-8") + rule, encoding="utf-8")
    bureau.send_roll(*(roll_row(serial, class_name=f"{serial}班") for serial in range(1, 300)))
    bureau.load()
    rows = bureau.ask("select row_number, class_name from staging.pupil_roll")
    assert rows == [(serial + 1, f"{serial}班") for serial in range(1, 300)]

"""Person keys are true HMACs, and the key is looked after."""

from __future__ import annotations

import hashlib
import hmac
from pathlib import Path

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eduplan.errors import EnvironmentFault
from eduplan.staging.pseudonyms import create_key, person_key_sql, read_key, set_key
from tests.unit.staging.conftest import Bureau, identity_number, roll_row


def expected(key: bytes, text: str) -> int:
    return int.from_bytes(hmac.new(key, text.encode(), hashlib.sha256).digest()[:8], "big", signed=True)


@settings(deadline=None)
@given(key=st.binary(min_size=32, max_size=64), text=st.text(max_size=40).filter(lambda text: "\0" not in text))
def test_agrees_with_the_library(key: bytes, text: str) -> None:
    with duckdb.connect() as connection:
        set_key(connection, key)
        row = connection.execute(f"select {person_key_sql('$1::varchar')}", [text]).fetchone()
    assert row == (expected(key, text),)


def test_known_vector(memory: duckdb.DuckDBPyConnection) -> None:
    # RFC 4231, test case 1.
    set_key(memory, b"\x0b" * 20)
    row = memory.execute("select " + person_key_sql("'Hi There'")).fetchone()
    assert row == (int.from_bytes(bytes.fromhex("b0344c61d8db3853"), "big", signed=True),)


def test_staged_rows_carry_the_key_of_the_normalised_number(bureau: Bureau) -> None:
    number = identity_number(7)
    bureau.send_roll(roll_row(7, identity=f"'{number}", roll_number=f"G{number}"))
    bureau.load()
    key = read_key(bureau.project)
    assert bureau.ask("select person_key from staging.pupil_roll") == [(expected(key, number),)]


def test_a_new_key_is_private_and_never_replaced(tmp_path: Path) -> None:
    path = create_key(tmp_path / "new" / "person.key")
    assert path.stat().st_mode & 0o777 == 0o600
    before = path.read_bytes()
    with pytest.raises(EnvironmentFault, match="there is a key already"):
        create_key(path)
    assert path.read_bytes() == before


def test_a_key_that_others_can_read_is_refused(bureau: Bureau) -> None:
    bureau.project.key_file.chmod(0o640)
    with pytest.raises(EnvironmentFault, match=r"can be read by others.*chmod 600"):
        read_key(bureau.project)


@pytest.mark.parametrize("text", ["", "abc", "00" * 31, "00" * 65])
def test_what_is_no_key_is_refused_without_showing_it(bureau: Bureau, text: str) -> None:
    bureau.project.key_file.write_text(text)
    with pytest.raises(EnvironmentFault) as caught:
        read_key(bureau.project)
    assert not text or text not in caught.value.line


def test_a_missing_key_stops_only_sources_with_identities(bureau: Bureau, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EDUPLAN_KEY_FILE", str(bureau.root / "no.key"))
    bureau.send_roll(roll_row(1))
    bureau.send("division/2024/list.csv", "行政区划代码,行政区划名称,级别", "990101,甲区,区县")
    report = bureau.load()
    assert [problem.line for problem in report.problems] == [
        f"{bureau.root / 'no.key'}: there is no key to make person keys with (make one with: eduplan key create)"
    ]
    assert bureau.ask("select source, status from landing.batches") == [("division", "current")]


def test_no_key_is_needed_without_identities(bureau: Bureau, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EDUPLAN_KEY_FILE", str(bureau.root / "no.key"))
    bureau.send("division/2024/list.csv", "行政区划代码,行政区划名称,级别", "990101,甲区,区县")
    assert bureau.load().problems == []


def test_the_key_stands_in_no_statement() -> None:
    key = bytes(range(32))
    with duckdb.connect() as connection:
        set_key(connection, key)
        with pytest.raises(duckdb.Error) as caught:
            connection.execute(f"select {person_key_sql('no_such_column')}")
    assert key.hex() not in str(caught.value)


def test_keys_that_are_remembered_are_the_same(bureau: Bureau) -> None:
    years = [f"{year}-{(year + 1) % 100:02d}" for year in range(2018, 2025)]
    for year in years:
        rows = [roll_row(serial) for serial in range(1, 30)]
        bureau.send_roll(*rows, path=f"pupil_roll/{year}/990101_roll.csv")
        bureau.send_roll(*rows[:5], path=f"pupil_roll/{year}/990102_roll.csv")
    bureau.load()
    key = read_key(bureau.project)
    wanted = {expected(key, identity_number(serial)) for serial in range(1, 30)}
    found = bureau.ask("select person_key, count(*) from staging.pupil_roll group by all")
    assert {person for person, _ in found} == wanted
    assert sum(rows for _, rows in found) == len(years) * 34
    assert bureau.ask("select count(*) from duckdb_databases() where database_name = 'eduplan_known_keys'") == [(0,)]

"""Each defect looks as it does in real files, and the account of a damaged file balances."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from eduplan.demo.arrays import stream
from eduplan.demo.defects import (
    Damage,
    Defect,
    FileAccount,
    apostrophe,
    constant,
    dotted_date,
    excel_serial,
    float_notation,
    full_width,
    lost_precision,
    other_day,
    share_out,
    wrong_check,
)
from eduplan.demo.identity import check_index

RNG = np.random.default_rng(1)
NUMBER = "990101201501010015"


def has_valid_check(text: str) -> bool:
    return text[-1] == "10X98765432"[int(check_index(np.array([int(text[:17])]))[0])]


@pytest.mark.parametrize("text", [NUMBER, "'" + NUMBER])
def test_identity_defects(text: str) -> None:
    assert float_notation(text, RNG) == "9.90101E+17"
    assert not has_valid_check(wrong_check(text, RNG).lstrip("'"))


def test_lost_precision_never_passes_the_check() -> None:
    for place in range(300):
        text = f"990101201501{place % 28 + 1:02d}{place:03d}X"
        lost = lost_precision(text, RNG)
        assert len(lost) == 18
        assert lost.endswith("000")
        assert not has_valid_check(lost)


def test_repairable_texts() -> None:
    assert full_width("12X", RNG) == "１２Ｘ"
    assert apostrophe(apostrophe("12", RNG), RNG) == "'12"


@pytest.mark.parametrize("text", ["2015-01-09", "2015/1/9", "20150109"])
def test_dates(text: str) -> None:
    assert dotted_date(text, RNG) == "2015.1.9"
    assert excel_serial(text, RNG) == "42013"
    assert other_day(text, RNG) == "2015-01-11"


def test_another_day_is_another_day_and_not_the_first() -> None:
    for day in range(1, 32):
        changed = int(other_day(f"2015-01-{day:02d}", RNG)[-2:])
        assert changed not in (1, day)


def test_damage_balances_and_spares_what_it_may_not_touch() -> None:
    size = 500
    table = pl.DataFrame({"number": [NUMBER] * size, "date": ["2015-01-09"] * 250 + [None] * 250})
    may_damage = np.arange(size) >= 100
    damage = Damage(table, may_damage, stream(1, "test"))
    damage.apply(Defect("wrong", "V05", "number", "quarantine", wrong_check), 20)
    damage.apply(Defect("dotted", "", "date", "repair", dotted_date), 30)
    damage.apply(Defect("both", "V39", "number", "quarantine", constant("x"), needs=("date",)), 10)
    damage.apply(Defect("absent", "V01", "nothing", "quarantine", constant("x")), 10)
    damage.repeat(7)
    account = FileAccount("roll", "2021-22", "990101")
    written = damage.finish(account, footers=2)
    assert (
        account.rows == account.staged + account.quarantined + account.duplicates + account.dropped == len(written) + 2
    )
    assert (account.quarantined, account.duplicates, account.dropped) == (30, 7, 2)
    assert account.findings == {"V05": 20, "V39": 10}
    assert account.repairs == {}
    assert account.defects == {"wrong": 20, "dotted": 30, "both": 10}
    assert not damage.is_quarantined[:100].any()
    assert written["date"].is_not_null().sum() >= 250
    changed = (damage.table["number"] != NUMBER) | (damage.table["date"].fill_null("2015-01-09") != "2015-01-09")
    assert changed.sum() == 60, "no row is damaged twice"


def test_defects_are_shared_out_in_proportion() -> None:
    kinds = tuple(Defect(str(place), "", "a", "repair", full_width) for place in range(4))
    drawn = share_out(kinds, 100_000, 1.0, stream(1, "share"))
    assert sum(count for _, count in drawn) == 100

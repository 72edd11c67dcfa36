"""Joint rows give each mart its counts, whatever else they are."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from eduplan.disclosure.links import Account, JointRows, joined


def account(
    codes: dict[str, list[int]], values: list[int], key: tuple[str, ...], room: list[int] | None = None
) -> Account:
    arrays = {name: np.array(code, dtype=np.int64) for name, code in codes.items()}
    bounds = None if room is None else np.array(room, dtype=np.int64)
    return Account(np.arange(len(values)), np.array(values, dtype=np.int64), bounds, arrays, key)


def sums(joint: JointRows, number: int, accounts: list[Account], of: np.ndarray | None = None) -> list[int]:
    inside = joint.row_of[number] >= 0
    numbers = joint.values if of is None else of
    found = np.bincount(joint.row_of[number][inside], numbers[inside], len(accounts[number].values))
    return found.astype(int).tolist()


def test_rows_of_a_coarser_mart_are_made_of_those_of_a_finer() -> None:
    fine = account({"school": [0, 0, 1], "grade": [1, 2, 1]}, [3, 4, 5], ("school", "grade"))
    coarse = account({"school": [0, 1]}, [7, 5], ("school",))
    joint = joined([fine, coarse])
    assert joint.values.tolist() == [3, 4, 5]
    assert joint.row_of[1].tolist() == [0, 0, 1]


def test_groups_that_do_not_agree_stay_apart() -> None:
    fine = account({"school": [0, 0, 1, 2]}, [3, 4, 5, 9], ("school",))
    coarse = account({"school": [0, 1, 2]}, [7, 6, 9], ("school",))
    joint = joined([fine, coarse])
    assert joint.values.tolist() == [3, 4, 5, 9, 6]
    assert joint.row_of[0].tolist() == [0, 1, 2, 3, -1]
    assert joint.row_of[1].tolist() == [0, 0, -1, 2, 1]


def test_what_agrees_by_chance_is_no_link() -> None:
    one = account({"school": [0, 1, 2, 3]}, [3, 40, 50, 60], ("school",))
    other = account({"school": [0, 1, 2, 3]}, [3, 42, 55, 61], ("school",))
    assert joined([one, other]).values.tolist() == [3, 40, 50, 60, 3, 42, 55, 61]


def test_whatever_agrees_is_a_link_where_some_of_the_same_persons_are_declared() -> None:
    """Of four districts one has the return of all its schools."""
    roll = account({"district": [0, 1, 2, 3]}, [30, 40, 50, 60], ("district",))
    reported = account({"district": [0, 1, 2, 3]}, [30, 10, 20, 30], ("district",))
    assert len(joined([roll, reported]).values) == 8
    assert joined([roll, replace(reported, is_some=True)]).row_of[1].tolist() == [0, -1, -1, -1, 1, 2, 3]


def test_a_trait_that_says_something_else_does_not_part_what_belongs_together() -> None:
    """A school with two stages is listed under one of them elsewhere."""
    roll = account({"school": [0, 0, 1, 2], "stage": [1, 2, 1, 1]}, [30, 20, 50, 60], ("school", "stage"))
    register = account({"school": [0, 1, 2], "stage": [2, 1, 1]}, [50, 50, 60], ("school",))
    assert joined([roll, register]).row_of[1].tolist() == [0, 0, 1, 2]


def test_bounds_of_both_marts_hold() -> None:
    fine = account({"school": [0, 0, 1]}, [1, 0, 2], ("school",), [10, 9, 3])
    coarse = account({"school": [0, 1]}, [1, 2], ("school",), [7, 3])
    joint = joined([fine, coarse])
    assert joint.room is not None
    assert (np.array(sums(joint, 1, [fine, coarse], joint.room)) <= [7, 3]).all()


counts = st.lists(st.integers(0, 9), min_size=2, max_size=6)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(counts, st.integers(1, 5)), min_size=1, max_size=4), st.booleans())
def test_every_mart_finds_its_counts_again(groups: list[tuple[list[int], int]], is_bounded: bool) -> None:
    """Schools and flows of the same districts; each district's persons are spread over as many flows as it says."""
    random = np.random.default_rng(1)
    schools, flows = ([], [], []), ([], [], [])
    for district, (members, kinds) in enumerate(groups):
        spread = random.multinomial(sum(members), np.ones(kinds) / kinds).tolist()
        for found, values in ((schools, members), (flows, spread)):
            found[0].extend([district] * len(values))
            found[1].extend(range(len(values)))
            found[2].extend(values)
    room = [3] * len(schools[2]) if is_bounded else None
    other_room = [4] * len(flows[2]) if is_bounded else None
    accounts = [
        account({"district": schools[0], "school": schools[1]}, schools[2], ("district", "school"), room),
        account({"district": flows[0], "flow": flows[1]}, flows[2], ("district", "flow"), other_room),
    ]
    joint = joined(accounts)
    for number, each in enumerate(accounts):
        assert sums(joint, number, accounts) == each.values.tolist()
        assert set(joint.row_of[number].tolist()) >= set(range(len(each.values)))
        if joint.room is not None:
            assert (np.array(sums(joint, number, accounts, joint.room)) <= each.room).all()
    if sum(schools[2]):
        assert ((joint.row_of[0] >= 0) == (joint.row_of[1] >= 0)).all()

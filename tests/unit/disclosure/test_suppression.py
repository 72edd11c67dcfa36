"""What is hidden cannot be worked out: held against an attack that knows nothing of how it was hidden."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from eduplan.disclosure import ranges
from eduplan.disclosure.quantities import OUTSIDE, Grouping, Quantities
from eduplan.disclosure.suppression import suppress

THRESHOLD = 5


def grouping(*columns: np.ndarray) -> Grouping:
    _, figure = np.unique(np.stack(columns, axis=1), axis=0, return_inverse=True)
    return Grouping(figure.ravel())


def schools(counts: list[list[int]], wholes: list[list[int]] | None = None) -> Quantities:
    """One district whose schools (rows) are published by school, by class (column) and together."""
    values = np.array(counts)
    school, level = (index.ravel() for index in np.indices(values.shape))
    groupings = [grouping(school), grouping(level), grouping(np.zeros_like(school))]
    rest = None if wholes is None else (np.array(wholes) - values).ravel()
    return Quantities(values.ravel(), groupings, room=rest, rest=rest)


def attacked(quantities: Quantities, hidden: np.ndarray) -> list[tuple[int, float, int]]:
    """Every hidden quantity with the width of its range, by programmes over single rows, made here."""
    rows = len(quantities.values)
    figures, truth, found = [], [], []
    for of_row in quantities.of_row:
        for quantity in np.unique(of_row[of_row >= 0]):
            member = (of_row == quantity).astype(float)
            if not hidden[quantity]:
                figures.append(member)
                truth.append(float(member @ quantities.values))
    bounds = [(0, int(most) if quantities.is_bounded else None) for most in quantities.values + quantities.room]
    for place, of_row in enumerate(quantities.of_row):
        for quantity in np.unique(of_row[of_row >= 0]):
            if not hidden[quantity] or quantities.home[quantity] != place:
                continue
            member = (of_row == quantity).astype(float)
            ends = []
            for sign in (1, -1):
                known = (np.array(figures).reshape(-1, rows), np.array(truth)) if figures else (None, None)
                result = linprog(sign * member, A_eq=known[0], b_eq=known[1], bounds=bounds, method="highs")
                ends.append(sign * result.fun if result.status == 0 else np.inf)
            found.append((int(quantity), ends[1] - ends[0], int(quantities.capacity[quantity])))
    return found


def assert_nothing_can_be_worked_out(quantities: Quantities, hidden: np.ndarray) -> None:
    for quantity, width, capacity in attacked(quantities, hidden):
        assert width >= min(THRESHOLD, capacity) - 1e-6, (quantity, width)


def test_a_small_count_takes_a_second_one_with_it() -> None:
    quantities = schools([[3], [20], [40]])
    found = suppress(quantities, THRESHOLD)
    assert found.is_primary.sum() == 1
    assert found.is_hidden.sum() == 2
    assert sorted(quantities.sums[found.is_hidden].tolist()) == [3, 20]


def test_nothing_is_hidden_where_nothing_is_small() -> None:
    assert not suppress(schools([[5, 9], [20, 6]]), THRESHOLD).is_hidden.any()


def test_a_true_zero_is_told() -> None:
    assert not suppress(schools([[0], [20], [40]]), THRESHOLD).is_hidden.any()


def test_few_who_are_left_out_are_as_telling_as_few_who_are_in() -> None:
    quantities = schools([[28], [20], [40]], wholes=[[30], [35], [60]])
    hidden = quantities.sums[suppress(quantities, THRESHOLD).is_hidden]
    assert 28 in hidden.tolist()
    assert len(hidden) >= 2


def test_two_small_counts_in_one_school_are_not_enough_when_their_sum_is_small() -> None:
    quantities = schools([[1, 1, 30], [20, 25, 30]])
    found = suppress(quantities, THRESHOLD)
    assert_nothing_can_be_worked_out(quantities, found.is_hidden)


def test_what_is_hidden_stays_so_when_it_is_hidden_for_another_reason() -> None:
    quantities = schools([[10], [20], [40]])
    must = quantities.sums == 10
    found = suppress(quantities, THRESHOLD, must_hide=must)
    assert found.is_hidden[must].all()
    assert not found.is_primary.any()
    assert_nothing_can_be_worked_out(quantities, found.is_hidden)


def test_the_same_sum_published_twice_is_hidden_in_both_places() -> None:
    values = np.array([3, 20, 40])
    once = grouping(np.arange(3))
    quantities = Quantities(values, [once, Grouping(once.figure.copy()), grouping(np.zeros(3, dtype=np.int64))])
    found = suppress(quantities, THRESHOLD)
    assert all(found.is_hidden[of_figure].tolist() == [True, True, False] for of_figure in quantities.of_figure[:2])


def test_the_attack_finds_the_range_that_subtraction_leaves() -> None:
    quantities = schools([[3, 12], [20, 9]])
    hidden = np.zeros(quantities.count, dtype=bool)
    hidden[quantities.of_figure[0]] = True  # both schools; their sum of 44 is known
    assert [width for _, width, _ in attacked(quantities, hidden)] == [44, 44]


tables = st.integers(2, 4).flatmap(
    lambda width: st.lists(st.lists(st.integers(0, 12), min_size=width, max_size=width), min_size=2, max_size=5)
)


@settings(max_examples=60, deadline=None)
@given(tables, st.integers(0, 10))
def test_no_attack_narrows_a_hidden_count_below_the_threshold(counts: list[list[int]], more: int) -> None:
    for wholes in (None, [[count + more for count in row] for row in counts]):
        quantities = schools(counts, wholes)
        assert_nothing_can_be_worked_out(quantities, suppress(quantities, THRESHOLD).is_hidden)


@settings(max_examples=30, deadline=None)
@given(tables)
def test_all_small_counts_are_hidden_and_large_cities_of_large_counts_are_not(counts: list[list[int]]) -> None:
    quantities = schools(counts)
    found = suppress(quantities, THRESHOLD)
    assert found.is_hidden[found.is_primary].all()
    large = schools([[count + THRESHOLD for count in row] for row in counts])
    assert not suppress(large, THRESHOLD).is_hidden.any()


def layers(parts: list[list[int]], rests: list[list[int]], wholes: list[list[int]]) -> tuple[Quantities, np.ndarray]:
    """Schools (rows) and classes whose count has a part, published by school, by class and together; so is the part."""
    part, rest, most = (np.array(rows) for rows in (parts, rests, wholes))
    school, level = (index.ravel() for index in np.indices(part.shape))
    cuts = [grouping(school), grouping(level), grouping(np.zeros_like(school))]
    nobody = np.full(part.size, OUTSIDE)
    groupings = [Grouping(np.tile(cut.figure, 2)) for cut in cuts]
    groupings += [Grouping(np.concatenate([cut.figure, nobody])) for cut in cuts]
    left = (most - part - rest).ravel()
    values = np.concatenate([part.ravel(), rest.ravel()])
    room = np.concatenate([left // 2, left - left // 2])
    found = Quantities(values, groupings, room=room, rest=np.concatenate([np.zeros_like(left), left]))
    return found, most.ravel()


@settings(max_examples=40, deadline=None)
@given(tables, st.integers(0, 9), st.integers(0, 7))
def test_a_part_and_its_whole_cannot_be_worked_out_together(counts: list[list[int]], more: int, left: int) -> None:
    """The attacker knows that a part is in its whole, and how many there are of each row altogether."""
    rests = [[(count * 5 + more) % 11 for count in row] for row in counts]
    wholes = [
        [count + rest + left for count, rest in zip(row, others, strict=True)]
        for row, others in zip(counts, rests, strict=True)
    ]
    quantities, most = layers(counts, rests, wholes)
    hidden = suppress(quantities, THRESHOLD).is_hidden
    rows, size = len(quantities.values), len(most)
    together = np.concatenate([np.eye(size), np.eye(size)], axis=1)
    members = {
        int(quantity): (of_row == quantity).astype(float)
        for of_row in quantities.of_row
        for quantity in np.unique(of_row[of_row >= 0])
    }
    told = np.array([member for quantity, member in members.items() if not hidden[quantity]]).reshape(-1, rows)
    for quantity, member in members.items():
        if not hidden[quantity]:
            continue
        ends = []
        for sign in (1, -1):
            known = (told, told @ quantities.values) if len(told) else (None, None)
            result = linprog(sign * member, A_ub=together, b_ub=most, A_eq=known[0], b_eq=known[1], method="highs")
            ends.append(sign * result.fun)
        assert ends[1] - ends[0] >= min(THRESHOLD, int(quantities.capacity[quantity])) - 1e-6


def test_what_is_too_large_for_one_programme_is_proven_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ranges, "_ALL_ROWS", 20)
    monkeypatch.setattr(ranges, "_SOME_ROWS", 16)
    monkeypatch.setattr(ranges, "_MOST_ATTACKED", 3)
    random = np.random.default_rng(5)
    counts = random.integers(0, 4, (14, 4)).tolist()
    for wholes in (None, [[count + 6 for count in row] for row in counts]):
        quantities = schools(counts, wholes)
        found = suppress(quantities, THRESHOLD)
        assert found.is_primary.any()
        assert (found.width[found.is_hidden] >= np.minimum(THRESHOLD, quantities.capacity)[found.is_hidden]).all()
        assert_nothing_can_be_worked_out(quantities, found.is_hidden)


def test_the_same_counts_hide_the_same() -> None:
    random = np.random.default_rng(7)
    counts = random.integers(0, 20, (9, 4)).tolist()
    hidden = [suppress(schools(counts), THRESHOLD).is_hidden.tolist() for _ in range(2)]
    assert hidden[0] == hidden[1]


def test_what_was_proven_before_takes_no_company() -> None:
    quantities = schools([[3], [20], [40]])
    proven = np.full(quantities.count, THRESHOLD)
    assert suppress(quantities, THRESHOLD, proven=proven).is_hidden.sum() == 1


@pytest.mark.parametrize("threshold", [2, 10])
def test_the_threshold_is_the_callers(threshold: int) -> None:
    quantities = schools([[1], [6], [40], [60]])
    found = suppress(quantities, threshold)
    assert (1 in quantities.sums[found.is_primary]) is True
    assert (6 in quantities.sums[found.is_primary]) is (threshold == 10)

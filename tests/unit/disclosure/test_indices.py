"""The derivatives of indices are those of the formulas, whatever the units."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eduplan.disclosure.figures import WEIGHTED_RATIO
from eduplan.disclosure.indices import Units, derivatives

STEP = 1e-5


def _spread(n, d, w):
    x = n / d
    return w / w.sum(), x * w.sum() / (w * x).sum()


def _gini(n, d, w):
    """Half the mean difference between two persons, over the mean."""
    x = n / d
    mean = (w * x).sum() / w.sum()
    return (np.abs(x[:, None] - x) * w[:, None] * w).sum() / w.sum() ** 2 / mean / 2


def _dissimilarity(n, d, _):
    return np.abs(n / n.sum() - (d - n) / (d - n).sum()).sum() / 2


def _theil_t(n, d, w):
    share, r = _spread(n, d, w)
    return (share * r * np.log(r)).sum()


def _theil_l(n, d, w):
    share, r = _spread(n, d, w)
    return -(share * np.log(r)).sum()


def _variation(n, d, w):
    share, r = _spread(n, d, w)
    return np.sqrt((share * (r - 1) ** 2).sum())


FORMULAS: dict[str, Callable[..., float]] = {
    WEIGHTED_RATIO: lambda n, d, w: (w * n / d).sum() / w.sum(),
    "coefficient_of_variation": _variation,
    "theil_t": _theil_t,
    "theil_l": _theil_l,
    "gini": _gini,
    "dissimilarity": _dissimilarity,
}

numbers = st.lists(
    st.tuples(st.integers(1, 60), st.integers(61, 500), st.integers(1, 500)),
    min_size=3,
    max_size=8,
    unique_by=lambda unit: round(unit[0] / unit[1], 3),
)


@pytest.mark.parametrize("method", FORMULAS)
@settings(deadline=None)
@given(units=numbers, among=st.integers(0, 2))
def test_a_person_more_moves_an_index_as_its_derivative_says(method, units, among) -> None:
    formula = FORMULAS[method]
    counts = [np.array(each, dtype=float) for each in zip(*units, strict=True)]
    if method == "dissimilarity":
        shares = counts[0] / counts[0].sum() - (counts[1] - counts[0]) / (counts[1] - counts[0]).sum()
        if (np.abs(shares) < 1e-3).any():
            return
    # A second cell beside it changes nothing.
    both = [np.concatenate([each, each[::-1] + 1]) for each in counts]
    cell = np.repeat([0, 1], len(units))
    found = derivatives(method, Units(cell, *both))
    assert found.value[: len(units)] == pytest.approx(formula(*counts))
    for role, by in enumerate((found.n, found.d, found.w)):
        unit = among % len(units)
        more, less = ([each.copy() for each in counts] for _ in range(2))
        more[role][unit] += STEP
        less[role][unit] -= STEP
        slope = (formula(*more) - formula(*less)) / (2 * STEP)
        assert by[unit] == pytest.approx(slope, rel=1e-4, abs=1e-7)


def test_where_everybody_is_examined_a_weighted_rate_counts_each_child_once() -> None:
    """So whoever knows it knows the sum, and it is hidden with it."""
    pupils = np.array([120.0, 80.0, 95.0])
    found = derivatives(
        WEIGHTED_RATIO, Units(np.zeros(3, dtype=np.int64), np.array([30.0, 41.0, 50.0]), pupils, pupils)
    )
    assert found.n * pupils.sum() == pytest.approx([1.0, 1.0, 1.0])

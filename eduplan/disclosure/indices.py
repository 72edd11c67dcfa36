"""What the value of an index tells of the counts that it is made of: how far one person more in a unit moves it.

Belongs here: the derivatives of weighted rates and of measures of dispersion (:mod:`eduplan.indicators.formulas` has
the formulas). Does not belong here: which rows make a unit (:mod:`eduplan.disclosure.marts`).

Whoever knows a value knows an equation of all counts in it. It is not linear, but persons who change places by the
few move the value by its derivatives; what is left of the change is smaller than that by the part of the unit that has
moved. So a value is one more linear equation, with real coefficients.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from eduplan.disclosure.figures import WEIGHT, WEIGHTED_RATIO
from eduplan.disclosure.quantities import Floats, Ints


@dataclass(frozen=True)
class Units:
    """The units of an index: strata of a weighted rate, or schools of a dispersion.

    Attributes:
        cell: The value that each unit is a part of.
        n: What the unit has.
        d: What that is divided by; more than nothing.
        w: Its weight; more than nothing for a dispersion.
    """

    cell: Ints
    n: Floats
    d: Floats
    w: Floats

    def total(self, terms: Floats) -> Floats:
        """The sum of terms over the cell, for each unit."""
        sums = np.bincount(self.cell, terms, int(self.cell.max(initial=-1)) + 1).astype(np.float64)
        return np.asarray(sums[self.cell])

    @property
    def x(self) -> Floats:
        """The value of each unit."""
        return self.n / self.d


@dataclass(frozen=True)
class Derivatives:
    """An index, and how far it moves with one more of each unit's numerator, denominator and weight.

    Attributes:
        value: The index of the cell that each unit is a part of.
        n: By the numerator of each unit.
        d: By its denominator.
        w: By its weight.
    """

    value: Floats
    n: Floats
    d: Floats
    w: Floats

    @classmethod
    def of_ratio(cls, value: Floats, units: Units, x: Floats, w: Floats) -> Derivatives:
        """From the derivatives by a unit's value and by its weight."""
        return cls(value, x / units.d, -x * units.x / units.d, w)


def derivatives(method: str, units: Units) -> Derivatives:
    """How the value of an index moves with the counts of its units.

    Args:
        method: A method of :class:`eduplan.disclosure.figures.Index`.
        units: Its units.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        found = _METHODS[method](units)
    every = (found.value, found.n, found.d, found.w)
    return Derivatives(*(np.nan_to_num(each, nan=0.0, posinf=0.0, neginf=0.0) for each in every))


def _weighted_ratio(units: Units) -> Derivatives:
    """``sum(w x) / sum(w)``."""
    weight = units.total(units.w)
    value = units.total(units.w * units.x) / weight
    return Derivatives.of_ratio(value, units, units.w / weight, (units.x - value) / weight)


def _weight(units: Units) -> Derivatives:
    nothing = np.zeros(len(units.w))
    return Derivatives(units.total(units.w), nothing, nothing, np.ones(len(units.w)))


def _coefficient_of_variation(units: Units) -> Derivatives:
    """The root of ``sum(w x²) sum(w) / sum(w x)² - 1``."""
    w, x = units.w, units.x
    squares, weight, mean = units.total(w * x * x), units.total(w), units.total(w * x)
    by_mean = -2 * squares * weight / mean**3
    value = np.sqrt(np.maximum(squares * weight / mean**2 - 1, 0))
    return Derivatives.of_ratio(
        value,
        units,
        (2 * w * x * weight / mean**2 + by_mean * w) / (2 * value),
        ((x * x * weight + squares) / mean**2 + by_mean * x) / (2 * value),
    )


def _theil_t(units: Units) -> Derivatives:
    """``sum(w x ln x) / sum(w x) - ln(sum(w x) / sum(w))``."""
    w, x = units.w, units.x
    logs = np.where(x > 0, np.log(np.where(x > 0, x, 1.0)), 0.0)
    entropy, weight, mean = units.total(w * x * logs), units.total(w), units.total(w * x)
    by_mean = -entropy / mean**2 - 1 / mean
    return Derivatives.of_ratio(
        entropy / mean - np.log(mean / weight),
        units,
        np.where(x > 0, w * (logs + 1) / mean + by_mean * w, 0.0),
        x * logs / mean + by_mean * x + 1 / weight,
    )


def _theil_l(units: Units) -> Derivatives:
    """``ln(sum(w x) / sum(w)) - sum(w ln x) / sum(w)``."""
    w, x = units.w, units.x
    logs = np.log(x)
    sum_of_logs, weight, mean = units.total(w * logs), units.total(w), units.total(w * x)
    return Derivatives.of_ratio(
        np.log(mean / weight) - sum_of_logs / weight,
        units,
        w / mean - w / (x * weight),
        x / mean - 1 / weight - logs / weight + sum_of_logs / weight**2,
    )


def _gini(units: Units) -> Derivatives:
    """``1 - sum(w_i (2 (y_1 + ... + y_i) - y_i)) / (sum(w) sum(y))`` with ``y = w x``, the units in order of ``x``."""
    w, x = units.w, units.x
    y = w * x
    order = np.lexsort([y, w, x, units.cell])
    up_to = _cumulated(y, units.cell, order)
    after = units.total(w) - _cumulated(w, units.cell, order)
    area = units.total(w * (2 * up_to - y))
    weight, amount = units.total(w), units.total(y)
    by_amount = -(w + 2 * after) / (weight * amount) + area / (weight * amount**2)
    by_weight = -(2 * up_to - y) / (weight * amount) + area / (weight**2 * amount)
    return Derivatives.of_ratio(1 - area / (weight * amount), units, by_amount * w, by_weight + by_amount * x)


def _cumulated(terms: Floats, cell: Ints, order: Ints) -> Floats:
    """The sum of the terms of a cell up to each, in an order that has the cells one after the other."""
    sums: Floats = np.cumsum(terms[order])
    first = np.r_[True, cell[order][1:] != cell[order][:-1]]
    before = np.where(first, sums - terms[order], -np.inf)
    found = np.empty(len(terms))
    found[order] = sums - np.maximum.accumulate(before)
    return found


def _dissimilarity(units: Units) -> Derivatives:
    """Half the sum of ``|n / sum(n) - (d - n) / sum(d - n)|``."""
    n, others = units.n, units.d - units.n
    group, rest = units.total(n), units.total(others)
    sign = np.sign(n / group - others / rest)
    of_group, of_rest = units.total(sign * n) / group**2, units.total(sign * others) / rest**2
    return Derivatives(
        units.total(np.abs(n / group - others / rest)) / 2,
        (sign * (1 / group + 1 / rest) - of_group - of_rest) / 2,
        (of_rest - sign / rest) / 2,
        np.zeros(len(n)),
    )


_METHODS: dict[str, Callable[[Units], Derivatives]] = {
    WEIGHTED_RATIO: _weighted_ratio,
    WEIGHT: _weight,
    "coefficient_of_variation": _coefficient_of_variation,
    "theil_t": _theil_t,
    "theil_l": _theil_l,
    "gini": _gini,
    "dissimilarity": _dissimilarity,
}

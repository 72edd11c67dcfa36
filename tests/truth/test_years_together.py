"""An attack on all years of the demo city's release at once, which shares no code with what protects it.

The attacker knows that the pupils of this year's grades are those of last year's, but for who came and who went, and
that what became of them adds up to them. He does not know who went where between districts, so that he follows those
to and from the city as a whole. And he knows that a cohort began with a roll of another year, how its account
balances, and that whoever is followed in it was on that roll.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import highspy
import numpy as np
import polars as pl
import pytest
from scipy.sparse import csr_matrix

from tests.truth.test_disclosure import ARRIVALS, Figure, databases, figures_of_all_marts, figures_over  # noqa: F401

FLOWS = "ch4_system.pupil_flows"
STAYS = {"promoted": 1, "repeated": 0, "skipped": 2, "moved_down": -1}
"""Ways of those who are still there, and by how many grades they are further now at the least or most."""
LEAVES = [
    "to_special_school",
    "died",
    "left_city",
    "dropped_out",
    "suspended",
    "completed",
    "not_reported",
    "lost",
]
NOT_FOLLOWED = ["died", "left_city", "not_reported"]
ROLLS = "ch1_context.enrolment"
IN_SCOPE = pl.col("stage").is_in(["primary", "junior"]) & pl.col("grade_number").is_between(1, 9)
CELL = ["division_code", "grade_number", "sex"]
ORIGIN = ["division_code", "stage", "grade", "grade_number", "sex"]
THRESHOLD = 5
PULLS = 30
"""Solutions that pull all numbers at once at random, before each is asked for alone."""


@dataclass
class System:
    """Unknown numbers of persons, what is told of their sums, and which sums are not told.

    Attributes:
        values: The true numbers.
        can_be_more: Whether each could be more than it is: the attacker knows which rows of a roll are there.
        sums: Rows, factors and sums that the attacker knows.
        secrets: What is not told: where it stands, and rows.
    """

    values: np.ndarray = field(default_factory=lambda: np.zeros(0))
    can_be_more: np.ndarray = field(default_factory=lambda: np.zeros(0, dtype=bool))
    sums: list[tuple[np.ndarray, np.ndarray, float]] = field(default_factory=list)
    secrets: list[tuple[str, np.ndarray]] = field(default_factory=list)

    def add(self, values: np.ndarray, can_be_more: np.ndarray) -> int:
        """Adds unknown numbers, and says where they begin."""
        start = len(self.values)
        self.values = np.concatenate([self.values, values.astype(float)])
        self.can_be_more = np.concatenate([self.can_be_more, can_be_more])
        return start

    def publish(self, where: str, figures: Sequence[Figure], start: int) -> None:
        for figure in figures:
            rows = figure.rows + start
            if figure.value is None:
                self.secrets.append((where, rows))
            else:
                self.know(rows, [], figure.value)

    def know(self, rows: Sequence[int], others: Sequence[int], value: float = 0.0) -> None:
        """Notes what the sum of rows is, less that of others."""
        every = np.concatenate([np.asarray(rows), np.asarray(others)]).astype(int)
        factors = np.concatenate([np.ones(len(rows)), -np.ones(len(others))])
        assert factors @ self.values[every] == value
        self.sums.append((every, factors, value))

    def narrow(self) -> list[tuple[str, int, float]]:
        """The secrets of which the attacker knows the number more narrowly than he may."""
        unique = {tuple(sorted(rows.tolist())): (where, rows) for where, rows in self.secrets}
        chosen = [each for each in unique.values() if self.values[each[1]].sum() > 0]
        secret = _matrix([(rows, np.ones(len(rows))) for _, rows in chosen], len(self.values))
        persons = secret @ self.values
        wanted = np.minimum(THRESHOLD, persons) - 1e-6
        least, most = np.zeros(len(chosen)), np.zeros(len(chosen))
        attack = _Attack(self, secret)
        random = np.random.default_rng(1)

        def move(gains: np.ndarray) -> None:
            moved = attack.moved(gains)
            np.minimum(least, moved, out=least)
            np.maximum(most, moved, out=most)

        for _ in range(PULLS):
            left = np.flatnonzero(most - least < wanted)
            gains = np.zeros(len(chosen))
            gains[left] = random.choice((-1.0, 1.0), len(left)) * random.uniform(0.5, 1.0, len(left))
            for sign in (1, -1) if len(left) else ():
                move(sign * gains)
        for place in np.flatnonzero(most - least < wanted):
            for sign in (1.0, -1.0):
                move(np.where(np.arange(len(chosen)) == place, sign, 0.0))
        return [
            (chosen[place][0], int(persons[place]), float(most[place] - least[place]))
            for place in np.flatnonzero(most - least < wanted)
        ]


class _Attack:
    """How far secrets can be from the truth while everything is as it is told."""

    def __init__(self, system: System, secret: csr_matrix) -> None:
        told = _matrix([(rows, factors) for rows, factors, _ in system.sums], len(system.values)).tocsc()
        self._secret = secret
        self._highs = highspy.Highs()
        for name, value in (("output_flag", False), ("threads", 1), ("presolve", "off"), ("simplex_strategy", 4)):
            self._highs.setOptionValue(name, value)
        programme = highspy.HighsLp()
        programme.num_row_, programme.num_col_ = told.shape
        programme.col_cost_ = np.zeros(told.shape[1])
        programme.col_lower_ = -system.values
        programme.col_upper_ = np.where(system.can_be_more, 1000.0, 0.0)
        programme.row_lower_ = programme.row_upper_ = np.zeros(told.shape[0])
        programme.a_matrix_.format_ = highspy.MatrixFormat.kColwise
        programme.a_matrix_.start_, programme.a_matrix_.index_ = told.indptr, told.indices
        programme.a_matrix_.value_ = told.data
        self._highs.passModel(programme)

    def moved(self, gains: np.ndarray) -> np.ndarray:
        columns = self._secret.shape[1]
        self._highs.changeColsCost(columns, np.arange(columns, dtype=np.int32), -(gains @ self._secret))
        self._highs.run()
        assert self._highs.getModelStatus() == highspy.HighsModelStatus.kOptimal
        return self._secret @ np.array(self._highs.getSolution().col_value)


def _matrix(rows: Sequence[tuple[np.ndarray, np.ndarray]], columns: int) -> csr_matrix:
    lengths = [len(members) for members, _ in rows]
    places = np.repeat(np.arange(len(rows)), lengths), np.concatenate([members for members, _ in rows])
    return csr_matrix((np.concatenate([factors for _, factors in rows]), places), shape=(len(rows), columns))


def ways(flows: pl.DataFrame, before: pl.DataFrame, now: pl.DataFrame) -> pl.DataFrame:
    """Every way that pupils of each cell of last year could have gone, and every way into each cell of today."""
    left = pl.DataFrame({"flow": LEAVES, "further": [None] * len(LEAVES)}, schema_overrides={"further": pl.Int64})
    stays = pl.DataFrame({"flow": list(STAYS), "further": list(STAYS.values())})
    went = (
        before.filter(IN_SCOPE)
        .select(ORIGIN)
        .unique()
        .join(pl.concat([left, stays]), how="cross")
        .with_columns(
            grade_number_now=(pl.col("grade_number") + pl.col("further")).fill_null(0),
            is_followed=(pl.col("grade_number") < 9) & ~pl.col("flow").is_in(NOT_FOLLOWED),
        )
    )
    came = (
        now.filter(IN_SCOPE)
        .select(ORIGIN)
        .unique()
        .join(pl.DataFrame({"flow": ARRIVALS}), how="cross")
        .with_columns(grade_number_now=pl.col("grade_number"), is_followed=pl.lit(value=False))
    )
    every = pl.concat([went.drop("further"), came], how="vertical_relaxed")
    of_flow = flows.group_by([*ORIGIN, "flow"]).agg(pl.col("pupils").sum(), followed=pl.col("is_followed").any())
    found = every.join(of_flow, on=[*ORIGIN, "flow"], how="left").with_columns(pl.col("pupils").fill_null(0))
    assert found["pupils"].sum() == flows["pupils"].sum()
    assert found.filter(pl.col("followed") != pl.col("is_followed")).is_empty()
    return found.sort([*ORIGIN, "flow"]).with_row_index("row")


def stayed(flows: pl.DataFrame, now: pl.DataFrame) -> pl.DataFrame:
    """Those who came to each cell of today from anywhere in the city, by the way that they went."""
    here = (
        flows.filter(pl.col("flow").is_in(list(STAYS)))
        .group_by(division_code="division_code_now", grade_number="grade_number_now", sex="sex", flow="flow")
        .agg(pl.col("pupils").sum())
    )
    every = now.filter(IN_SCOPE).select(CELL).unique().join(pl.DataFrame({"flow": list(STAYS)}), how="cross")
    found = every.join(here, on=[*CELL, "flow"], how="left").with_columns(pl.col("pupils").fill_null(0))
    assert found["pupils"].sum() == here["pupils"].sum()
    return found.sort([*CELL, "flow"]).with_row_index("row")


def follow(system: System, release, warehouse, year: str, before: pl.DataFrame, now: pl.DataFrame) -> pl.DataFrame:
    """Adds what is told of those who were there last year and of those who are there today; gives all ways."""
    flows = warehouse.execute(f"select * from {FLOWS} where school_year = ?", [year]).pl()
    every, here = ways(flows, before, now), stayed(flows, now)
    start = system.add(every["pupils"].to_numpy(), np.ones(len(every), dtype=bool))
    told = figures_over(release, warehouse, every, FLOWS, "pupils", year)
    assert any(figure.value is not None for figure in told)
    system.publish(f"flows of {year}", told, start)
    every = every.with_columns(pl.col("row") + start)
    here = here.with_columns(pl.col("row") + system.add(here["pupils"].to_numpy(), np.ones(len(here), dtype=bool)))
    came, went = (every.filter(pl.col("flow").is_in(ARRIVALS) == is_arrival) for is_arrival in (True, False))
    know_same(system, before.filter(IN_SCOPE), went, ORIGIN)
    into = pl.concat([frame.select("row", "pupils", *CELL) for frame in (came, here)], how="vertical_relaxed")
    know_same(system, now.filter(IN_SCOPE), into, CELL)
    # Whoever went on in the city is somewhere in it.
    further = pl.col("grade_number") + pl.col("flow").replace_strict(STAYS, return_dtype=pl.Int64)
    is_sure = pl.col("flow").is_in(["promoted", "repeated"])
    by = ["sex", "flow", "to"]
    went = went.filter(pl.col("flow").is_in(list(STAYS))).with_columns(to=pl.when(is_sure).then(further))
    here = here.with_columns(to=pl.when(is_sure).then("grade_number"))
    know_same(system, went, here, by)
    return every


def know_same(system: System, some: pl.DataFrame, others: pl.DataFrame, by: Sequence[str]) -> None:
    """Notes that two sets of rows count the same persons, where they do."""
    one, other = (rows.group_by(by, maintain_order=True).agg("row", pl.col("pupils").sum()) for rows in (some, others))
    both = one.join(other, on=by, how="inner", nulls_equal=True, suffix="_other")
    same = both.filter(pl.col("pupils") == pl.col("pupils_other"))
    assert len(same) > 0.9 * len(both)
    for rows, rows_other in same.select("row", "row_other").iter_rows():
        system.know(rows, rows_other)


COHORTS = "ch4_system.cohort_reconciliation"
CAME = {
    "transfers_in": ["transferred_in"],
    "returned_pupils": ["returned", "resumed"],
    "arrivals_without_reason": ["entered", "arrived_otherwise", "not_reported_before"],
    "moves_in": None,
    "repeats_and_skips_in": None,
}
WENT = {
    "transfers_out": ["left_city"],
    "deaths": ["died"],
    "drop_outs": ["dropped_out"],
    "suspensions": ["suspended"],
    "losses_without_reason": ["lost", "not_reported"],
    "moves_out": None,
    "repeats_and_skips_out": None,
}
"""Items of a cohort, with the flows that they add up, where an attacker knows these."""


def reconcile(
    system: System, release, warehouse, rolls: dict[str, pl.DataFrame], flows: dict[str, pl.DataFrame]
) -> None:
    """Adds what is told of cohorts: whom they began and ended with, who came to them and who went, and the balance."""
    truth = warehouse.execute(f"select * from {COHORTS} order by all").pl()
    shown = release.execute(f"select * from {COHORTS} order by school_year, division_code").pl()
    assert len(shown) == len(truth)
    years = {int(year[:4]): year for year in rolls}
    for true, told in zip(truth.iter_rows(named=True), shown.iter_rows(named=True), strict=True):
        last, tracked, district = int(true["school_year"][:4]), true["years_tracked"], true["division_code"]

        def pupils(year: int, grade: int, district: str = district) -> list[int]:
            of_grade = (pl.col("grade_number") == grade) & (pl.col("division_code") == district) & IN_SCOPE
            return rolls[years[year]].filter(of_grade)["row"].to_list()

        def moved(kinds: list[str], further: int, last: int = last, tracked: int = tracked, d: str = district):
            return [
                row
                for year in range(last - tracked + 1, last + 1)
                for row in flows[years[year]]
                .filter(
                    pl.col("flow").is_in(kinds)
                    & (pl.col("division_code") == d)
                    & (pl.col("grade_number") == year - further + 9 - last)
                )["row"]
                .to_list()
            ]

        balance: list[list[int]] = [[], []]
        for side, (items, further) in enumerate(((CAME, 0), (WENT, 1))):
            for item, kinds in items.items():
                if kinds is None:
                    start = system.add(np.array([true[item]]), np.array([True]))
                    rows = [start]
                else:
                    rows = moved(kinds, further)
                balance[side] += rows
                if told.get(item) is None:
                    system.secrets.append((f"{item} of {true['school_year']}", np.array(rows, dtype=int)))
                else:
                    system.know(rows, [], true[item])
        entrants, leavers = pupils(last - tracked, 9 - tracked), pupils(last, 9)
        system.know([*entrants, *balance[0]], [*leavers, *balance[1]])


TRACKED = "ch4_system.tracked_cohorts"
JUNIOR_YEARS = 2
"""How many years before its ninth grade the junior cohort begins."""


def track(system: System, release, warehouse, rolls: dict[str, pl.DataFrame]) -> None:
    """Adds what is told of the persons of cohorts: those of the roll that they began with, less some who left."""
    by = ["school_year", "item", "division_code", "sex"]
    truth = warehouse.execute(
        f"select {', '.join(by)}, min(years_tracked) as years_tracked, sum(cohort_pupils)::bigint as began, "
        f"sum(retained_pupils)::bigint as stayed from {TRACKED} group by all order by all"
    ).pl()
    shown = release.execute(f"select {', '.join(by)}, cohort_pupils, retained_pupils from {TRACKED}").pl()
    both = truth.join(shown, on=by, how="left").with_columns(
        span=pl.when(pl.col("item") == "junior").then(JUNIOR_YEARS).otherwise("years_tracked")
    )
    years = {int(year[:4]): year for year in rolls}
    for row in both.sort(by).iter_rows(named=True):
        last = int(row["school_year"][:4])
        of_cohort = (pl.col("grade_number") == 9 - row["span"]) & IN_SCOPE
        of_cohort &= (pl.col("division_code") == row["division_code"]) & (pl.col("sex") == row["sex"])
        roll = rolls[years[last - row["span"]]].filter(of_cohort)
        left = roll["pupils"].sum() - row["began"]
        start = system.add(np.array([row["stayed"], row["began"] - row["stayed"], left]), np.ones(3, dtype=bool))
        for told, true, rows in (
            (row["cohort_pupils"], row["began"], [start, start + 1]),
            (row["retained_pupils"], row["stayed"], [start]),
        ):
            if told is None:
                system.secrets.append((f"{row['item']} cohort of {row['school_year']}", np.array(rows)))
            else:
                system.know(rows, [], true)
        system.know(roll["row"].to_list(), [start, start + 1, start + 2])


def all_years(release, warehouse) -> System:
    system = System()
    years = warehouse.execute(f"select distinct school_year from {ROLLS} order by all").fetchall()
    rolls = {}
    for (year,) in years:
        roll, told, _ = figures_of_all_marts(release, warehouse, ROLLS, "pupils", year)
        pupils = roll["pupils"].fill_null(0).to_numpy()
        start = system.add(pupils, pupils > 0)
        system.publish(f"roll of {year}", told, start)
        rolls[year] = roll.with_columns(pl.col("row") + start, pl.col("pupils").fill_null(0))
    flows = {
        year: follow(system, release, warehouse, year, rolls[before], rolls[year])
        for (before,), (year,) in pairwise(years)
    }
    reconcile(system, release, warehouse, rolls, flows)
    track(system, release, warehouse, rolls)
    return system


@pytest.fixture(scope="module")
def system(databases) -> System:  # noqa: F811
    return all_years(*databases)


def test_all_years_together_tell_nothing_of_few_and_hardly_anything_of_more(system) -> None:
    """What is left are large numbers that went along as company and are known to the person all the same."""
    secrets = {tuple(sorted(rows.tolist())) for _, rows in system.secrets}
    assert len(secrets) > 5000
    narrow = system.narrow()
    assert [each for each in narrow if each[1] < THRESHOLD] == []
    assert len(narrow) <= len(secrets) / 1000


def test_the_attack_finds_what_a_single_number_more_would_tell(system) -> None:
    """Were it told of the rows of a hidden number how many each has, it would be known."""
    where, rows = next(each for each in system.secrets if len(each[1]) > 1 and system.values[each[1]].sum() > 0)
    told = System(system.values, system.can_be_more, list(system.sums), system.secrets)
    for row in rows:
        told.know([row], [], system.values[row])
    found = [(place, persons) for place, persons, width in told.narrow() if width < 1e-6]
    assert (where, int(system.values[rows].sum())) in found

"""An attack on the demo city's release that shares no code with what protects it.

The attacker knows every number of the release, how tables and indicators add up, and (which no reader does) how many
persons each row of a mart could hold at the most. He works out, by linear programming, between which values a number
that is not told must lie.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import duckdb
import numpy as np
import polars as pl
import pytest
from scipy.optimize import linprog
from scipy.sparse import csr_matrix

DIMENSIONS = ("stage", "urban_class", "ownership", "sex", "grade", "item")
AREAS = {"school": "school_code", "district": "division_code"}
FURTHER_KEYS = (
    "warning_tier",
    "grade_number_before",
    "flow",
)
MOST_ATTACKS = 40
ARRIVALS = [
    "entered",
    "transferred_in",
    "returned",
    "resumed",
    "from_special_school",
    "arrived_otherwise",
    "not_reported_before",
]

CASES = [
    ("ch3_development.mental_health", "warned_pupils", "screened_pupils", 10),
    ("ch3_development.mental_health", "pupils_in_scope", None, 5),
    ("ch4_system.drop_outs", "dropped_out_pupils", "pupils_year_before", 5),
    ("ch3_development.myopia_incidence", "newly_myopic_pupils", "pupils_not_myopic_before", 5),
    ("ch1_context.enrolment", "pupils", None, 5),
    ("ch3_development.physique", "fitness_good_pupils", "fitness_tested_pupils", 5),
]

SHARED = [
    ("pupils", "ch1_context.enrolment", None, 5),
    ("valid_examinations", "ch3_development.vision", None, 5),
    ("myopic_pupils", "ch3_development.vision", "valid_examinations", 5),
    ("pupils_in_scope", "ch3_development.mental_health", None, 5),
    ("pupils_with_disability", "ch4_system.compulsory_pupils", "pupils", 10),
]
"""Counts that several marts have, and the mart that counts them in the finest rows."""

OTHER_NAMES = {
    "pupils": [
        "children",
        "pupils_with_land",
        "pupils_with_buildings",
        "pupils_with_terminals_known",
        "autumn_pupils",
        "spring_pupils",
        "pupils_of_reporting_parts",
        "pupils_reported",
        "senior_pupils",
        "rural_pupils_in_meal_scope",
        "pupils_in_scope",
        "pupils_in_scope_reported",
    ],
    "valid_examinations": ["autumn_screened"],
    "pupils_in_scope": ["pupils_in_scope_reported", "pupils"],
}
"""What the same persons are called where only some schools or stages are meant."""


Rate = tuple[np.ndarray, float, float]
"""How far a person in each row moves a rate that is told, the least that it can be, and the most."""


@dataclass(frozen=True)
class Figure:
    """A number of the release: the rows that it adds up, and its value if it is told."""

    rows: np.ndarray
    value: float | None


@pytest.fixture(scope="module")
def databases(demo_city) -> Iterator[tuple[duckdb.DuckDBPyConnection, duckdb.DuckDBPyConnection]]:
    release = duckdb.connect(str(demo_city.data / "marts" / "marts.duckdb"), read_only=True)
    warehouse = duckdb.connect(str(demo_city.data / "work" / "working.duckdb"), read_only=True)
    yield release, warehouse
    release.close()
    warehouse.close()


def figures(release, warehouse, mart: str, column: str, year: str) -> tuple[pl.DataFrame, list[Figure]]:
    base = warehouse.execute(f"select * from {mart} where school_year = ? order by all", [year]).pl()
    base = base.with_row_index("row")
    return base, figures_over(release, warehouse, base, mart, column, year)


def figures_over(release, warehouse, base: pl.DataFrame, mart: str, column: str, year: str) -> list[Figure]:
    """What the release says of sums over some rows that have the columns of a mart."""
    return [
        *_of_tables(release, base, mart, column, year),
        *_of_indicators(release, warehouse, base, mart, column, year),
    ]


def _of_tables(release, base: pl.DataFrame, mart: str, column: str, year: str) -> Iterator[Figure]:
    schema, name = mart.split(".")
    tables = release.execute(
        "select table_name from duckdb_columns() where schema_name = ? and column_name = ? "
        "and (table_name = ? or table_name = ? || '_schools' or table_name = ? || '_by_grade')",
        [schema, column, name, name, name],
    ).fetchall()
    for (table,) in tables:
        told = release.execute(f"select * from {schema}.{table} where school_year = ?", [year]).pl()
        keys = [
            key for key in (*AREAS.values(), *DIMENSIONS, *FURTHER_KEYS) if key in told.columns and key in base.columns
        ]
        rows = base.group_by(keys, maintain_order=True).agg(pl.col("row"))
        joined = rows.join(told.select(*keys, column), on=keys, how="inner", nulls_equal=True)
        for members, value in joined.select("row", column).iter_rows():
            yield Figure(np.array(members), None if value is None else float(value))


def _of_indicators(release, warehouse, base: pl.DataFrame, mart: str, column: str, year: str) -> Iterator[Figure]:
    formulas = release.execute("select indicator, kind, formula from plan.indicators").fetchall()
    for code, kind, text in formulas:
        formula = json.loads(text)
        if kind in ("weighted_ratio", "dispersion", "change", "distinct", "quotient"):
            continue
        for side in ("numerator", "denominator"):
            measure = formula[side]
            if not measure or measure["mart"] != mart or measure["column"] != column or measure["year_offset"]:
                continue
            scope = [where for where in (formula["where"], measure["where"]) if where]
            inside = base
            if scope:
                warehouse.register("_base", base)
                inside = warehouse.execute(
                    f"select * from _base where {' and '.join(f'({where})' for where in scope)} order by row"
                ).pl()
            values = release.execute(
                "select * from plan.indicator_values where indicator = ? and reference_year = ?", [code, int(year[:4])]
            ).pl()
            for cell in values.iter_rows(named=True):
                chosen = rows_of(cell, inside)
                if cell["obs_status"] in ("A", "Q"):
                    value = cell[side]
                    yield Figure(chosen["row"].to_numpy(), None if value is None else float(value))


def rows_of(cell: dict[str, Any], rows: pl.DataFrame) -> pl.DataFrame:
    """The rows of a mart that a value is made of."""
    if area := AREAS.get(cell["ref_area_level"]):
        rows = rows.filter(pl.col(area) == cell["ref_area"])
    for dimension in DIMENSIONS:
        if cell[dimension] != "_T":
            rows = rows.filter(pl.col(dimension).cast(pl.String).fill_null("_U") == cell[dimension])
    return rows


def figures_of_all_marts(
    release, warehouse, mart: str, column: str, year: str
) -> tuple[pl.DataFrame, list[Figure], int]:
    """The figures of every mart that counts the same persons, over the rows of the finest, and how many others have."""
    base, found = figures(release, warehouse, mart, column, year)
    others = warehouse.execute(
        "select schema_name || '.' || table_name, column_name from duckdb_columns() "
        "where list_contains(?, column_name) and schema_name like 'ch%' order by all",
        [[column, *OTHER_NAMES.get(column, [])]],
    ).fetchall()
    read = 0
    told: dict[tuple[int, ...], Figure] = {}
    secret: dict[tuple[int, ...], Figure] = {}

    def note(rows: np.ndarray, value: float | None) -> None:
        (secret if value is None else told)[tuple(rows.tolist())] = Figure(rows, value)

    for figure in found:
        note(figure.rows, figure.value)
    for other, name in others:
        if (other, name) == (mart, column) or not warehouse.execute(
            f"select 1 from {other} where school_year = ?", [year]
        ).fetchall():
            continue
        rows, of_other = figures(release, warehouse, other, name, year)
        same = same_persons(
            base.select("row", *_keys(base), persons=column), rows.select("row", *_keys(rows), persons=name)
        )
        for figure in of_other:
            members = [same[row] for row in figure.rows.tolist() if row in same]
            if not members or len(members) < len(figure.rows):
                continue
            joined, times = np.unique(np.concatenate(members), return_counts=True)
            if len(set(times.tolist())) == 1:
                read += 1
                note(joined, None if figure.value is None else figure.value / times[0])
    # What one mart hides and another tells is a secret that is told.
    return base, [*told.values(), *secret.values()], read


def _keys(rows: pl.DataFrame) -> list[str]:
    return [key for key in ("school_code", "division_code", "stage", "grade", "sex") if key in rows.columns]


def same_persons(base: pl.DataFrame, rows: pl.DataFrame) -> dict[int, np.ndarray]:
    """For each row of another mart the rows of the finest that count the same persons, where the numbers agree."""
    found: dict[int, np.ndarray] = {}
    place = "school_code" if "school_code" in rows.columns else "division_code"
    for keys in ([place, "stage", "grade", "sex"], [place, "grade", "sex"]):
        shared = [key for key in keys if key in rows.columns and key in base.columns]
        groups = base.group_by(shared, maintain_order=True).agg(
            pl.col("row").alias("members"), pl.col("persons").sum().alias("in_base")
        )
        joined = rows.select("row", "persons", *shared).join(groups, on=shared, how="inner", nulls_equal=True)
        agreeing = joined.filter(pl.col("persons") == pl.col("in_base"))
        if agreeing["persons"].sum() * 2 > joined["persons"].sum():
            for row, members in agreeing.select("row", "members").iter_rows():
                found.setdefault(row, np.array(members))
    return found


def widths(
    base: pl.DataFrame, found: list[Figure], column: str, whole: str | None, rates: Sequence[Rate] = ()
) -> Iterator[tuple[float, int]]:
    """The width of the range of each number that is not told, and the most that it could be."""
    capacity = base[whole or column].fill_null(0).to_numpy().astype(float)
    told = [figure for figure in found if figure.value is not None]
    places = [(number, row) for number, figure in enumerate(told) for row in figure.rows]
    shape = (len(told), len(base))
    matrix = csr_matrix((np.ones(len(places)), tuple(np.array(places).T)), shape=shape) if places else None
    values = np.array([figure.value for figure in told])
    most = capacity if whole else np.where(capacity > 0, np.inf, 0)
    bounds = np.stack([np.zeros(len(base)), most], axis=1)
    above = csr_matrix(np.array([sign * moves for moves, _, _ in rates for sign in (1, -1)])) if rates else None
    limits = np.array([limit for _, least, most in rates for limit in (most, -least)]) if rates else None
    secret = {tuple(figure.rows.tolist()): figure for figure in found if figure.value is None}
    chosen = list(secret.values())
    random = np.random.default_rng(1)
    for place in random.permutation(len(chosen))[:MOST_ATTACKS]:
        objective = np.zeros(len(base))
        objective[chosen[place].rows] = 1
        ends = []
        for sign in (1, -1):
            result = linprog(sign * objective, above, limits, matrix, values, bounds, method="highs")
            assert result.status in (0, 3), result.message
            ends.append(sign * result.fun if result.status == 0 else -sign * np.inf)
        yield ends[1] - ends[0], int(capacity[chosen[place].rows].sum())


@pytest.mark.parametrize(("column", "mart", "whole", "threshold"), SHARED)
def test_nothing_can_be_worked_out_by_who_reads_all_marts(databases, column, mart, whole, threshold) -> None:
    release, warehouse = databases
    (year,) = warehouse.execute(f"select max(school_year) from {mart}").fetchone()
    base, found, read = figures_of_all_marts(release, warehouse, mart, column, year)
    assert read > 0
    for figure in found:
        assert figure.value is None or figure.value == base[column].fill_null(0).to_numpy()[figure.rows].sum()
    for width, most in widths(base, found, column, whole):
        assert width >= min(threshold, most) - 1e-6


@pytest.mark.parametrize(("mart", "column", "whole", "threshold"), CASES)
def test_no_number_that_is_not_told_can_be_worked_out(databases, mart, column, whole, threshold) -> None:
    release, warehouse = databases
    (year,) = warehouse.execute(f"select max(school_year) from {mart}").fetchone()
    base, found = figures(release, warehouse, mart, column, year)
    assert any(figure.value is not None for figure in found)
    for width, most in widths(base, found, column, whole):
        assert width >= min(threshold, most) - 1e-6


def counted_again(release, warehouse, base: pl.DataFrame, year: str) -> Iterator[Figure]:
    """What the year after tells of the pupils of a year: the denominators of the drop-out rate."""
    values = release.execute(
        "select ref_area_level, ref_area, sex, denominator from plan.indicator_values "
        "where indicator = 'CMP-03' and reference_year = ? and denominator is not null",
        [int(year[:4]) + 1],
    ).fetchall()
    compulsory = base.filter(pl.col("stage").is_in(["primary", "junior", "special"]) & (pl.col("grade_number") > 0))
    pupils = base["pupils"].fill_null(0).to_numpy()
    for level, area, sex, denominator in values:
        rows = compulsory.filter((pl.col(AREAS[level]) == area) if level in AREAS else pl.lit(value=True))
        rows = rows.filter((pl.col("sex") == sex) if sex != "_T" else pl.lit(value=True))["row"].to_numpy()
        # A school may have another district by now.
        if pupils[rows].sum() == denominator:
            yield Figure(rows, float(denominator))


def test_a_year_tells_nothing_of_what_is_hidden_of_the_year_before(databases) -> None:
    release, warehouse = databases
    (latest,) = warehouse.execute("select max(school_year) from ch1_context.enrolment").fetchone()
    year = f"{int(latest[:4]) - 1}-{latest[2:4]}"
    base, found, _ = figures_of_all_marts(release, warehouse, "ch1_context.enrolment", "pupils", year)
    again = list(counted_again(release, warehouse, base, year))
    assert len(again) > 20
    told = {tuple(figure.rows.tolist()): figure for figure in [*found, *again] if figure.value is not None}
    secret = {tuple(figure.rows.tolist()): figure for figure in found if figure.value is None}
    for width, most in widths(base, [*told.values(), *secret.values()], "pupils", None):
        assert width >= min(5, most) - 1e-6


def test_a_rate_of_last_years_pupils_is_told_so_far_as_they_stay_uncertain(databases) -> None:
    release, _ = databases
    hidden = release.execute(
        "select reference_year, ref_area_level, ref_area, sex, numerator, obs_value from plan.indicator_values "
        "where indicator = 'CMP-03' and obs_status = 'A' and denominator is null"
    ).fetchall()
    assert len(hidden) > 20
    (most,) = release.execute("select decimals from plan.indicators where indicator = 'CMP-03'").fetchone()
    for year, level, area, sex, numerator, rate in hidden:
        decimals = next(each for each in range(most + 1) if abs(rate - round(rate, each)) < 1e-9)
        if rate > 0:
            half = 0.5 / 10**decimals
            assert 100 * float(numerator) * (1 / (rate - half) - 1 / (rate + half)) >= 5, (year, level, area, sex)


@pytest.mark.parametrize(
    ("mart", "column"),
    [
        ("ch4_system.drop_outs", "pupils_year_before"),
        ("ch3_development.vision_standard", "standard_pupils"),
        ("ch3_development.vision_warning", "prevent_pupils"),
    ],
)
def test_what_is_told_elsewhere_is_not_told_again(databases, mart, column) -> None:
    release, warehouse = databases
    has_column = "select count(*) from duckdb_columns() where schema_name || '.' || table_name = ? and column_name = ?"
    assert warehouse.execute(has_column, [mart, column]).fetchone() == (1,)
    assert release.execute(has_column, [mart, column]).fetchone() == (0,)


def test_stages_of_prevention_are_told_where_the_counts_are_that_they_follow_from(databases) -> None:
    """Who is not myopic is everybody examined but the myopic."""
    release, _ = databases
    rows = release.execute("""
        select myopic.obs_status, prevent.obs_status, count(*)
        from plan.indicator_values as myopic
        inner join plan.indicator_values as prevent
            using (reference_year, ref_area, stage, grade, sex, urban_class, ownership)
        where myopic.indicator = 'HLT-01.unweighted' and prevent.indicator = 'HLT-07.stage_prevent'
        group by all
    """).fetchall()
    statuses = {(myopic, prevent) for myopic, prevent, _ in rows}
    assert ("A", "A") in statuses
    assert ("Q", "Q") in statuses
    assert ("Q", "A") not in statuses


def weighted_rates(release, warehouse, base: pl.DataFrame, year: str) -> Iterator[Rate]:
    """What each told weighted myopia rate says: how far a myopic pupil in each row moves it, its least and its most."""
    values = release.execute(
        "select * from plan.indicator_values where indicator = 'HLT-01' and reference_year = ? and obs_status = 'A'",
        [int(year[:4])],
    ).pl()
    fewer = warehouse.execute(
        "select * from disclosure.rounded_values_by_year where indicator = 'HLT-01' and reference_year = ?",
        [int(year[:4])],
    ).pl()
    decimals = {
        tuple(row[name] for name in ("ref_area_level", "ref_area", *DIMENSIONS)): row["decimals"]
        for row in fewer.sort("decimals", descending=True).iter_rows(named=True)
    }
    for cell in values.iter_rows(named=True):
        inside = rows_of(cell, base)
        strata = ["division_code", "stage", "grade", "sex"]
        summed = inside.with_columns(
            w=pl.col("pupils").sum().over(strata), d=pl.col("valid_examinations").sum().over(strata)
        ).filter(pl.col("d") > 0)
        moves = np.zeros(len(base))
        moves[summed["row"].to_numpy()] = (summed["w"] / summed["d"]).to_numpy() * 100 / summed["pupils"].sum()
        area_code = "_T" if cell["ref_area_level"] == "city" else cell["ref_area"]
        told = decimals.get((cell["ref_area_level"], area_code, *(cell[name] for name in DIMENSIONS)), 2)
        assert cell["obs_value"] == pytest.approx(round(cell["obs_value"], told), abs=1e-9)
        yield moves, cell["obs_value"] - 0.5 / 10**told, cell["obs_value"] + 0.5 / 10**told


def test_a_weighted_rate_tells_nothing_of_what_is_hidden(databases) -> None:
    """The attacker knows every weight and how many were examined, also where that is not told."""
    release, warehouse = databases
    mart, column, whole = "ch3_development.vision", "myopic_pupils", "valid_examinations"
    (year,) = warehouse.execute(f"select max(school_year) from {mart}").fetchone()
    base, found, _ = figures_of_all_marts(release, warehouse, mart, column, year)
    rates = list(weighted_rates(release, warehouse, base, year))
    assert len(rates) > 100
    myopic = base[column].fill_null(0).to_numpy()
    for moves, least, most in rates:
        assert least - 1e-9 <= moves @ myopic <= most + 1e-9
    for width, possible in widths(base, found, column, whole, rates):
        assert width >= min(5, possible) - 1e-6


def test_the_attack_works_out_what_is_told_badly(databases) -> None:
    """Were a single number of a total left out, the attack would find it."""
    _, warehouse = databases
    (year,) = warehouse.execute("select max(school_year) from ch4_system.drop_outs").fetchone()
    base = warehouse.execute("select * from ch4_system.drop_outs where school_year = ? order by all", [year]).pl()
    counts = base["pupils_year_before"].to_numpy()
    everything = Figure(np.arange(len(base)), float(counts.sum()))
    others = [Figure(np.array([row]), float(counts[row])) for row in range(1, len(base))]
    ((width, _),) = widths(base, [everything, *others, Figure(np.array([0]), None)], "pupils_year_before", None)
    assert width < 1e-6


def test_no_small_number_of_children_is_told(databases) -> None:
    release, warehouse = databases
    (year,) = warehouse.execute("select max(school_year) from ch3_development.mental_health").fetchone()
    _, found = figures(release, warehouse, "ch3_development.mental_health", "warned_pupils", year)
    told = [figure.value for figure in found if figure.value is not None]
    assert not [value for value in told if 0 < value < 10]


def test_an_index_near_hidden_schools_has_fewer_decimals_or_is_not_told(databases) -> None:
    release, warehouse = databases
    rows = release.execute(
        "select obs_status, obs_value from plan.indicator_values where indicator in ('CMP-14', 'EQU-01', 'HLT-01')"
    ).fetchall()
    told = [value for status, value in rows if status == "A"]
    assert "Q" in {status for status, _ in rows}
    assert told == pytest.approx([round(value, 4) for value in told], abs=1e-9)
    (exact,) = warehouse.execute(
        "select count(*) from plan.indicator_values where indicator = 'HLT-01' and obs_value <> round(obs_value, 2)"
    ).fetchone()
    assert exact > 0


def test_a_failing_unit_is_named_and_its_sums_are_those_of_a_published_value(databases) -> None:
    """Where no value of an indicator of persons is published of schools, its failing schools have no numbers."""
    release, _ = databases
    same = " and ".join(f"told.{name} = found.{name}" for name in ("indicator", "reference_year", *DIMENSIONS))
    units = release.execute(f"""
        select found.indicator, told.indicator is not null as is_published, found.missing is not null as is_told
        from plan.failing_units as found
        left join plan.indicator_values as told on {same}
            and told.ref_area_level = found.unit_level and told.ref_area = found.unit_code
    """).pl()
    of_persons = units.filter(pl.col("indicator").is_in(["HLT-14", "HLT-15", "SPE-04", "MOR-02"]))
    assert of_persons.filter(~pl.col("is_published")).height > 0
    assert of_persons.filter(~pl.col("is_published") & pl.col("is_told")).is_empty()
    of_schools = units.filter(pl.col("indicator").is_in(["HLT-09", "HLT-10", "SAF-05"]))
    assert of_schools.filter(pl.col("is_told")).height > 0


def test_the_four_ways_of_having_no_number_stay_apart(databases) -> None:
    release, _ = databases
    rows = dict(
        release.execute(
            "select obs_status, count(*) filter (where obs_value is not null) from plan.indicator_values group by 1"
        ).fetchall()
    )
    assert rows["A"] > 0
    assert {status: rows.get(status, 0) for status in ("M", "N", "Q")} == {"M": 0, "N": 0, "Q": 0}
    zeros = release.execute(
        "select count(*) from plan.indicator_values where obs_status = 'A' and numerator = 0"
    ).fetchone()
    assert zeros[0] > 0


def test_the_release_says_how_much_it_does_not_tell(databases) -> None:
    release, _ = databases
    figures_of_persons, small, hidden = release.execute(
        "select sum(figures), sum(small), sum(hidden) from about.suppression"
    ).fetchone()
    assert 0 < small <= hidden < figures_of_persons

"""Marts that count the same persons hide the same of them: small invented marts, worked by hand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import duckdb
import numpy as np
import polars as pl
import pytest
from scipy.optimize import linprog

from eduplan.declarations.indicators import Indicator
from eduplan.declarations.models import ColumnText, ModelHeader, SqlModel
from eduplan.disclosure.clusters import clusters, linking_columns, protect_year
from eduplan.disclosure.figures import Cut, MartFigures, figures_of_marts
from eduplan.disclosure.marts import MartRows, Protection
from eduplan.project import Settings

YEAR = "2024-25"
THRESHOLD = 5
WORDS = {"en": "words", "zh": "文字"}
TEXTS = {
    "myopic_pupils": ColumnText(**WORDS, unit="persons", of="examined_pupils"),
    "pupils": ColumnText(**WORDS, unit="persons"),
    "children": ColumnText(**WORDS, unit="persons", same_as="pupils"),
    "migrant_pupils": ColumnText(**WORDS, unit="persons", of="pupils"),
    "examined_pupils": ColumnText(**WORDS, unit="persons"),
}
SETTINGS = Settings(city_code="990100", city_name=WORDS)


class Marts:
    """A warehouse of small marts of one year."""

    def __init__(self) -> None:
        self.connection = duckdb.connect()
        self.connection.execute("create schema ch1")
        self.models: dict[str, SqlModel] = {}
        self.indicators: list[Indicator] = []

    def add(
        self,
        name: str,
        key: list[str],
        rows: list[tuple],
        counts: tuple[str, ...] = ("pupils",),
        publish: tuple = (),
        follows: dict[str, object] | None = None,
    ) -> None:
        """Adds a mart: its keys, its counts, the columns of each table that is published of it, and whom it follows."""
        table = f"ch1.{name}"
        columns = [*(f"{column} varchar" for column in ("school_year", *key)), *(f"{count} bigint" for count in counts)]
        self.connection.execute(f"create table {table} ({', '.join(columns)})")
        self.connection.executemany(
            f"insert into {table} values ({', '.join('?' * len(columns))})", [(YEAR, *row) for row in rows]
        )
        header = ModelHeader.model_validate(
            {
                "title": WORDS,
                "grain": WORDS,
                "meaning": WORDS,
                "key": ["school_year", *key],
                "publish": [
                    {"name": f"{name}_{number}", "by": list(by), "title": WORDS} for number, by in enumerate(publish)
                ],
                "follows": follows,
            }
        )
        self.models[table] = SqlModel("ch1", name, header, "", Path(f"{name}.sql"), (), TEXTS)

    def figures(self) -> dict[str, MartFigures]:
        columns = {
            table: [row[0] for row in self.connection.execute(f"describe {table}").fetchall()] for table in self.models
        }
        return figures_of_marts(columns, self.models, self.indicators, SETTINGS)

    def protected(self, *names: str) -> dict[str, Protection]:
        """What is left out of some marts when they are protected together; of all where none is named."""
        figures = {f"ch1.{name}": self.figures()[f"ch1.{name}"] for name in names} if names else self.figures()
        linking = linking_columns(figures)
        rows = {table: MartRows.of(self.connection, of, [YEAR], linking) for table, of in figures.items()}
        return protect_year(YEAR, {table: each.by_year()[YEAR] for table, each in rows.items()})

    def hidden(self, found: Mapping[str, Protection], name: str, *by: str, count: str = "pupils") -> set[tuple]:
        """The figures of one table that are left out."""
        protection = found[f"ch1.{name}"]
        flags = protection.hidden[Cut(("school_year", *by)), count]
        return set(protection.rows.filter(pl.Series(flags)).select(by).unique().rows())


@pytest.fixture
def marts() -> Iterator[Marts]:
    found = Marts()
    yield found
    found.connection.close()


def test_marts_are_protected_together_that_have_a_count_in_common() -> None:
    marts = Marts()
    marts.add("roll", ["school_code"], [("a", 1)])
    marts.add("vision", ["school_code"], [("a", 1, 1)], ("pupils", "examined_pupils"))
    marts.add("vision_standard", ["division_code"], [("d", 1)], ("examined_pupils",))
    marts.add("teachers", ["school_code"], [("a", 1)], ("migrant_pupils",))
    assert clusters(marts.figures()) == [
        ("ch1.roll", "ch1.vision", "ch1.vision_standard"),
        ("ch1.teachers",),
    ]


def test_a_total_that_only_another_mart_tells_takes_company_with_it(marts: Marts) -> None:
    """The roll by school and grade has no totals; the census tells them: 23 - 20 = 3."""
    marts.add("roll", ["school_code", "grade"], [("a", "1", 3), ("a", "2", 20), ("b", "1", 40), ("b", "2", 60)])
    marts.add("census", ["school_code"], [("a", 23), ("b", 100)])
    alone = marts.protected("roll") | marts.protected("census")
    assert marts.hidden(alone, "roll", "school_code", "grade") == {("a", "1")}
    assert marts.hidden(alone, "census", "school_code") == set()
    together = marts.protected()
    assert marts.hidden(together, "roll", "school_code", "grade") == {("a", "1"), ("a", "2")}
    assert marts.hidden(together, "census", "school_code") == set()


def test_company_that_one_mart_hides_is_not_told_by_another(marts: Marts) -> None:
    """School c has 3 pupils. The roll tells the total of 103 and hides b with it, which the census would tell."""
    schools = [("a", 60), ("b", 40), ("c", 3)]
    marts.add("roll", ["school_code"], schools, publish=(("school_code",), ()))
    marts.add("census", ["school_code"], schools)
    alone = marts.protected("roll") | marts.protected("census")
    assert marts.hidden(alone, "roll", "school_code") == {("b",), ("c",)}
    assert marts.hidden(alone, "census", "school_code") == {("c",)}
    together = marts.protected()
    assert marts.hidden(together, "roll", "school_code") == {("b",), ("c",)}
    assert marts.hidden(together, "census", "school_code") == {("b",), ("c",)}


def test_what_one_mart_hides_of_the_whole_another_hides_of_its_parts(marts: Marts) -> None:
    marts.add("roll", ["school_code"], [("a", 160), ("b", 40), ("c", 3)], publish=(("school_code",), ()))
    migrants = [("a", 160, 20), ("b", 40, 20), ("c", 3, 0)]
    marts.add("migrants", ["school_code"], migrants, ("pupils", "migrant_pupils"))
    alone = marts.protected("migrants")
    assert marts.hidden(alone, "migrants", "school_code", count="migrant_pupils") == {("c",)}
    together = marts.protected()
    assert marts.hidden(together, "migrants", "school_code", count="migrant_pupils") == {("b",), ("c",)}


def test_marts_whose_numbers_differ_are_not_linked(marts: Marts) -> None:
    """The same column counted at another date: 25 - 20 says nothing of school a."""
    marts.add("roll", ["school_code", "grade"], [("a", "1", 3), ("a", "2", 20), ("b", "1", 40), ("b", "2", 60)])
    marts.add("census", ["school_code"], [("a", 25), ("b", 104)])
    together = marts.protected()
    assert marts.hidden(together, "roll", "school_code", "grade") == {("a", "1")}
    assert marts.hidden(together, "census", "school_code") == set()


def test_each_item_counts_the_same_persons_again(marts: Marts) -> None:
    """Whoever learns a school's pupils beside one item knows them beside all others."""
    marts.add("roll", ["school_code"], [("a", 60), ("b", 40), ("c", 3)], publish=(("school_code",), ()))
    items = [(school, item, pupils) for school, pupils in (("a", 60), ("b", 40), ("c", 3)) for item in ("x", "y", "z")]
    marts.add("items", ["school_code", "item"], items)
    together = marts.protected()
    hidden = marts.hidden(together, "items", "school_code", "item")
    assert hidden == {(school, item) for school in "bc" for item in "xyz"}
    (counted,) = together["ch1.items"].counted
    assert (counted.figures, counted.small, counted.hidden) == (3, 1, 2)


def test_the_same_persons_under_another_name_are_the_same_count(marts: Marts) -> None:
    """Kindergartens count children where the roll counts pupils of all schools."""
    marts.add("roll", ["school_code"], [("a", 60), ("b", 40), ("c", 3), ("p", 70)], publish=(("school_code",), ()))
    marts.add("kindergartens", ["school_code"], [("a", 60), ("b", 40), ("c", 3)], ("children",))
    alone = marts.protected("kindergartens")
    assert marts.hidden(alone, "kindergartens", "school_code", count="children") == {("c",)}
    assert clusters(marts.figures()) == [("ch1.kindergartens", "ch1.roll")]
    together = marts.protected()
    company = marts.hidden(together, "roll", "school_code") - {("c",)}
    assert company or marts.hidden(together, "roll")
    in_both = marts.hidden(together, "roll", "school_code") & {("a",), ("b",), ("c",)}
    assert marts.hidden(together, "kindergartens", "school_code", count="children") == in_both
    (counted,) = together["ch1.kindergartens"].counted
    assert counted.column == "children"


def test_a_count_that_a_mart_words_its_own_way_is_the_same_count(marts: Marts) -> None:
    """A header that words a column otherwise and says nothing of its unit does not lift its protection."""
    marts.add("returns", ["school_code"], [("a", 60), ("c", 3)])
    header = marts.models["ch1.returns"].header
    header.columns["pupils"] = ColumnText(en="Pupils on the return", zh="填报学生数")
    assert marts.hidden(marts.protected(), "returns", "school_code") == {("c",)}


def test_a_sum_over_items_is_the_persons_as_often_as_there_are_items(marts: Marts) -> None:
    """Three items a school: a district's 120 are 40 pupils, of whom one school's 3 are hidden, and so is another's."""
    rows = [
        (district, school, item, pupils)
        for district, school, pupils in (("d", "a", 3), ("d", "b", 37), ("e", "c", 50), ("e", "d", 60))
        for item in ("x", "y", "z")
    ]
    cuts = (("school_code", "item"), ("division_code",))
    marts.add("items", ["division_code", "school_code", "item"], rows, publish=cuts)
    together = marts.protected()
    assert {school for school, _ in marts.hidden(together, "items", "school_code", "item")} in ({"a", "b"}, {"a"})
    if ("b", "x") not in marts.hidden(together, "items", "school_code", "item"):
        assert marts.hidden(together, "items", "division_code") == {("d",)}


def attacked(
    marts: Marts, found: Mapping[str, Protection], one: tuple[str, list[tuple]], other: tuple[str, list[tuple]]
) -> Iterator[tuple[tuple, float, int]]:
    """The width of the range of each hidden figure of two marts that agree in each district, over the rows of both."""
    tables = {}
    for name, cuts in (one, other):
        frame = marts.connection.execute(f"select * from ch1.{name}").pl().with_row_index("row")
        tables[name] = (frame, cuts)
    size = sum(len(frame) for frame, _ in tables.values())
    start, told, values, secret = 0, [], [], []
    members: dict[str, dict[tuple, np.ndarray]] = {}
    for name, (frame, cuts) in tables.items():
        for cut in cuts:
            hidden = marts.hidden(found, name, *cut)
            for key, part in frame.group_by(cut) if cut else [((), frame)]:
                vector = np.zeros(size)
                vector[part["row"].to_numpy() + start] = 1
                if key in hidden or (not cut and hidden):
                    secret.append(((name, *key), vector, int(part["pupils"].sum())))
                else:
                    told.append(vector)
                    values.append(int(part["pupils"].sum()))
        for key, part in frame.group_by("division_code"):
            vector = np.zeros(size)
            vector[part["row"].to_numpy() + start] = 1
            members.setdefault(key, {})[name] = vector
        start += len(frame)
    for both in members.values():
        first, second = both.values()
        told.append(first - second)
        values.append(0)
    for key, vector, persons in secret:
        ends = []
        for sign in (1, -1):
            result = linprog(
                sign * vector, A_eq=np.array(told), b_eq=np.array(values), bounds=(0, None), method="highs"
            )
            ends.append(sign * result.fun if result.status == 0 else np.inf)
        yield key, ends[1] - ends[0], persons


def test_marts_that_are_finer_in_different_ways_share_what_they_have_in_common(marts: Marts) -> None:
    """Schools here, flows there: 30 + 4 pupils of a district are 31 who moved up and 3 who were lost."""
    roll = [("d", "a", 30), ("d", "b", 4), ("e", "c", 50), ("e", "f", 60)]
    flows = [("d", "lost", 3), ("d", "moved_up", 31), ("e", "lost", 10), ("e", "moved_up", 100)]
    marts.add("roll", ["division_code", "school_code"], roll)
    marts.add("flows", ["division_code", "flow"], flows, publish=(("division_code", "flow"), ("division_code",)))
    cuts = ("roll", [("division_code", "school_code")]), ("flows", [("division_code", "flow"), ("division_code",)])
    alone = marts.protected("roll") | marts.protected("flows")
    narrow = {key for key, width, persons in attacked(marts, alone, *cuts) if width < min(THRESHOLD, persons)}
    assert ("roll", "d", "b") in narrow
    together = marts.protected()
    assert ("d", "b") in marts.hidden(together, "roll", "division_code", "school_code")
    assert ("d", "lost") in marts.hidden(together, "flows", "division_code", "flow")
    for _, width, persons in attacked(marts, together, *cuts):
        assert width >= min(THRESHOLD, persons) - 1e-6


def test_whoever_is_followed_to_a_grade_is_on_its_roll(marts: Marts) -> None:
    """Of 43 pupils of grade 2 now, 40 moved up and 3 came; those of special schools are followed nowhere."""
    roll = [("d", "primary", "2", 43), ("d", "special", "2", 9), ("e", "primary", "2", 55), ("e", "special", "2", 8)]
    marts.add("roll", ["division_code", "stage", "grade_number"], roll)
    flows = [
        ("d", "d", "primary", "1", "2", "promoted", 40),
        ("c", "d", "primary", "1", "2", "moved", 3),
        ("e", "e", "primary", "1", "2", "promoted", 50),
        ("d", "e", "primary", "1", "2", "moved", 5),
        ("d", "none", "primary", "1", "0", "left", 60),
    ]
    key = ["division_code", "division_code_now", "stage", "grade_number", "grade_number_now", "flow"]
    marts.add("flows", key, flows)
    alone = marts.protected("roll") | marts.protected("flows")
    moved, promoted = flows[1][:-1], flows[0][:-1]
    assert marts.hidden(alone, "flows", *key) == {moved}
    assert marts.hidden(alone, "roll", "division_code", "stage", "grade_number") == set()
    together = marts.protected()
    hidden = marts.hidden(together, "flows", *key)
    assert moved in hidden
    assert promoted in hidden or marts.hidden(together, "roll", "division_code", "stage", "grade_number")


def test_where_it_is_not_told_where_they_are_today_nobody_can_look_for_them_there(marts: Marts) -> None:
    roll = [("d", "primary", "2", 43), ("e", "primary", "2", 55)]
    marts.add("roll", ["division_code", "stage", "grade_number"], roll)
    key = ["division_code", "division_code_now", "stage", "grade_number", "grade_number_now", "flow"]
    flows = [
        ("d", "d", "primary", "1", "2", "promoted", 40),
        ("c", "d", "primary", "1", "2", "moved", 3),
        ("e", "e", "primary", "1", "2", "promoted", 55),
    ]
    marts.add("flows", key, flows, publish=(("division_code", "flow"),))
    together = marts.protected()
    assert marts.hidden(together, "flows", "division_code", "flow") == {("c", "moved")}
    assert marts.hidden(together, "roll", "division_code", "stage", "grade_number") == set()


FOLLOWED = {"column": "pupils", "mart": "ch1.roll", "by": ["division_code"], "where": "flow <> 'came'"}


@pytest.mark.parametrize(
    ("ways", "company"),
    [
        # 50 were there, and everybody knows it: without the seven, the three would follow.
        ({"promoted": 40, "repeated": 7, "left": 3}, {"repeated"}),
        # Of 83 all but three were promoted.
        ({"promoted": 80, "left": 3}, {"promoted"}),
        ({"promoted": 80, "left": 12}, set()),
        # Who came was not there before.
        ({"promoted": 80, "left": 12, "came": 3}, set()),
    ],
)
def test_what_became_of_pupils_is_hidden_as_if_their_sum_was_told(
    marts: Marts, ways: dict[str, int], company: set[str]
) -> None:
    marts.add("roll", ["division_code"], [("d", 61), ("e", 99)])
    flows = [*(("d", flow, pupils) for flow, pupils in ways.items()), ("e", "promoted", 60), ("e", "left", 20)]
    key = ["division_code", "flow"]
    marts.add("flows", key, flows, follows=FOLLOWED)
    small = {(division, flow) for division, flow, pupils in flows if pupils < THRESHOLD}
    expected = small | {("d", flow) for flow in company}
    assert marts.hidden(marts.protected(), "flows", *key) == expected


def test_the_same_marts_hide_the_same_in_any_order() -> None:
    random = np.random.default_rng(3)
    rows = [
        (f"d{school % 4}", f"s{school}", grade, int(random.integers(0, 30))) for school in range(16) for grade in "123"
    ]
    schools = pl.DataFrame(rows, schema=["division_code", "school_code", "grade", "pupils"], orient="row")
    census = schools.group_by("division_code", "school_code").agg(pl.col("pupils").sum()).sort("school_code").rows()
    grades = schools.group_by("division_code", "grade").agg(pl.col("pupils").sum()).sort(pl.all()).rows()
    found = []
    for names in (("roll", "census", "grades"), ("grades", "roll", "census")):
        marts = Marts()
        for name in names:
            if name == "roll":
                marts.add("roll", ["division_code", "school_code", "grade"], rows)
            elif name == "census":
                marts.add("census", ["division_code", "school_code"], census)
            else:
                marts.add("grades", ["division_code", "grade"], grades)
        protected = marts.protected()
        found.append(
            [
                sorted(marts.hidden(protected, name, *by))
                for name, by in (
                    ("roll", ("division_code", "school_code", "grade")),
                    ("census", ("division_code", "school_code")),
                    ("grades", ("division_code", "grade")),
                )
            ]
        )
    assert found[0] == found[1]
    assert found[0][0]


def _vision(marts: Marts, factor: int) -> tuple[Protection, Cut]:
    """A district of two grades, in which the myopic pupils of neither are told, and its rate weighted to the roll."""
    marts.indicators = [
        Indicator.model_validate(
            {
                "code": "HLT-01",
                "name": WORDS,
                "definition": WORDS,
                "chapter": "ch1",
                "kind": "weighted_ratio",
                "mart": "ch1.vision",
                "numerator": "myopic_pupils",
                "denominator": "examined_pupils",
                "strata": ["division_code", "grade"],
                "weight": "pupils",
                "direction": "down",
                "disaggregations": ["district"],
                "source": {"text": WORDS, "evidence": "own design"},
            }
        )
    ]
    marts.add(
        "vision",
        ["school_code", "division_code", "grade"],
        [
            ("a", "d", "1", 50 * factor, 50 * factor, 3),
            ("a", "d", "2", 50 * factor, 40 * factor, 20 * factor),
            ("b", "d", "3", 50 * factor, 50 * factor, 25 * factor),
        ],
        ("pupils", "examined_pupils", "myopic_pupils"),
    )
    found = marts.protected()["ch1.vision"]
    (cut,) = {cut for cut, _ in found.hidden if cut.index and not cut.is_sum and "division_code" in cut.keys}
    return found, cut


def test_a_weighted_rate_has_no_decimals_that_tell_who_is_where(marts: Marts) -> None:
    """Five myopic pupils who are in grade 2 and not in 1 count 1.25 and not 1: of 1,500 pupils that is 0.08 %."""
    found, cut = _vision(marts, 10)
    assert not found.hidden[cut, "myopic_pupils"].any()
    assert set(found.decimals[cut].tolist()) == {0}


def test_a_weighted_rate_of_many_keeps_its_decimals(marts: Marts) -> None:
    """Of 1,500,000 pupils it is 0.00008 %, less than half of 0.01 %."""
    found, cut = _vision(marts, 10_000)
    assert not found.hidden[cut, "myopic_pupils"].any()
    assert set(found.decimals[cut].tolist()) == {2}


def test_a_weighted_rate_of_few_is_not_told(marts: Marts) -> None:
    """Of 150 pupils it is 0.8 %, more than half a per cent."""
    found, cut = _vision(marts, 1)
    assert found.hidden[cut, "myopic_pupils"].all()

"""From a value down to the files, over a small warehouse that was really built."""

from __future__ import annotations

from pathlib import Path

import pytest

from eduplan.errors import EduplanError
from eduplan.indicators.compute import compute_indicators
from eduplan.indicators.explain import explain
from eduplan.indicators.status import compute_status
from eduplan.progress import Silent
from tests.unit.warehouse.conftest import Bench, new_bench

from .conftest import CITY, PlanBench, new_plan_bench

INDICATORS = """
- code: HLT-01
  kind: ratio
  mart: ch3_development.vision
  where: pupils > 0
  numerator: {column: myopic, where: valid > 0}
  denominator: valid
  direction: down
  disaggregations: [district]
  targets:
    - {kind: hold, value: 50}
- code: HLT-02
  kind: change
  change: {of: HLT-01, sign: fall}
  unit: points
  direction: up
"""


@pytest.fixture
def built(tmp_path: Path) -> PlanBench:
    bench: Bench = new_bench(tmp_path)
    bench.source("screening", "division_code varchar, pupils int, valid int, myopic int, school_year varchar")
    bench.source("population", "persons int, calendar_year int")
    bench.arrive("population", "2021", [(5, 2021)])
    for year, myopic in (("2020-21", 50), ("2021-22", 45)):
        bench.arrive("screening", year, [("990101", 100, 100, myopic, year)])
    more = "partition: school_year"
    bench.model("core.screening", "select * from staging.screening", key="school_year, division_code", more=more)
    bench.model("ch3_development.vision", "select * from core.screening", key="school_year, division_code", more=more)
    bench.build()
    plan = new_plan_bench(tmp_path)
    plan.connection = bench.connection
    compute_indicators(plan.connection, plan.project, plan.indicators(INDICATORS), bench.models, progress=Silent())
    compute_status(plan.connection, plan.project, plan.indicators(INDICATORS))
    return plan


def test_a_value_leads_to_its_sums_tables_and_files(built: PlanBench) -> None:
    found = explain(built.connection, "HLT-01")
    assert found.period == "2021-22"
    assert found.area["name_en"] == "Demo City"
    ((value,), (status,)) = (found.values, found.statuses)
    assert (value["numerator"], value["denominator"], value["obs_value"], status["status"]) == (45, 100, 45.0, "met")
    numerator, denominator = found.measures
    assert (numerator.mart, numerator.column, numerator.where) == (
        "ch3_development.vision", "myopic", "(pupils > 0) and (valid > 0)",
    )  # fmt: skip
    assert (denominator.column, denominator.where) == ("valid", "(pupils > 0)")
    assert found.tables == {"ch3_development.vision": ["core.screening"], "core.screening": ["staging.screening"]}
    assert found.sources == ["screening"]
    assert [(batch["source"], batch["period"], batch["file_name"]) for batch in found.batches] == [
        ("screening", "2021-22", "b.csv")
    ]


def test_a_change_leads_to_the_two_values_that_it_compares(built: PlanBench) -> None:
    found = explain(built.connection, "HLT-02")
    assert found.values[0]["obs_value"] == 5.0
    assert [row["obs_value"] for row in found.base] == [50.0, 45.0]
    assert [batch["period"] for batch in found.batches] == ["2020-21", "2021-22"]


def test_an_area_and_a_period_can_be_named(built: PlanBench) -> None:
    found = explain(built.connection, "HLT-01", area="990101", period="2020-21")
    assert (found.area["ref_area"], found.values[0]["obs_value"]) == ("990101", 50.0)


def test_what_is_not_there_is_said_with_what_is(built: PlanBench) -> None:
    with pytest.raises(EduplanError, match=r"HLT-03: there is no such indicator \(did you mean HLT-0\d or HLT-0\d\?\)"):
        explain(built.connection, "HLT-03")
    with pytest.raises(EduplanError, match=r"it has 2020-21, 2021-22"):
        explain(built.connection, "HLT-01", period="2019-20")
    with pytest.raises(EduplanError, match="no value for the area"):
        explain(built.connection, "HLT-01", area="990199")


def test_a_release_has_its_batches_elsewhere(built: PlanBench) -> None:
    built.connection.execute("create schema about")
    built.connection.execute(
        "create table about.batches as select batch_id, source, period, sender, 'sent.csv' as file_name, sha256, "
        "rows_read, rows_staged, rows_quarantined from landing.batches"
    )
    assert explain(built.connection, "HLT-01", area=CITY).batches[0]["file_name"] == "sent.csv"


def test_a_value_of_the_areas_own_is_named_as_such(built: PlanBench) -> None:
    own = INDICATORS.replace("{kind: hold, value: 50}", "{kind: hold, value: 50, areas: {'990101': 40}}")
    compute_status(built.connection, built.project, built.indicators(own))
    (of_district,) = explain(built.connection, "HLT-01", area="990101").statuses
    assert (of_district["target_value"], of_district["status"], of_district["is_own_target"]) == (40.0, "missed", True)
    (of_city,) = explain(built.connection, "HLT-01").statuses
    assert (of_city["target_value"], of_city["status"], of_city["is_own_target"]) == (50.0, "met", False)

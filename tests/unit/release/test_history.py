"""Finding a release by what people call it, keeping some, and making some official."""

from __future__ import annotations

import json
import stat
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import duckdb
import pytest

from eduplan.errors import EnvironmentFault
from eduplan.indicators.tables import create_plan_tables
from eduplan.release.history import NoSuchRelease, find_release, in_force_on, kept_releases
from eduplan.release.official import FreezeRefused, freeze, official_ids, official_releases
from eduplan.release.release import current_release, open_release
from eduplan.release.retention import releases_to_remove, remove_old_releases

NOW = datetime(2026, 12, 1, tzinfo=UTC)


def keep(world, number: int) -> None:
    settings = world.project.settings.model_copy(update={"keep_releases": number})
    world.project = replace(world.project, settings=settings)


def publish_generations(world, number: int, *, hours: int = 1) -> list[str]:
    made = []
    for generation in range(number):
        world.build(100 + generation)
        world.now += timedelta(hours=hours - 1)
        made.append(world.publish().release_id)
    return made


def tell(world, *values: tuple[str, float | None, str]) -> None:
    """Puts values of one indicator into the working warehouse."""
    world.connection.execute("drop table if exists plan.indicator_values")
    create_plan_tables(world.connection)
    world.connection.execute("update plan.indicators set formula = '{}'")
    for period, value, status in values:
        world.connection.execute(
            "insert into plan.indicator_values by name select 'ENR-01' as indicator, 1 as definition_version, "
            "'school_year' as period_kind, ? as time_period, 2025 as reference_year, 'city' as ref_area_level, "
            "'990100' as ref_area, '_T' as stage, '_T' as urban_class, '_T' as ownership, '_T' as sex, "
            "'_T' as grade, '_T' as item, ? as obs_value, ? as obs_status, '%' as unit",
            [period, value, status],
        )


def test_a_release_is_found_by_every_name_it_has(world):
    first, second, third = publish_generations(world, 3)
    assert find_release(world.project, "current").release_id == third
    assert find_release(world.project, "previous").release_id == second
    assert find_release(world.project, first).release_id == first
    assert find_release(world.project, first[:17]).release_id == first
    assert find_release(world.project, second[-8:]).release_id == second
    with pytest.raises(NoSuchRelease, match="3 releases are called that"):
        find_release(world.project, "2026-11")
    with pytest.raises(NoSuchRelease, match="there is no such release"):
        find_release(world.project, "official")


def test_without_a_release_there_is_nothing_to_find(world):
    with pytest.raises(EnvironmentFault, match="nothing was released yet"):
        find_release(world.project, "current")


def test_the_release_of_a_day_is_the_last_one_made_by_its_end(world):
    first, second, third = publish_generations(world, 3, hours=20)
    assert [each[:10] for each in (first, second, third)] == ["2026-11-23", "2026-11-24", "2026-11-25"]
    assert find_release(world.project, "2026-11-24").release_id == second
    assert in_force_on(world.project, date(2027, 1, 1)).release_id == third
    with pytest.raises(NoSuchRelease, match="nothing had been released by then"):
        in_force_on(world.project, date(2026, 11, 22))


def test_no_other_release_stands_in_for_one_that_was_removed(world):
    keep(world, 2)
    made = publish_generations(world, 5, hours=24)
    freeze(world.project, find_release(world.project, made[3]), reason="bulletin", revision_reason=None, now=NOW)
    kept = [release.release_id for release in kept_releases(world.project)]
    assert kept == made[3:]
    with pytest.raises(EnvironmentFault, match="the release in force on that day is not kept"):
        in_force_on(world.project, date.fromisoformat(made[1][:10]))
    assert in_force_on(world.project, date.fromisoformat(made[3][:10])).release_id == made[3]


def test_the_newest_the_last_of_a_month_the_official_and_the_present_ones_are_kept():
    ids = [
        "2026-01-05T0",
        "2026-01-31T0",
        "2026-02-02T0",
        "2026-02-03T0",
        "2026-03-01T0",
        "2026-03-02T0",
        "2026-03-03T0",
    ]
    removed = releases_to_remove(ids, keep=2, official={"2026-02-02T0"}, current="2026-03-03T0")
    assert removed == ("2026-01-05T0", "2026-03-01T0")
    # The one in force and the one before it stay, wherever the link leads.
    assert releases_to_remove(ids, keep=2, official=(), current="2026-02-03T0") == ("2026-01-05T0", "2026-03-01T0")
    assert releases_to_remove(ids, keep=30, official=(), current=ids[-1]) == ()


def test_a_night_removes_what_need_not_be_kept_once_the_new_release_is_in_force(world):
    keep(world, 2)
    first, second = publish_generations(world, 2)
    with duckdb.connect(str(find_release(world.project, first).database), read_only=True) as reader:
        world.build(7)
        third = world.publish().release_id
        assert reader.execute("select distinct pupils from ch4_system.enrolment").fetchall() == [(100,)]
    assert world.releases() == [second, third]
    assert current_release(world.project).manifest["previous"] == second


def test_an_official_release_is_never_removed(world):
    keep(world, 2)
    (first,) = publish_generations(world, 1)
    freeze(world.project, find_release(world.project, "current"), reason="bulletin", revision_reason=None, now=NOW)
    made = publish_generations(world, 4)
    assert world.releases() == [first, *made[-2:]]


def test_a_release_frozen_while_a_night_removes_it_comes_back(world, monkeypatch):
    keep(world, 2)
    first, *_ = publish_generations(world, 2)
    answers = iter([set(), {first}])
    monkeypatch.setattr("eduplan.release.retention.official_ids", lambda _: next(answers))
    monkeypatch.setattr("eduplan.release.retention.releases_to_remove", lambda *_, **__: (first,))
    assert remove_old_releases(world.project) == ()
    assert first in world.releases()


def test_the_ledger_says_what_when_and_why_and_cannot_be_written_over(world):
    release = world.publish()
    entry = freeze(world.project, release, reason="annual bulletin", revision_reason=None, now=NOW)
    (path,) = (world.project.marts / "official").iterdir()
    assert json.loads(path.read_text(encoding="utf-8"))["reason"] == "annual bulletin"
    assert stat.S_IMODE(path.stat().st_mode) == 0o444
    assert official_releases(world.project) == [entry]
    assert official_ids(world.project) == {release.release_id}
    with pytest.raises(FreezeRefused, match="official already"):
        freeze(world.project, release, reason="again", revision_reason=None, now=NOW)
    with pytest.raises(FreezeRefused, match="needs a reason"):
        freeze(world.project, release, reason=" ", revision_reason=None, now=NOW)


def test_revising_an_official_value_takes_a_reason_and_is_listed(world):
    tell(world, ("2024-25", 80.0, "A"), ("2025-26", 90.0, "A"), ("2023-24", None, "M"), ("2022-23", None, "Q"))
    first = world.publish()
    freeze(world.project, first, reason="bulletin", revision_reason=None, now=NOW)
    # One told value is revised and one withdrawn; a late one and one that is told now revise nothing.
    tell(world, ("2024-25", 81.0, "A"), ("2023-24", 70.0, "A"), ("2022-23", 5.0, "A"))
    second = world.publish()
    with pytest.raises(FreezeRefused, match=r"revises 2 values of the official release .*ENR-01 990100 2024-25"):
        freeze(world.project, second, reason="bulletin", revision_reason=None, now=NOW)
    assert official_ids(world.project) == {first.release_id}
    entry = freeze(world.project, second, reason="bulletin", revision_reason="late returns", now=NOW)
    assert (entry.follows, entry.revision_reason) == (first.release_id, "late returns")
    assert [(row["time_period"], row["old_value"], row["new_value"]) for row in entry.revisions] == [
        ("2024-25", 80.0, 81.0),
        ("2025-26", 90.0, None),
    ]
    assert official_releases(world.project)[1] == entry


def test_a_release_older_than_an_official_one_cannot_become_official(world):
    first, second = publish_generations(world, 2)
    freeze(world.project, find_release(world.project, second), reason="bulletin", revision_reason=None, now=NOW)
    with pytest.raises(FreezeRefused, match="a later release is official already"):
        freeze(world.project, find_release(world.project, first), reason="bulletin", revision_reason=None, now=NOW)


def test_the_night_publishes_after_an_official_release_as_before(world):
    tell(world, ("2024-25", 80.0, "A"))
    freeze(world.project, world.publish(), reason="bulletin", revision_reason=None, now=NOW)
    tell(world, ("2024-25", 81.0, "A"))
    assert world.publish().is_new
    with open_release(world.project) as connection:
        assert connection.execute("select obs_value from plan.indicator_values").fetchall() == [(81.0,)]

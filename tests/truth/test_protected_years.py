"""A night protects only the years that changed of a mart, or of one that counts the same persons."""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb

from eduplan.disclosure.release import protect
from eduplan.night import Declarations
from eduplan.project import Project

ROOT = Path(__file__).resolve().parents[2]


def test_protecting_the_year_that_changed_gives_what_protecting_all_years_gives(demo_city, tmp_path) -> None:
    project = Project.load(ROOT, data=demo_city.data)
    declarations = Declarations(project)
    changed = ("ch3_development.physique", "ch3_development.mental_health", "ch7_resources.teachers")
    # Counts pupils that mental_health counts, and changes with it.
    linked = ("ch3_development.mental_health_files",)
    names = changed + linked
    models = {name: declarations.models[name] for name in names}
    plan = ("plan.indicator_values", "plan.status", "plan.failing_units")

    def protected(connection: duckdb.DuckDBPyConnection, state: str) -> dict[str, list[tuple]]:
        states = dict.fromkeys([*names, *plan], state)
        tables = {each.stored for each in protect(connection, project, models, declarations.indicators, states)}
        tables |= {"disclosure.hidden_values_by_year", "disclosure.counts_by_year"}
        return {table: connection.execute(f"from {table} order by all").fetchall() for table in sorted(tables)}

    shutil.copy(demo_city.data / "work" / "working.duckdb", tmp_path / "copy.duckdb")
    with duckdb.connect(str(tmp_path / "copy.duckdb")) as connection:
        connection.execute("drop schema disclosure cascade")
        before = protected(connection, "before")
        of_year = "select mart, fingerprint from disclosure.years where year = '2022-23' order by mart"
        fingerprints = connection.execute(of_year).fetchall()
        for name in changed:
            connection.execute(f"delete from {name} where school_year = '2022-23' and rowid % 5 = 0")
        kept = connection.execute("select count(*) from disclosure.years where year <> '2022-23'").fetchone()
        after = protected(connection, "after")
        assert kept == connection.execute("select count(*) from disclosure.years where year <> '2022-23'").fetchone()
        assert not set(fingerprints) & set(connection.execute(of_year).fetchall())
        connection.execute("drop schema disclosure cascade")
        assert after == protected(connection, "anew")
        assert after != before

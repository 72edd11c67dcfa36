"""One night over a published folder, through the command line, for each module of this folder."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
PUBLISHED = Path(os.environ.get("EDUPLAN_REALDATA") or ROOT.parent / "shared" / "realdata")


@dataclass(frozen=True)
class Warehouse:
    """An example project after a night over the files of its publisher.

    Attributes:
        project: Folder of declarations.
        raw: Folder of published files.
        data: Data folder of this run.
    """

    project: Path
    raw: Path
    data: Path

    def eduplan(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Calls the program for this project."""
        return subprocess.run(
            [sys.executable, "-m", "eduplan.cli.app", "--project", self.project, "--data", self.data, *arguments],
            cwd=ROOT,
            # None of the published files holds an identity, so none of them may need a key.
            env={**os.environ, "EDUPLAN_KEY_FILE": str(self.data / "no.key")},
            capture_output=True,
            text=True,
        )

    def night(self) -> dict[str, Any]:
        """Runs a night that has to end well."""
        done = self.eduplan("run", "--raw", str(self.raw), "--json")
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def rows(self, query: str, *, read: str = "release") -> list[tuple[Any, ...]]:
        """Asks the release, or the working warehouse."""
        done = self.eduplan("sql", "--json", "--read", read, query)
        assert done.returncode == 0, done.stderr
        return [tuple(row.values()) for row in json.loads(done.stdout)]

    def indicator(self, code: str, **where: str) -> tuple[Any, ...]:
        """Value, numerator and denominator of one indicator: the whole area's total unless said otherwise."""
        wanted = {"ref_area_level": "city", "sex": "_T", "item": "_T", "grade": "_T", **where}
        condition = " and ".join(f"{column} = '{value}'" for column, value in wanted.items())
        query = f"select obs_value, numerator, denominator from plan.indicator_values where indicator = '{code}'"
        (row,) = self.rows(f"{query} and {condition}")
        return row

    def batches(self) -> list[tuple[Any, ...]]:
        """Source, rows read, staged, quarantined, duplicate and dropped of each current batch."""
        return self.rows(
            "select source, rows_read, rows_staged, rows_quarantined, rows_duplicate, rows_dropped "
            "from landing.batches where status = 'current' order by source, path",
            read="work",
        )

    def offending(self, check: str) -> int:
        """Rows that a check found."""
        ((rows,),) = self.rows(
            f"select coalesce(rows_unexpected, 0) from checks.results where check_id = '{check}'", read="work"
        )
        return int(rows)


@pytest.fixture(scope="module")
def warehouse(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """The example that the module names in ``EXAMPLE``, after one night."""
    name = request.module.EXAMPLE
    if not (PUBLISHED / name).is_dir():
        pytest.skip(f"no published files in {PUBLISHED / name}; set EDUPLAN_REALDATA")
    loaded = Warehouse(ROOT / "examples" / name, PUBLISHED / name, tmp_path_factory.mktemp(name))
    loaded.night()
    return loaded

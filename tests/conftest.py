"""What several test folders share: the demo city, loaded once for the whole run."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[1]
EDUPLAN = Path(sys.executable).with_name("eduplan")


@dataclass(frozen=True)
class DemoCity:
    """The demo city after one night.

    Attributes:
        data: Data folder with ``raw``, ``work`` and ``marts``.
        environment: Environment to run the program with.
        exit_code: What the night ended with.
    """

    data: Path
    environment: dict[str, str]
    exit_code: int

    @property
    def truth(self) -> dict[str, Any]:
        """What the generator knows to be true."""
        return json.loads((self.data / "raw" / "truth.json").read_text(encoding="utf-8"))

    def run(self, *arguments: str) -> str:
        """What the program prints for some arguments."""
        command = [EDUPLAN, *arguments, "--data", str(self.data)]
        return subprocess.run(
            command, cwd=ROOT, env=self.environment, check=True, capture_output=True, text=True
        ).stdout


@pytest.fixture(scope="session")
def demo_city(tmp_path_factory: pytest.TempPathFactory) -> DemoCity:
    """Scale 0.02, six years, through the command line; workers of one run share it."""
    shared = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        shared = shared.parent
    data = shared / "demo-city"
    environment = {**os.environ, "EDUPLAN_KEY_FILE": str(shared / "person.key"), "COLUMNS": "160"}
    with (shared / "demo-city.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        finished = data / "finished"
        if not finished.exists():
            shutil.rmtree(data, ignore_errors=True)
            for arguments in (
                ["key", "create", "--if-missing"],
                ["demo", "--scale", "0.02", "--seed", "1", "--years", "2020-2025", "--data", str(data)],
            ):
                subprocess.run([EDUPLAN, *arguments], cwd=ROOT, env=environment, check=True, capture_output=True)
            night = subprocess.run(
                [EDUPLAN, "run", "--data", data], cwd=ROOT, env=environment, capture_output=True, text=True
            )
            (data / "night.log").write_text(night.stdout + night.stderr)
            finished.write_text(str(night.returncode))
    return DemoCity(data, environment, int(finished.read_text()))

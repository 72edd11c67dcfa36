"""A bureau of two schools and three pupils, loaded once; each test spoils a copy of it and runs the program again."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

PROJECT = Path(__file__).parent / "bureau"
EDUPLAN = Path(sys.executable).with_name("eduplan")

SCHOOLS = "学校代码,学校名称\n9901010001,第一小学\n9901010002,第二小学\n"
PUPILS = (
    "学校代码,姓名,身份证件号,性别,年级\n"
    "9901010001,甲,990101201501010015,男,1\n"
    "9901010001,乙,990101201502020020,女,1\n"
    "9901010002,丙,990101201503030036,男,2\n"
)


@dataclass(frozen=True)
class Ended:
    """How a call of the program ended."""

    code: int
    out: str
    err: str

    @property
    def errors(self) -> list[str]:
        """The lines that say what went wrong."""
        return [line for line in self.err.splitlines() if line.startswith("eduplan: ")]


@dataclass
class Bureau:
    """The project over a data folder of its own."""

    data: Path
    key: Path
    environment: dict[str, str] = field(default_factory=dict)

    @property
    def raw(self) -> Path:
        """Where senders put their files."""
        return self.data / "raw"

    def send(self, path: str, content: str | bytes) -> Path:
        """Puts a file below the raw folder."""
        file = self.raw / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content.encode() if isinstance(content, str) else content)
        return file

    def eduplan(self, *arguments: str, before: Callable[[], None] | None = None, project: Path = PROJECT) -> Ended:
        """Calls the program."""
        environment = {**os.environ, "EDUPLAN_KEY_FILE": str(self.key), **self.environment}
        done = subprocess.run(
            [EDUPLAN, *arguments, "--project", project, "--data", self.data],
            capture_output=True,
            text=True,
            env=environment,
            preexec_fn=before,
        )
        return Ended(done.returncode, done.stdout, done.stderr)

    def copy(self, folder: Path) -> Bureau:
        """The same bureau in another folder, with a key of its own."""
        shutil.copytree(self.data, folder / "data", symlinks=True)
        shutil.copy2(self.key, folder / "person.key")
        return Bureau(folder / "data", folder / "person.key")

    @property
    def released(self) -> str:
        """What the release in force says, as text; fails if there is none."""
        shown = self.eduplan("sql", "select * from ch4_system.pupils order by all", "--csv")
        assert shown.code == 0, shown.err
        return shown.out


@pytest.fixture(scope="session")
def loaded_bureau(tmp_path_factory: pytest.TempPathFactory) -> Bureau:
    """The bureau after a good night."""
    folder = tmp_path_factory.mktemp("bureau")
    bureau = Bureau(folder / "data", folder / "person.key")
    bureau.send("schools/2024-25/city.csv", SCHOOLS)
    bureau.send("pupils/2024-25/city.csv", PUPILS)
    made = bureau.eduplan("key", "create")
    assert made.code == 0, made.err
    night = bureau.eduplan("run")
    assert night.code == 0, night.err
    return bureau


@pytest.fixture
def bureau(loaded_bureau: Bureau, tmp_path: Path) -> Bureau:
    """A copy of the loaded bureau that a test may spoil."""
    return loaded_bureau.copy(tmp_path)

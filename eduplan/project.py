"""A project: one folder of declarations, its settings and the places where its data lies.

Belongs here: paths and settings. Does not belong here: reading declarations or data.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import Field

from eduplan.declarations.loading import load_yaml_as
from eduplan.declarations.text import Bilingual, Declaration
from eduplan.errors import EnvironmentFault

SETTINGS_FILE = "eduplan.yml"


class Licence(Declaration):
    """What may be done with a release.

    Attributes:
        name: Short name, such as ``CC-BY-4.0``.
        title: Full name.
        path: Address of its text.
    """

    name: str
    title: Bilingual
    path: str | None = None


class Settings(Declaration):
    """What ``eduplan.yml`` may say. Every field has a default but the city."""

    city_code: str = Field(description="Division code of the whole area that the warehouse reports on.")
    city_name: Bilingual
    baseline_year: int = 2020
    timezone: str = "Asia/Shanghai"
    key_file: Path = Path("~/.config/eduplan/person.key")
    memory_limit: str = "3GB"
    threads: int = 2
    largest_file_mb: int = 2048
    minimum_coverage_pct: float = 90.0
    bulletin: list[Literal["zh", "en"]] = Field([], description="Languages of the bulletin that every release holds.")
    keep_releases: int = Field(
        default=30, ge=2, description="Newest releases to keep; official ones and the last of a month stay anyway."
    )
    licence: Licence | None = Field(default=None, description="Licence of the releases, for whoever is given one.")
    smallest_count: int = Field(default=5, ge=0, description="Least number of persons that a release tells.")
    smallest_sensitive_count: int = Field(
        default=10, ge=0, description="The same where disability or mental health is told."
    )
    webhook_url: str | None = None
    ignore: tuple[str, ...] = Field(
        default=(),
        description="Files of the raw folder that nobody shall be told of: patterns of paths, such as notes/*.",
    )


@dataclass(frozen=True)
class Project:
    """Where everything of one project lies.

    Attributes:
        root: Folder that holds the declarations.
        data: Folder that holds ``work`` and ``marts``.
        raw: Folder that the extracts arrive in.
        settings: Settings of ``eduplan.yml``.
    """

    root: Path
    data: Path
    raw: Path
    settings: Settings

    @classmethod
    def load(cls, root: Path | str = ".", *, raw: Path | str | None = None, data: Path | str | None = None) -> Project:
        """Opens a project folder.

        Args:
            root: Folder with ``eduplan.yml``.
            raw: Folder of extracts, if not ``<data>/raw``.
            data: Data folder, if not ``<root>/data``.

        Raises:
            EnvironmentFault: The folder is not a project.
            DeclarationError: ``eduplan.yml`` is not valid.
        """
        folder = Path(root).resolve()
        settings_path = folder / SETTINGS_FILE
        if not settings_path.is_file():
            raise EnvironmentFault(
                f"no {SETTINGS_FILE} here, so this is not a project",
                where=str(folder),
                remedy="name the project's folder with --project",
            )
        settings = load_yaml_as(Settings, settings_path)
        data_folder = Path(data).resolve() if data else folder / "data"
        raw_folder = Path(raw).resolve() if raw else data_folder / "raw"
        return cls(root=folder, data=data_folder, raw=raw_folder, settings=settings)

    @property
    def contracts(self) -> Path:
        """Folder of source contracts."""
        return self.root / "contracts"

    @property
    def sql(self) -> Path:
        """Folder of models and macros."""
        return self.root / "sql"

    @property
    def plan(self) -> Path:
        """Folder of indicators, targets and commitments."""
        return self.root / "plan"

    @property
    def expectations(self) -> Path:
        """Folder of expectation suites."""
        return self.root / "expectations"

    @property
    def work(self) -> Path:
        """Private folder of the load: landing, staging, quarantine and the working warehouse."""
        return self.data / "work"

    @property
    def landing(self) -> Path:
        """Folder of landed bytes, named by content hash."""
        return self.work / "landing"

    @property
    def staging(self) -> Path:
        """Folder of staged Parquet files, ``<source>/<batch_id>.parquet``."""
        return self.work / "staging"

    @property
    def quarantine(self) -> Path:
        """Folder of quarantined cells, ``<source>/<batch_id>.parquet``."""
        return self.work / "quarantine"

    @property
    def warehouse(self) -> Path:
        """The working DuckDB file, which belongs to the load alone; no schema may have its name."""
        return self.work / "working.duckdb"

    @property
    def slices(self) -> Path:
        """Folder of the slices that models keep in Parquet, ``<schema>/<model>/<slice>-<fingerprint>.parquet``."""
        return self.work / "slices"

    @property
    def marts(self) -> Path:
        """Folder that releases are published in."""
        return self.data / "marts"

    @property
    def release_database(self) -> Path:
        """The published database that analysts open."""
        return self.marts / "marts.duckdb"

    @property
    def key_file(self) -> Path:
        """File with the secret that person keys are made with."""
        return Path(os.environ.get("EDUPLAN_KEY_FILE") or self.settings.key_file).expanduser()

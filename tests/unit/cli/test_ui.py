"""What ``eduplan ui`` prepares before it starts Dagster's services."""

from __future__ import annotations

import socket
from collections.abc import Callable
from pathlib import Path

import yaml
from typer.testing import Result

from eduplan.cli.ui import service_environment
from eduplan.errors import ExitCode
from eduplan.project import Project


def test_the_services_find_their_project_and_tell_nobody(project_folder: Path) -> None:
    project = Project.load(project_folder)
    environment = service_environment(project)
    home = Path(environment["DAGSTER_HOME"])
    assert home == project.work / "dagster"
    assert environment["EDUPLAN_PROJECT"] == str(project_folder)
    settings = yaml.safe_load((home / "dagster.yaml").read_text(encoding="utf-8"))
    assert settings["telemetry"] == {"enabled": False}
    assert settings["concurrency"] == {"runs": {"max_concurrent_runs": 1}}


def test_a_changed_instance_file_is_left_alone(project_folder: Path) -> None:
    project = Project.load(project_folder)
    instance = Path(service_environment(project)["DAGSTER_HOME"]) / "dagster.yaml"
    instance.write_text("telemetry: {enabled: false}\n", encoding="utf-8")
    service_environment(project)
    assert instance.read_text(encoding="utf-8") == "telemetry: {enabled: false}\n"


def test_a_port_that_is_taken(run: Callable[..., Result]) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        shown = run("ui", "--port", str(port))
    assert shown.exit_code == ExitCode.ENVIRONMENT
    assert f"127.0.0.1:{port}: the port is taken" in shown.stderr

"""``eduplan ui``: the asset graph in the browser, and the daemon that starts the night.

Belongs here: starting and stopping Dagster's two services. Does not belong here: what they run (``pipelines``).
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from eduplan.cli.commands import command
from eduplan.cli.session import Session
from eduplan.errors import EnvironmentFault

if TYPE_CHECKING:
    from eduplan.project import Project

HOST = "127.0.0.1"
PORT = 3000
STOP_SECONDS = 15
INSTANCE_FILE = "dagster.yaml"
INSTANCE = """\
# Written by `eduplan ui` where there is none; change it as you like.
telemetry: {enabled: false}
nux: {enabled: false}
# DuckDB gives its file to one process, so one run goes at a time and the next one waits in the queue.
concurrency: {runs: {max_concurrent_runs: 1}}
run_monitoring: {enabled: true}
retention:
  schedule: {purge_after_days: 90}
  sensor:
    purge_after_days: {skipped: 7, failure: 30, success: 90}
"""


def register(app: typer.Typer) -> None:
    """Adds the command to the program."""

    @command(app, "ui")
    def ui(
        session: Session,
        port: Annotated[int, typer.Option(help="Port on 127.0.0.1.", min=1, max=65535)] = PORT,
    ) -> None:
        """Starts the asset graph and the nightly schedule on this machine; Ctrl-C stops both."""
        project = session.open_project()
        _require_free(port)
        environment = {**os.environ, **service_environment(project)}
        commands = [
            [*_program("dagster-webserver"), "--host", HOST, "--port", str(port), "-m", "pipelines.definitions"],
            [*_program("dagster-daemon"), "run", "-m", "pipelines.definitions"],
        ]
        services: list[subprocess.Popen[bytes]] = []
        signal.signal(signal.SIGTERM, signal.default_int_handler)  # so that a service manager also stops both
        try:
            services += [_start(command, environment, project) for command in commands]
            _wait_until_open(services, port)
            session.out.print(f"The graph is at http://{HOST}:{port} and the night runs at 02:00. Ctrl-C stops both.")
            _wait_until_one_ends(services)
        except KeyboardInterrupt:
            session.out.print("Stopped.")
        finally:
            _stop(services)


def service_environment(project: Project) -> dict[str, str]:
    """The environment that Dagster's services need; makes ``DAGSTER_HOME`` where it does not exist."""
    home = project.work / "dagster"
    home.mkdir(parents=True, exist_ok=True)
    instance = home / INSTANCE_FILE
    if not instance.exists():
        instance.write_text(INSTANCE, encoding="utf-8")
    return {
        "DAGSTER_HOME": str(home),
        "DAGSTER_DISABLE_TELEMETRY": "yes",
        "EDUPLAN_PROJECT": str(project.root),
        "EDUPLAN_DATA": str(project.data),
        "EDUPLAN_RAW": str(project.raw),
    }


def _program(name: str) -> list[str]:
    """A program of the same environment as this one, even where that is not on the PATH."""
    return [str(Path(sys.executable).with_name(name))]


def _start(command: list[str], environment: dict[str, str], project: Project) -> subprocess.Popen[bytes]:
    log = project.work / "dagster" / f"{Path(command[0]).name}.log"
    with log.open("ab") as file:
        return subprocess.Popen(  # noqa: S603 - the command is built above
            command, env=environment, cwd=project.work / "dagster", stdout=file, stderr=subprocess.STDOUT
        )


def _require_free(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            raise EnvironmentFault(
                "the port is taken", where=f"{HOST}:{port}", remedy="stop what uses it, or choose another with --port"
            ) from error


def _wait_until_open(services: list[subprocess.Popen[bytes]], port: int) -> None:
    while True:
        _fail_when_ended(services)
        with socket.socket() as probe:
            probe.settimeout(1)
            if probe.connect_ex((HOST, port)) == 0:
                return
        time.sleep(0.3)


def _wait_until_one_ends(services: list[subprocess.Popen[bytes]]) -> None:
    while True:
        _fail_when_ended(services)
        time.sleep(1)


def _fail_when_ended(services: list[subprocess.Popen[bytes]]) -> None:
    for service in services:
        if service.poll() is not None:
            name = Path(str(service.args[0] if isinstance(service.args, list) else service.args)).name
            raise EnvironmentFault(
                f"{name} ended with code {service.returncode}",
                remedy=f"see {name}.log in the folder work/dagster of the data folder",
            )


def _stop(services: list[subprocess.Popen[bytes]]) -> None:
    for service in services:
        service.terminate()
    for service in services:
        try:
            service.wait(timeout=STOP_SECONDS)
        except subprocess.TimeoutExpired:
            service.kill()

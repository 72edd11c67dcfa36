"""What ``eduplan serve`` says, when it starts and when it cannot."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import Result

from eduplan.errors import ExitCode
from eduplan.project import Project
from eduplan.release.swap import put_in_force

RELEASE_ID = "2026-11-22T020000-aaaa1111"


@pytest.fixture
def released(project_folder: Path) -> Path:
    project = Project.load(project_folder)
    folder = project.marts / "releases" / RELEASE_ID
    (folder / "site").mkdir(parents=True)
    (folder / "site" / "index.html").write_text("<!doctype html><title>Release</title>", encoding="utf-8")
    says = {"release_id": RELEASE_ID, "files": [{"path": "site/index.html", "sha256": "ab"}]}
    (folder / "manifest.json").write_text(json.dumps(says), encoding="utf-8")
    put_in_force(project, folder)
    return folder


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_without_a_release(run: Callable[..., Result]) -> None:
    shown = run("serve")
    assert shown.exit_code == ExitCode.ENVIRONMENT
    assert "nothing was released yet (run: eduplan run)" in shown.stderr


def test_an_unknown_release(run: Callable[..., Result], released: Path) -> None:
    shown = run("serve", "--release", "2020")
    assert shown.exit_code == ExitCode.ENVIRONMENT
    assert "2020: there is no such release" in shown.stderr


def test_a_port_that_is_taken(run: Callable[..., Result], released: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        shown = run("serve", "--port", str(port))
    assert shown.exit_code == ExitCode.ENVIRONMENT
    assert f"127.0.0.1:{port}: the port is taken" in shown.stderr


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
def test_it_serves_until_it_is_stopped(project_folder: Path, released: Path, stop: signal.Signals) -> None:
    port = free_port()
    command = [Path(sys.executable).with_name("eduplan"), "serve", "--port", str(port), "--project", project_folder]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env={**os.environ, "LANG": "C.UTF-8"})
    try:
        assert server.stdout is not None
        assert f"Release {RELEASE_ID} is at http://127.0.0.1:{port}/" in server.stdout.readline()
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=20) as page:
            assert b"<title>Release</title>" in page.read()
        time.sleep(0.1)
        server.send_signal(stop)
        assert server.wait(timeout=20) == 0
        assert server.stdout.read() == "Stopped.\n"
    finally:
        server.kill()
        server.wait()

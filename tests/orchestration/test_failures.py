"""Somebody is told when a run fails, and a lock that passes is tried again."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import Any

import duckdb
import pytest
from dagster import (
    DagsterInstance,
    Failure,
    GraphDefinition,
    RetryRequested,
    build_run_status_sensor_context,
    in_process_executor,
    op,
)

from assets.running import warehouse_step
from eduplan.alerts import Alert, send
from eduplan.errors import InputError, LockedError
from eduplan.project import Project
from pipelines.failures import failure_sensor

IDENTITY = "990101201001011234"


@op
def broken() -> None:
    raise Failure("pupil_roll/2024-25/a.csv: the file is empty (send it again)", allow_retries=False)


def test_a_failed_run_is_posted_and_logged(
    project: Project, webhook: tuple[str, list[dict[str, Any]]], caplog: pytest.LogCaptureFixture
) -> None:
    url, posted = webhook
    watched = replace(project, settings=project.settings.model_copy(update={"webhook_url": url}))
    job = GraphDefinition("night", node_defs=[broken]).to_job(executor_def=in_process_executor)
    with DagsterInstance.ephemeral() as instance:
        result = job.execute_in_process(instance=instance, raise_on_error=False)
        sensor = failure_sensor(watched)
        context = build_run_status_sensor_context(
            sensor_name=sensor.name,
            dagster_instance=instance,
            dagster_run=result.dagster_run,
            dagster_event=result.get_run_failure_event(),
        ).for_run_failure()
        with caplog.at_level(logging.ERROR, logger="eduplan"):
            sensor(context)
    (alert,) = posted
    assert alert["job"] == "night"
    assert alert["run"] == result.run_id
    assert alert["lines"] == ["broken: pupil_roll/2024-25/a.csv: the file is empty (send it again)"]
    assert "the file is empty" in alert["text"]
    assert "the file is empty" in caplog.text


def test_a_webhook_that_does_not_answer_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    alert = Alert("night", "1", ["x"], "2026-01-01T00:00:00+00:00")
    assert not send(alert, "http://127.0.0.1:9/closed")
    assert "did not take" in caplog.text
    assert not send(alert, "file:///etc/passwd")
    assert not send(alert, None)


def test_a_lock_that_passes_is_tried_again(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    def locked(_: Project) -> duckdb.DuckDBPyConnection:
        raise LockedError("another process is using the working warehouse")

    monkeypatch.setattr("assets.running.open_warehouse", locked)
    with pytest.raises(RetryRequested) as wanted, warehouse_step(project):
        pass
    assert wanted.value.max_retries == 10


def test_what_does_not_pass_is_not_tried_again_and_says_one_line(project: Project) -> None:
    with pytest.raises(Failure) as failed, warehouse_step(project):
        raise InputError("the file is empty", where="a.csv", remedy="send it again")
    assert failed.value.description == "a.csv: the file is empty (send it again)"
    assert failed.value.allow_retries is False


def test_an_unexpected_error_shows_no_value(project: Project) -> None:
    with pytest.raises(Failure) as failed, warehouse_step(project) as connection:
        connection.execute(f"select cast('{IDENTITY}x' as integer)")
    shown = f"{failed.value.description} {failed.value.metadata}"
    assert "ConversionException" in shown
    assert IDENTITY not in shown
    assert failed.value.__cause__ is None

"""Tells somebody when a run fails.

Belongs here: reading what failed out of a run. Does not belong here: the message and its delivery (``eduplan.alerts``).
"""

from __future__ import annotations

from datetime import UTC, datetime

from dagster import DagsterEventType, DefaultSensorStatus, RunFailureSensorContext, SensorDefinition, run_failure_sensor

from eduplan.alerts import Alert, send
from eduplan.project import Project

LINES = 10
EVERY_SECONDS = 30


def failure_sensor(project: Project) -> SensorDefinition:
    """The sensor that logs a failed run and posts it to the project's webhook; on by default."""

    @run_failure_sensor(
        name="tell_of_failures",
        description="Logs a failed run and posts it to webhook_url of eduplan.yml.",
        default_status=DefaultSensorStatus.RUNNING,
        minimum_interval_seconds=EVERY_SECONDS,
    )
    def tell(context: RunFailureSensorContext) -> None:
        alert = Alert(
            job=context.dagster_run.job_name,
            run=context.dagster_run.run_id,
            lines=failed_steps(context),
            at=datetime.now(UTC).isoformat(timespec="seconds"),
        )
        sent = send(alert, project.settings.webhook_url)
        context.log.error(alert.text)
        context.log.info("posted to the webhook" if sent else "not posted: no webhook, or it did not take it")

    return tell


def failed_steps(context: RunFailureSensorContext) -> list[str]:
    """One line for each step that failed, or the run's own message where none did."""
    records = context.instance.get_records_for_run(
        context.dagster_run.run_id, of_type=DagsterEventType.STEP_FAILURE, limit=LINES
    ).records
    lines = []
    for record in records:
        event = record.event_log_entry.dagster_event
        if event is None:
            continue
        data = event.step_failure_data
        said = data.user_failure_data.description if data.user_failure_data else None
        reason = said or (data.error.cls_name if data.error else "failed")
        lines.append(f"{event.step_key}: {reason}")
    return lines or [context.failure_event.message or "the run failed before any step"]

"""Publishes a release: built beside the old one, and swapped in by one atomic step.

Belongs here: the order of the steps, and what happens when one fails. Does not belong here: the steps.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import duckdb

from eduplan import __version__
from eduplan.bulletin.write import FOLDER as BULLETIN
from eduplan.bulletin.write import Order, bulletin_meanwhile
from eduplan.checks.check import CheckReport
from eduplan.checks.fingerprints import existing_tables, table_states
from eduplan.checks.results import create_results
from eduplan.declarations.contracts import Contract
from eduplan.declarations.indicators import Indicator
from eduplan.declarations.models import SqlModel
from eduplan.disclosure.release import Told, protect
from eduplan.errors import CheckFailure, EnvironmentFault
from eduplan.faults import explain
from eduplan.progress import Progress, Silent
from eduplan.project import Project
from eduplan.release.catalogue import CATALOGUE, catalogue
from eduplan.release.database import PublishedTable, describe_tables, write_tables
from eduplan.release.datapackage import DATAPACKAGE, datapackage
from eduplan.release.looks import looks
from eduplan.release.manifest import content_fingerprint, manifest, read_batches
from eduplan.release.privacy import published_columns, refuse_private_columns
from eduplan.release.release import DATABASE, MANIFEST, Release, read_release, readable_release, releases_folder
from eduplan.release.retention import remove_old_releases
from eduplan.release.swap import building_folder, clean_up, put_in_force, put_in_place, seal, withdraw, write_sealed
from eduplan.site.downloads import downloads_meanwhile
from eduplan.site.outlines import outlines_file
from eduplan.warehouse.connection import connect

_CHAPTER = re.compile(r"^ch\d+_[a-z0-9_]+$")
_SHOWN = 5


def publish(
    connection: duckdb.DuckDBPyConnection,
    project: Project,
    models: Mapping[str, SqlModel],
    contracts: Mapping[str, Contract],
    indicators: Mapping[str, Indicator],
    *,
    check_report: CheckReport,
    now: datetime,
    progress: Progress | None = None,
) -> Release:
    """Publishes the marts and the plan tables, unless the release in force says the same already.

    Args:
        connection: The working warehouse, outside a transaction.
        project: The project.
        models: Models by qualified name.
        contracts: Contracts by source.
        indicators: Indicators by code.
        check_report: How the checks of this warehouse came out.
        now: Time of the release; it names the folder.
        progress: Where the reader sees how far it is.

    Returns:
        The release in force, with ``is_new`` if this call made it.

    Raises:
        CheckFailure: A critical check failed, or a table holds a person-level column; the old release stays.
        EnvironmentFault: There is nothing to publish, or the disk is full; the old release stays.
    """
    _refuse_failed(check_report)
    told = _told(connection, project, models, indicators, progress)
    tables = describe_tables(connection, told)
    refuse_private_columns(published_columns(connection, [each.origin for each in told]), models, contracts)
    create_results(connection)
    releases_folder(project).mkdir(parents=True, exist_ok=True)
    clean_up(project)
    batches = read_batches(connection)
    fingerprint = content_fingerprint(
        tables,
        {table.table: table.fingerprint for table in told},
        batches,
        check_report,
        looks=looks(project),
        drawn=outlines_file(project),
    )
    in_force = readable_release(project)
    if in_force and in_force.fingerprint == fingerprint:
        return in_force
    local = now.astimezone(ZoneInfo(project.settings.timezone))
    release_id = f"{local:%Y-%m-%dT%H%M%S}-{fingerprint[:8]}"
    built, finished = building_folder(project, release_id), releases_folder(project) / release_id
    try:
        built.mkdir()
        facts = {
            "release_id": release_id,
            "created_at": local.isoformat(timespec="seconds"),
            "eduplan_version": __version__,
            "fingerprint": fingerprint,
        }
        with downloads_meanwhile(project, built, in_force.database if in_force else None) as downloads:
            write_tables(
                connection,
                built,
                tables,
                database=DATABASE,
                facts=facts,
                units=_units(tables, models),
                files_are_there=downloads.start,
            )
            keys = {table.table: table.order for table in tables if table.order}
            with bulletin_meanwhile(_bulletin(project, built, in_force), project.settings.bulletin) as left_out:
                notices = _write_for_readers(
                    project,
                    built,
                    models,
                    contracts,
                    keys,
                    previous=in_force,
                    left_out=left_out,
                    progress=progress or Silent(),
                )
            downloads.wait()
        says = manifest(
            project,
            connection,
            release_id=release_id,
            now=local,
            fingerprint=fingerprint,
            previous=in_force.release_id if in_force else None,
            tables=tables,
            batches=batches,
            report=check_report,
            files=seal(built),
        )
        write_sealed(built / MANIFEST, json.dumps(says, ensure_ascii=False, indent=1) + "\n")
        put_in_place(built, finished)
        put_in_force(project, finished)
    except BaseException as error:
        withdraw(project, built, finished)
        clear = explain(error)
        if clear is None or clear is error:
            raise
        raise clear from error
    remove_old_releases(project)
    return replace(read_release(finished), is_new=True, notices=notices)


def _bulletin(project: Project, built: Path, previous: Release | None) -> Order:
    """The bulletin of the release that is being built; it reads the published database alone."""
    before = (previous.release_id, previous.database) if previous else None
    return Order(project, built / DATABASE, built / BULLETIN, previous=before)


def _write_for_readers(
    project: Project,
    built: Path,
    models: Mapping[str, SqlModel],
    contracts: Mapping[str, Contract],
    keys: Mapping[str, Sequence[str]],
    *,
    previous: Release | None,
    left_out: Callable[[], Sequence[str]],
    progress: Progress,
) -> tuple[str, ...]:
    """What readers open besides the tables; made from the published database, so that it tells no more than that.

    Returns:
        What was left out and why, one line each; ``left_out`` waits for the bulletin and says what that lacks.
    """
    from eduplan.site.build import write_site
    from eduplan.site.bulletin_page import write_bulletin_page

    published = connect(built / DATABASE, project, read_only=True)
    try:
        site = write_site(
            published,
            project,
            built,
            models=models,
            contracts=contracts,
            previous=previous.database if previous else None,
            progress=progress,
        )
        package = datapackage(published, project, built, keys=keys, contracts=contracts)
        _write_json(built / DATAPACKAGE, package)
        _write_json(built / CATALOGUE, catalogue(package, project, built))
        missing = left_out()
        write_bulletin_page(published, project, built, built / BULLETIN, missing=missing)
        return (*(site.notices if site else ()), *missing)
    finally:
        published.close()


def _write_json(path: Path, value: object) -> None:
    path.write_text(json.dumps(value, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def _units(tables: Sequence[PublishedTable], models: Mapping[str, SqlModel]) -> dict[tuple[str, str], str]:
    """The units of columns that have one, by table and column."""
    texts = {
        (table.table, name): models[table.origin].column_text(name)
        for table in tables
        if table.origin in models
        for name, _ in table.columns
    }
    return {column: text.unit for column, text in texts.items() if text and text.unit}


def _refuse_failed(report: CheckReport) -> None:
    if not report.blocking:
        return
    names = [result.check.check_id for result in report.blocking]
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    raise CheckFailure(
        f"{len(names)} critical checks failed, so nothing was released: {', '.join(names[:_SHOWN])}{more}",
        where="release",
        remedy="the last release stays; why, remedy and a query for the rows: "
        "eduplan sql --read work 'from checks.results where not success'",
    )


def _told(
    connection: duckdb.DuckDBPyConnection,
    project: Project,
    models: Mapping[str, SqlModel],
    indicators: Mapping[str, Indicator],
    progress: Progress | None,
) -> list[Told]:
    """The marts of the chapters and all tables of the plan, without what must not be told."""
    existing = existing_tables(connection)
    marts = {table: model for table, model in models.items() if _CHAPTER.match(model.schema)}
    missing = sorted(set(marts) - existing)
    if missing:
        raise EnvironmentFault(
            f"marts were not built: {', '.join(missing[:_SHOWN])}", where="release", remedy="run: eduplan run"
        )
    plan = {table for table in existing if table.startswith("plan.")}
    if not marts and not plan:
        raise EnvironmentFault("there is no mart to publish", where="release", remedy="add one to sql/marts")
    states = {table: state.fingerprint for table, state in table_states(connection, {*marts, *plan}, models).items()}
    told = protect(connection, project, marts, indicators, states, progress=progress)
    copied = {each.table for each in told}
    told += [Told(table, table, table, (), states[table]) for table in sorted(plan - copied)]
    return sorted(told, key=lambda each: each.table)

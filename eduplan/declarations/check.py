"""Checks that all declarations of a project fit together, without any data.

Belongs here: what can only be seen across declarations. Does not belong here: the shape of one file, which its own
model checks, and checks of rows, which ``expectations/`` declares.

The true test is to build: every model is built over empty inputs in memory, every indicator's query and every check is
put to the tables that come out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import duckdb

from eduplan.declarations.contract_faults import contract_faults
from eduplan.declarations.contracts import CodeList, Contract, load_code_lists, load_contracts
from eduplan.declarations.indicators import DIMENSION_COLUMNS, Indicator, load_indicators
from eduplan.declarations.loading import load_yaml_as, parts_of, place_of
from eduplan.declarations.models import ColumnText, SqlModel, dependency_order, load_column_texts, load_models
from eduplan.declarations.registry import EntryPlaces, Registry, load_registry, registry_faults, registry_notes
from eduplan.declarations.stray_files import stray_files
from eduplan.declarations.suites import CrossCheck, Suite, load_cross_checks, load_suites
from eduplan.errors import DeclarationError
from eduplan.indicators.validation import indicator_faults
from eduplan.near import names_there_are
from eduplan.progress import Silent
from eduplan.project import Project
from eduplan.warehouse.blank import blank_warehouse
from eduplan.warehouse.build import build_models

T = TypeVar("T")

PERSONS = "persons"
_COLUMN_ARGUMENTS = ("column", "column_A", "column_B")


@dataclass
class CheckSummary:
    """What a check of all declarations found.

    Attributes:
        counts: How many declarations of each kind were read.
        faults: What does not fit, each with its file and field.
        notes: How far the plan's registry of promises has come.
    """

    counts: dict[str, int] = field(default_factory=dict)
    faults: list[DeclarationError] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def is_valid(self) -> bool:
        """Whether everything fits."""
        return not self.faults

    def read(self, name: str, load: Callable[[], Mapping[str, T]]) -> Mapping[str, T]:
        """Reads one kind of declaration; a fault leaves it empty."""
        try:
            found = load()
        except DeclarationError as fault:
            self.faults.append(fault)
            return {}
        self.counts[name] = len(found)
        return found


def check_declarations(project: Project) -> CheckSummary:
    """Reads everything that a project declares and fits it together.

    Files that are not valid by themselves are reported first; what depends on them is checked once they are mended.
    """
    summary = CheckSummary()
    codes = summary.read("code lists", lambda: load_code_lists(project.contracts / "codes"))
    contracts = summary.read("contracts", lambda: load_contracts(project.contracts))
    summary.read("column texts", lambda: load_column_texts(project.sql))
    models = summary.read("models", lambda: load_models(project.sql))
    indicators = summary.read("indicators", lambda: load_indicators(project.plan))
    registry = _read_registry(summary, project, indicators)
    suites = summary.read("suites", lambda: load_suites(project.expectations))
    crosses = summary.read("cross checks", lambda: load_cross_checks(project.expectations))
    if summary.is_valid:
        try:
            summary.faults += _faults_between(project, contracts, codes, models, registry, suites, crosses)
        except DeclarationError as fault:
            summary.faults.append(fault)
    summary.faults = list({fault.line: fault for fault in summary.faults}.values())
    return summary


def _read_registry(summary: CheckSummary, project: Project, indicators: Mapping[str, Indicator]) -> Registry:
    """Reads commitments and what belongs to them; a fault leaves them empty."""
    try:
        registry = load_registry(project.plan, indicators)
    except DeclarationError as fault:
        summary.faults.append(fault)
        return Registry(indicators=indicators)
    if registry.commitments:
        summary.counts["commitments"] = len(registry.commitments)
    if registry.registered:
        summary.counts["registered indicators"] = len(registry.registered)
    summary.notes += registry_notes(registry)
    return registry


def _faults_between(
    project: Project,
    contracts: Mapping[str, Contract],
    codes: Mapping[str, CodeList],
    models: Mapping[str, SqlModel],
    registry: Registry,
    suites: Mapping[str, Suite],
    crosses: Mapping[str, CrossCheck],
) -> list[DeclarationError]:
    faults = [*stray_files(project), *contract_faults(project, contracts, codes)]
    connection = blank_warehouse(project, contracts, codes)
    try:
        wrong_models = [*_model_faults(connection, models, codes), *_publication_faults(models)]
        wrong_models += _chapter_faults(models, registry)
        wrong_models += _text_faults(connection, project, models) if not wrong_models else []
        faults += wrong_models
        if not wrong_models:
            faults += _plan_faults(connection, project, registry, contracts)
            faults += _code_faults(project, registry, models, codes)
            faults += _unit_faults(project, registry)
            faults += _suite_faults(connection, project, suites)
            faults += _cross_faults(connection, crosses)
    finally:
        connection.close()
    return faults


def _model_faults(
    connection: duckdb.DuckDBPyConnection, models: Mapping[str, SqlModel], codes: Mapping[str, CodeList]
) -> Iterator[DeclarationError]:
    """Builds every model over nothing, and holds its header against the columns that come out."""
    failed: set[str] = set()
    for model in dependency_order(dict(models)):
        if failed & set(model.inputs):
            failed.add(model.table)
            continue
        try:
            build_models(connection, models, progress=Silent(), only={model.table})
        except DeclarationError as fault:
            failed.add(model.table)
            yield fault
            continue
        columns = [name for name, *_ in connection.execute(f"describe {model.table}").fetchall()]
        for place, reason in _header_faults(model, columns, codes):
            yield DeclarationError(f"{place}: {reason}", where=place_of(model.path, *parts_of(place)))


def _header_faults(model: SqlModel, columns: list[str], codes: Mapping[str, CodeList]) -> Iterator[tuple[str, str]]:
    header = model.header
    named: dict[str, list[str]] = {
        "key": header.key,
        "partition": [str(header.partition)] if header.partition else [],
        "not_null": header.not_null,
        "codes": list(header.codes),
        "columns": list(header.columns),
        "follows": [header.follows.column, *header.follows.by] if header.follows else [],
    }
    for name, wanted in named.items():
        for missing in sorted(set(wanted) - set(columns)):
            yield name, f"the select has no column {missing}"
    for column, code_list in header.codes.items():
        if code_list not in codes:
            yield f"codes.{column}", f"no code list {code_list}"
    for column in columns:
        if model.column_text(column) is None:
            yield f"columns.{column}", "neither the header nor sql/columns.yml says what it means"
    for number, publication in enumerate(header.publish):
        for missing in sorted(set(publication.by) - set(columns)):
            yield f"publish.{number}.by", f"the select has no column {missing}"


def _chapter_faults(models: Mapping[str, SqlModel], registry: Registry) -> Iterator[DeclarationError]:
    """Marts in a folder that is no chapter of the plan, so that no page would show them."""
    chapters = [chapter.chapter for chapter in registry.chapters]
    for model in models.values():
        if chapters and model.schema not in ("core", *chapters):
            yield DeclarationError(
                f"the folder {model.schema} is no chapter of plan/chapters.yml",
                where=str(model.path),
                remedy=names_there_are(model.schema, chapters),
            )


def _text_faults(
    connection: duckdb.DuckDBPyConnection, project: Project, models: Mapping[str, SqlModel]
) -> Iterator[DeclarationError]:
    """Texts of columns that no model has any more, and columns that a text names and no model has."""
    found = connection.execute("select distinct column_name from duckdb_columns() where not internal").fetchall()
    columns = {row[0] for row in found}
    shared = load_column_texts(project.sql)
    path = project.sql / "columns.yml"
    for name in sorted(set(shared) - columns):
        yield DeclarationError(f"{name}: no table has this column", where=place_of(path, name))
    texts: list[tuple[Path, tuple[str, ...], ColumnText]] = [(path, (name,), text) for name, text in shared.items()]
    texts += [
        (model.path, ("columns", name), text)
        for model in models.values()
        for name, text in model.header.columns.items()
    ]
    for place, location, text in texts:
        for name, reason, remedy in _protection_faults(text, columns):
            where = place_of(place, *location, name)
            yield DeclarationError(f"{'.'.join((*location, name))}: {reason}", where=where, remedy=remedy)
        if text.counted:
            rows = f"select {', '.join(text.counted.columns)} from {text.counted.mart}"
            rows += f" where {text.counted.where}" if text.counted.where else ""
            if broken := _cannot_run(connection, rows):
                field_name = ".".join((*location, "counted"))
                yield DeclarationError(f"{field_name}: {broken}", where=place_of(place, *location, "counted"))


def _protection_faults(text: ColumnText, columns: set[str]) -> Iterator[tuple[str, str, str]]:
    """What would leave counts of persons unprotected in a release: a misspelt unit or column."""
    for name in ("of", "divides", "same_as"):
        named = getattr(text, name)
        if named is not None and named not in columns:
            yield name, f"no table has a column {named}", names_there_are(named, columns, where="see sql/columns.yml")
    if text.unit and text.unit != PERSONS and text.unit.lower().rstrip("s") == PERSONS.rstrip("s"):
        yield "unit", f"{text.unit} is not protected in a release", f"did you mean {PERSONS}?"


def _publication_faults(models: Mapping[str, SqlModel]) -> Iterator[DeclarationError]:
    """Two tables of a release that have one name."""
    owner = {table: table for table, model in models.items() if not model.header.publish}
    for table, model in models.items():
        for number, publication in enumerate(model.header.publish):
            name = f"{model.schema}.{publication.name}"
            if name in owner:
                reason = f"publish.{number}.name: {name} is published from {owner[name]} already"
                yield DeclarationError(reason, where=place_of(model.path, "publish", number, "name"))
            owner[name] = table


def _plan_faults(
    connection: duckdb.DuckDBPyConnection, project: Project, registry: Registry, contracts: Mapping[str, Contract]
) -> Iterator[DeclarationError]:
    places = EntryPlaces(project.plan)
    found = indicator_faults(
        connection,
        registry.indicators,
        chapters={chapter.chapter for chapter in registry.chapters} or None,
        commitments=registry.commitments or None,
        baseline_year=project.settings.baseline_year,
    )
    for indicator, place, reason in found:
        yield places.fault(indicator.code, place, reason)
    yield from registry_faults(project.plan, registry, contracts)


def _code_faults(
    project: Project, registry: Registry, models: Mapping[str, SqlModel], codes: Mapping[str, CodeList]
) -> Iterator[DeclarationError]:
    """Targets for parts that no value can have, because their code is in no list: they would never be judged."""
    places = EntryPlaces(project.plan)
    for code, indicator in registry.indicators.items():
        model = models.get(str(indicator.mart))
        lists = model.header.codes if model else {}
        for number, target in enumerate(indicator.targets):
            for dimension, value in target.by.items():
                code_list = lists.get(DIMENSION_COLUMNS[dimension])
                if code_list and value not in {each.code for each in codes[code_list].values}:
                    yield places.fault(code, f"targets.{number}.by.{dimension}", f"{value} is no code of {code_list}")


def _unit_faults(project: Project, registry: Registry) -> Iterator[DeclarationError]:
    """Units that the project's own list of units does not know, so that nobody could read them in Chinese."""
    path = project.root / "site" / "units.yml"
    if not path.is_file():
        return
    known = load_yaml_as(dict[str, dict[str, str]], path)
    places = EntryPlaces(project.plan)
    units = {code: indicator.unit for code, indicator in registry.indicators.items()}
    units |= {code: indicator.unit for code, indicator in registry.registered.items()}
    for code, unit in units.items():
        if unit not in known:
            yield places.fault(code, "unit", f"{unit} is not in site/units.yml")


def _suite_faults(
    connection: duckdb.DuckDBPyConnection, project: Project, suites: Mapping[str, Suite]
) -> Iterator[DeclarationError]:
    """Suites of tables that do not exist, and expectations of columns that they do not have."""
    for suite in suites.values():
        where = project.expectations / f"{suite.table.replace('.', '/')}.yml"
        try:
            columns = {name for name, *_ in connection.execute(f"describe {suite.table}").fetchall()}
        except duckdb.Error:
            yield DeclarationError(f"table: there is no {suite.table}", where=place_of(where, "table"))
            continue
        for number, expectation in enumerate(suite.expectations):
            for name, missing in expectation.kwargs.items():
                if name in _COLUMN_ARGUMENTS and missing not in columns:
                    yield _expectation_fault(where, number, name, f"{suite.table} has no column {missing}")
            query = expectation.kwargs.get("unexpected_rows_query")
            if query and (reason := _cannot_run(connection, str(query).format(batch=suite.table))):
                yield _expectation_fault(where, number, "unexpected_rows_query", reason)


def _expectation_fault(path: Path, number: int, argument: str, reason: str) -> DeclarationError:
    place = ("expectations", number, "kwargs", argument)
    return DeclarationError(f"{'.'.join(str(part) for part in place)}: {reason}", where=place_of(path, *place))


def _cross_faults(
    connection: duckdb.DuckDBPyConnection, crosses: Mapping[str, CrossCheck]
) -> Iterator[DeclarationError]:
    for check in crosses.values():
        if _cannot_run(connection, f"select * from {check.header.table}"):
            yield DeclarationError(f"table: there is no {check.header.table}", where=place_of(check.path, "table"))
        if broken := _cannot_run(connection, check.sql):
            yield DeclarationError(broken, where=str(check.path))


def _cannot_run(connection: duckdb.DuckDBPyConnection, query: str) -> str | None:
    try:
        connection.execute(f"describe {query}")
    except duckdb.Error as error:
        return str(error).splitlines()[0]
    return None

"""How tables and sources are called and described in the graph.

Belongs here: keys, groups, owners, texts and the columns of a contract. Does not belong here: anything that runs.
"""

from __future__ import annotations

import re

from dagster import AssetKey, TableColumn, TableSchema

from eduplan.declarations.contracts import Contract
from eduplan.declarations.models import SqlModel
from eduplan.declarations.text import Bilingual

SOURCE_GROUP = "source"
STAGING_GROUP = "staging"
PLAN_GROUP = "plan"
RELEASE_GROUP = "release"

STATISTICS_OWNER = "team:statistics"
PLAN_OWNER = "team:plan-office"

RELEASE_KEY = AssetKey(["release"])
STATUS_KEY = AssetKey(["plan", "status"])
VALUES_KEY = AssetKey(["plan", "indicator_values"])


def raw_key(source: str) -> AssetKey:
    """What a sender delivers."""
    return AssetKey(["raw", source])


def table_key(table: str) -> AssetKey:
    """A table ``schema.name`` of the warehouse."""
    return AssetKey(table.split("."))


def source_owner(contract: Contract) -> str:
    """The office that owns a source, as Dagster writes teams."""
    return "team:" + re.sub(r"[^a-z0-9]+", "-", contract.owner.en.lower()).strip("-")


def both(text: Bilingual) -> str:
    """A text in both languages, as one line."""
    return f"{text.en} · {text.zh}"


def model_description(model: SqlModel) -> str:
    """What a model says of itself, for people."""
    header = model.header
    lines = [both(header.title), both(header.meaning), f"Grain: {both(header.grain)}"]
    if header.warning:
        lines.append(f"Do not: {both(header.warning)}")
    return "\n\n".join(lines)


def source_description(contract: Contract) -> str:
    """What a contract says of its source, for people."""
    lines = [both(contract.title)]
    if contract.description:
        lines.append(both(contract.description))
    lines.append(f"From: {both(contract.owner)}. Privacy: {contract.privacy}. Key: {', '.join(contract.key)}.")
    return "\n\n".join(lines)


def contract_schema(contract: Contract) -> TableSchema:
    """The contract's own columns in staging, with their titles."""
    titles = {column.person_key or column.name: column.title for column in contract.columns}
    titles |= {column.name: column.title for column in contract.derive}
    types = {column.person_key or column.name: str(column.type) for column in contract.columns}
    types |= {column.name: str(column.type) for column in contract.derive}
    return TableSchema(
        columns=[
            TableColumn(name, type=types[name], description=both(title) if (title := titles[name]) else None)
            for name in contract.staged_columns
        ]
    )

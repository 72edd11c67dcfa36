"""What a batch was staged with, as a fingerprint: another one means that it is staged again.

Belongs here: contract, code lists, macros and the engine's own version. Does not belong here: the keys that a batch
refers to (:mod:`eduplan.staging.references`).
"""

from __future__ import annotations

from collections.abc import Mapping

from eduplan.declarations.contracts import CodeList, Contract
from eduplan.declarations.loading import read_text
from eduplan.declarations.macros import load_macros, macros_used
from eduplan.project import Project
from eduplan.staging.macros import ENGINE_MACROS
from eduplan.staging.memory import digest

_ENGINE = "1"
"""Raised when the engine itself would stage other rows from the same file and contract."""


def contract_fingerprints(
    project: Project, contracts: Mapping[str, Contract], codes: Mapping[str, CodeList]
) -> dict[str, str]:
    """Fingerprints by source."""
    macros = load_macros(project.sql)
    engine = digest(_ENGINE, read_text(ENGINE_MACROS))
    fingerprints = {}
    for source, contract in contracts.items():
        lists = sorted({column.codes for column in contract.columns if column.codes})
        expressions = [each.expression for each in contract.derive]
        expressions += [rule.check for rule in (*contract.rules, *contract.row_rules)]
        used = macros_used(" ".join(expressions), macros)
        fingerprints[source] = digest(
            engine,
            contract.model_dump_json(),
            *(codes[name].model_dump_json() for name in lists),
            *(macro.sql for macro in used),
        )
    return fingerprints

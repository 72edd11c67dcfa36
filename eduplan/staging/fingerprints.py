"""What a batch was staged with, as a fingerprint: another one means that it is staged again.

Belongs here: contract, code lists, macros and the text of the engine. Does not belong here: the keys that a batch
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

_PACKAGE = ENGINE_MACROS.parents[1]


def contract_fingerprints(
    project: Project, contracts: Mapping[str, Contract], codes: Mapping[str, CodeList]
) -> dict[str, str]:
    """Fingerprints by source."""
    macros = load_macros(project.sql)
    engine = _engine_fingerprint()
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


def _engine_fingerprint() -> str:
    """Fingerprint of the modules that read and stage files: a corrected engine stages everything again.

    Nobody has to remember a number, at the price of one long night after an update that only moved a comment.
    """
    modules = sorted(path for part in ("reading", "staging") for path in (_PACKAGE / part).glob("*.py"))
    return digest(read_text(ENGINE_MACROS), *(read_text(path) for path in modules))

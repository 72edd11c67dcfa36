"""A contract that does not fit its code lists, its references or the database is named with file, line and field."""

from __future__ import annotations

from pathlib import Path

import pytest

from eduplan.declarations.contract_faults import contract_faults
from eduplan.declarations.contracts import load_code_lists, load_contracts
from eduplan.errors import DeclarationError
from eduplan.project import Project

CONTRACT, CODES = "contracts/visit.yml", "contracts/codes/kind.yml"
SAME = "V39\n    severity: error\n    columns: [started_on, hours"
FILES = {
    "eduplan.yml": "city_code: '990100'\ncity_name: {en: Demo City, zh: 示范市}\n",
    CODES: """code_list: kind
title: {en: Kind, zh: 类别}
values:
  - {code: first, en: first, zh: 初访, labels: [初访]}
  - {code: again, en: again, zh: 复访}
""",
    "contracts/school.yml": """source: school
title: {en: Schools, zh: 学校}
owner: {en: Office, zh: 办公室}
privacy: public
files: [{folder: school}]
period: {kind: school_year, from: folder}
columns:
  - {name: school_code, type: text}
key: [school_code]
""",
    CONTRACT: """source: visit
title: {en: Visits, zh: 走访}
owner: {en: Office, zh: 办公室}
privacy: public
files: [{folder: visit, name: '(?P<office>[a-z]+)'}]
period: {kind: school_year, from: folder}
sender: {from: name, pattern: '^(?P<sender>\\d{6})'}
columns:
  - {name: school_code, type: text, aliases: [学校代码]}
  - {name: school_name, type: text, keep: false, aliases: [学校名称]}
  - {name: kind, type: code, codes: kind, default: first, aliases: [类别]}
  - {name: office, type: text, origin: name}
  - {name: started_on, type: date, aliases: [开始日期]}
  - {name: ended_on, type: date, aliases: [结束日期]}
  - {name: hours, type: decimal, minimum: 0, maximum: 24, aliases: [时长]}
derive:
  - {name: days, type: integer, expression: ended_on - started_on}
key: [school_code, kind]
references:
  - {rule: V04, column: school_code, to: school, severity: error, reason: {en: r, zh: 因}}
rules:
  - rule: V39
    severity: error
    columns: [started_on, ended_on]
    check: started_on <= ended_on
    reason: {en: r, zh: 因}
  - rule: V31
    severity: error
    columns: [hours, kind]
    check: hours <= 8 or kind = 'first'
    reason: {en: r, zh: 因}
""",
}


def faults(folder: Path, file: str = "", old: str = "", new: str = "") -> list[DeclarationError]:
    """What is wrong after replacing a text in one file, whether it is seen in that file alone or beside others."""
    for name, text in FILES.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        assert name != file or old in text
        path.write_text(text.replace(old, new, 1) if name == file else text, encoding="utf-8")
    project = Project.load(folder)
    try:
        contracts, codes = load_contracts(project.contracts), load_code_lists(project.contracts / "codes")
    except DeclarationError as fault:
        return [fault]
    return contract_faults(project, contracts, codes)


def test_a_contract_that_fits_has_no_faults(tmp_path: Path) -> None:
    assert faults(tmp_path) == []


@pytest.mark.parametrize(
    ("file", "old", "new", "line", "said"),
    [
        (CONTRACT, "aliases: [结束日期]", "aliases: [结束日期, 开 始日期]", 14, "columns.5.aliases: 开 始日期 already"),
        (CONTRACT, "default: first", "default: third", 11, "columns.2.default: third is no code of kind"),
        (CONTRACT, "minimum: 0", "minimum: 30", 15, "minimum 30 is above maximum 24"),
        (
            CONTRACT,
            "to: school,",
            "to: school, to_column: code,",
            20,
            "references.0.to_column: school has no column code",
        ),
        (
            CONTRACT,
            "column: school_code, to",
            "column: hours, to",
            20,
            "references.0.column: school has no column hours",
        ),
        (CONTRACT, "started_on <= ended_on", "started_on <= finished_on", 25, "rules.0.check: Binder Error"),
        (CONTRACT, "started_on <= ended_on", "started_on <= <= ended_on", 25, "rules.0.check: Parser Error"),
        (CONTRACT, "kind = 'first'", "kind = 'frist'", 30, "rules.1.check: frist is no code of kind"),
        (CONTRACT, "columns: [hours, kind]", "columns: [hours]", 29, "rules.1.columns: check reads kind"),
        (CONTRACT, "hours <= 8", "school_name <> ''", 29, "rules.1.columns: check reads school_name"),
        (CONTRACT, "ended_on - started_on", "ended_on - began_on", 17, "derive.0.expression: Binder Error"),
        (CONTRACT, "rule: V31", "rule: 31", 27, "rules.1.rule: a text is wanted: write it in quotes, as '31'"),
        (CONTRACT, "key: [school_code, kind]", "key: [school_name]", 18, "key names columns that go no further"),
        (CONTRACT, "default: first", "default: firts", 11, "columns.2.default: firts is no code of kind"),
        (CONTRACT, "type: date, aliases: [开始", "type: date, default: soon, aliases: [开始", 13, "soon is no date"),
        (CONTRACT, "type: date", "type: dates", 13, "'dates' is none of text, code, integer, decimal, date,"),
        (CONTRACT, "type: date", "type: dates", 13, "; did you mean date?"),
        (CONTRACT, "type: date", "typ: date", 13, "columns.4.typ: there is no such field; did you mean type?"),
        (CONTRACT, "aliases: [时长]", "aliases: 时长", 15, "columns.6.aliases: a list is wanted: write [one, two]"),
        (CONTRACT, "maximum: 24", "maximum: day", 15, "columns.6.maximum: 'day' is no float"),
        (CONTRACT, "{en: Visits, zh: 走访}", "Visits", 2, "title: both languages are wanted: write {en: ..., zh: ...}"),
        (CONTRACT, "{en: Visits, zh: 走访}", "{en: Visits}", 2, "title.zh: is missing"),
        (
            CONTRACT,
            "{kind: school_year, from: folder}",
            "school_year",
            6,
            "period: fields are wanted, such as kind, from",
        ),
        (CONTRACT, "(?P<sender>", "(", 7, "a sender from name needs a pattern with a group 'sender'"),
        (CONTRACT, "(?P<office>", "(", 1, "no pattern in files has a group office"),
        (CONTRACT, "privacy: public", "privacy: public\nprivacy: person", 5, "privacy stands there twice"),
        (CONTRACT, "columns: [hours, kind]", "columns: [started_on]\n    rule: V39", 30, "rule stands there twice"),
        (
            CONTRACT,
            "V31\n    severity: error\n    columns: [hours",
            SAME,
            29,
            "V39 of started_on is another rule's already",
        ),
        (
            CONTRACT,
            "key: [school_code, kind]",
            "keys: [school_code]",
            18,
            "keys: there is no such field; did you mean key?",
        ),
        (CODES, "code: again", "code: first", 1, "code 'first' stands there twice"),
        (CODES, "labels:", "lables:", 1, "lables reads like labels"),
    ],
)
def test_what_does_not_fit_is_named(tmp_path: Path, file: str, old: str, new: str, line: int, said: str) -> None:
    found = faults(tmp_path, file, old, new)
    assert said in found[0].what
    assert found[0].where == f"{tmp_path / file}:{line}"

"""Every form of the administrative records has headers that its contract knows, and damages columns that it has."""

from __future__ import annotations

import importlib
import pkgutil
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from eduplan.declarations.contracts import load_code_lists, load_contracts
from eduplan.demo import records
from eduplan.demo.records import (
    canteens,
    data_catalogue,
    digital_return,
    hazards,
    literacy_tests,
    vocational,
    vocational_body,
)
from eduplan.demo.records.writing import Form

ROOT = Path(__file__).parents[3]
CONTRACTS = load_contracts(ROOT / "contracts")
LISTS = load_code_lists(ROOT / "contracts" / "codes")


def forms() -> Iterator[Any]:
    for module in pkgutil.iter_modules(records.__path__):
        for value in vars(importlib.import_module(f"{records.__name__}.{module.name}")).values():
            if isinstance(value, Form):
                yield pytest.param(value, id=value.source)


FORMS = list(forms())


def simple(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split())


@pytest.mark.parametrize("form", FORMS)
def test_headers_mean_their_columns(form: Form) -> None:
    known = {
        simple(alias): column.name
        for column in CONTRACTS[form.source].columns
        for alias in [column.name, *column.aliases]
    }
    assert {name: known.get(simple(header)) for name, header in form.headers.items()} == {
        name: name for name in form.headers
    }


@pytest.mark.parametrize("form", FORMS)
def test_required_columns_are_there_and_damage_finds_its_column(form: Form) -> None:
    required = {column.name for column in CONTRACTS[form.source].columns if column.required}
    assert required <= set(form.headers)
    assert {defect.column for defect in (*form.keep_out, *form.repaired)} <= set(form.headers)


@pytest.mark.parametrize(
    ("code_list", "codes", "texts"),
    [
        ("hazard_grade", hazards.GRADES, hazards.GRADE_LABELS),
        ("hazard_category", hazards.CATEGORIES, hazards.CATEGORY_LABELS),
        ("food_safety_grade", canteens.GRADES, canteens.GRADE_LABELS),
        ("kitchen_mode", canteens.MODES, canteens.MODE_LABELS),
        ("smart_campus_standard", digital_return.STANDARDS, digital_return.STANDARD_LABELS),
        ("smart_campus_grade", digital_return.GRADES, digital_return.GRADE_LABELS),
        ("data_domain", data_catalogue.DOMAINS, data_catalogue.DOMAIN_LABELS),
        ("grade", tuple(literacy_tests.TESTED), tuple(literacy_tests.TESTED.values())),
        ("programme_status", ("continuing", "opened", "upgraded", "closed"), vocational.STATUSES),
        ("industry_chain", tuple(each.code for each in LISTS["industry_chain"].values), vocational.CHAINS),
        ("vocational_body", tuple(each.code for each in LISTS["vocational_body"].values), vocational_body.LABELS),
    ],
)
def test_labels_mean_their_codes(code_list: str, codes: tuple[str, ...], texts: tuple[str, ...]) -> None:
    meaning = {
        label: value.code for value in LISTS[code_list].values for label in (value.code, value.zh, *value.labels)
    }
    assert [meaning[text] for text in texts] == list(codes)

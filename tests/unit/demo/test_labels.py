"""Every label and header of the demo files is one that the contracts know, and means what the simulation means."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest

from eduplan.declarations.contracts import load_code_lists, load_contracts
from eduplan.demo import labels, qualifications, register_files, roll_files, screening_files, staff_files
from eduplan.demo.bodies import MENTAL_LEVELS
from eduplan.demo.eyes import LENSES
from eduplan.demo.grades import GRADES, STAGES
from eduplan.demo.people import DISABILITIES
from eduplan.demo.records import district_return
from eduplan.demo.records.programme_persons import PUPIL_LABELS, PUPIL_PROGRAMME, STAFF_PROGRAMMES
from eduplan.demo.records.programmes import LEVELS, UNIT_PROGRAMMES
from eduplan.demo.roll import Change, EntryMode, Placement, Status
from eduplan.demo.staff import CATEGORIES, STAFF_STATUSES

ROOT = Path(__file__).parents[3]
CONTRACTS = load_contracts(ROOT / "contracts")
LISTS = load_code_lists(ROOT / "contracts" / "codes")


def names_of(codes: type) -> tuple[str, ...]:
    return tuple(code.name.lower() for code in codes)


CASES = [
    ("grade", GRADES, labels.GRADE_STYLES["label"]),
    ("grade", GRADES, labels.GRADE_STYLES["short"]),
    ("grade", GRADES, labels.GRADE_STYLES["code"]),
    ("stage", STAGES, labels.STAGE),
    ("roll_status", names_of(Status), labels.STATUS),
    ("roll_status", names_of(Status), labels.STATUS_SHORT),
    ("roll_change", names_of(Change), labels.CHANGE),
    ("entry_mode", names_of(EntryMode)[1:], labels.ENTRY_MODE[1:]),
    ("placement", names_of(Placement), labels.PLACEMENT),
    ("disability_type", DISABILITIES, labels.DISABILITY),
    ("school_type", tuple(str(code) for code in labels.SCHOOL_TYPE), tuple(labels.SCHOOL_TYPE.values())),
    ("founder", tuple(labels.FOUNDER), tuple(labels.FOUNDER.values())),
    ("doctor_mode", tuple(labels.DOCTOR_MODE), tuple(labels.DOCTOR_MODE.values())),
    ("model_level", tuple(labels.MODEL_LEVEL), tuple(labels.MODEL_LEVEL.values())),
    ("school_system", tuple(labels.SYSTEM), tuple(labels.SYSTEM.values())),
    ("division_level", tuple(labels.LEVEL), tuple(labels.LEVEL.values())),
    ("certificate_type", ("resident_card", "passport"), ("居民身份证", "护照")),
    ("lens_type", LENSES, screening_files.LENS),
    ("mental_level", MENTAL_LEVELS, screening_files.MENTAL),
    ("staff_category", CATEGORIES, staff_files.CATEGORY),
    ("staff_status", STAFF_STATUSES, staff_files.STATUS),
    ("subject", qualifications.SUBJECTS[1:], staff_files.SUBJECT[1:]),
    ("education_level", qualifications.EDUCATION[1:], staff_files.EDUCATION[1:]),
    ("professional_title", qualifications.TITLES, staff_files.TITLE),
    ("backbone_level", qualifications.BACKBONE, staff_files.BACKBONE),
    ("teacher_certificate", qualifications.CERTIFICATES, staff_files.CERTIFICATE),
    ("mental_health_role", qualifications.MENTAL_ROLES, staff_files.MENTAL_ROLE),
    ("programme", [each.code for each in UNIT_PROGRAMMES], [each.label for each in UNIT_PROGRAMMES]),
    ("programme", [each.code for each in STAFF_PROGRAMMES], [each.label for each in STAFF_PROGRAMMES]),
    ("programme", [PUPIL_PROGRAMME] * 2, PUPIL_LABELS),
    ("recognition_level", ("county", "city", "province", "national"), LEVELS),
    ("subject", district_return.SUBJECTS, district_return.SUBJECT_LABELS),
    *(("sex", ("female", "male"), style) for style in labels.SEX_STYLES.values()),
]


@pytest.mark.parametrize(("code_list", "codes", "texts"), CASES)
def test_labels(code_list: str, codes: tuple[str, ...], texts: tuple[str, ...]) -> None:
    meaning = {
        label: value.code for value in LISTS[code_list].values for label in [value.code, value.zh, *value.labels]
    }
    assert [meaning[text] for text in texts] == list(codes)


def simple(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split())


def known_headers(source: str) -> dict[str, str]:
    return {
        simple(alias): column.name for column in CONTRACTS[source].columns for alias in [column.name, *column.aliases]
    }


@pytest.mark.parametrize(
    ("source", "headers", "styles"),
    [
        ("pupil_roll", roll_files.HEADERS, roll_files.STYLES),
        ("staff_roll", staff_files.HEADERS, staff_files.STYLES),
        ("health_screening", screening_files.HEADERS, screening_files.STYLES),
    ],
)
def test_headers_of_district_files(source: str, headers: dict[str, str], styles: tuple[object, ...]) -> None:
    known = known_headers(source)
    for style in styles:
        grouped = getattr(style, "groups", False)
        for column, header in {**headers, **style.headers}.items():
            group = screening_files.GROUP_OF.get(column) if grouped else None
            texts = {simple(header), simple(f"{group}-{header}")}
            assert column in {known.get(text) for text in texts}, header


def test_headers_of_the_register() -> None:
    known = known_headers("school_register")
    headers = {name: header for group in register_files.GROUPS.values() for name, header in group.items()}
    assert {name: known[simple(header)] for name, header in headers.items()} == {name: name for name in headers}
    assert set(headers) == {column.name for column in CONTRACTS["school_register"].columns}

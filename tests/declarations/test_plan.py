"""The plan of this repository: what its text promises is registered, whole and in both languages."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import duckdb
import pytest

from eduplan.declarations.commitments import CommitmentType, Tier
from eduplan.declarations.indicators import TargetKind, load_indicators
from eduplan.declarations.registry import Registry, load_registry, registry_faults
from eduplan.declarations.text import Bilingual
from eduplan.indicators.tables import create_plan_tables

PLAN = Path(__file__).resolve().parents[2] / "plan"
CHINESE = re.compile(r"[\u4e00-\u9fff]")


@pytest.fixture(scope="module")
def registry() -> Registry:
    return load_registry(PLAN, load_indicators(PLAN))


def test_all_commitments_of_the_plan_are_there(registry: Registry) -> None:
    by_chapter = Counter(commitment.chapter_number for commitment in registry.commitments.values())
    assert by_chapter == {1: 26, 2: 16, 3: 51, 4: 87, 5: 35, 6: 38, 7: 47, 8: 11}
    tiers = Counter(commitment.tier for commitment in registry.commitments.values())
    assert tiers == {Tier.MEASURABLE: 130, Tier.PROGRAMME: 138, Tier.EVIDENCE: 43}
    types = Counter(commitment.type for commitment in registry.commitments.values())
    assert types[CommitmentType.QUANTIFIED_TARGET] == 15
    assert types[CommitmentType.COVERAGE_TARGET] == 44


def test_numbers_run_without_a_gap(registry: Registry) -> None:
    numbers: dict[str, list[int]] = {}
    for commitment in registry.commitments.values():
        numbers.setdefault(commitment.section, []).append(int(commitment.id.rsplit("-", 1)[1]))
    assert all(found == list(range(1, len(found) + 1)) for found in numbers.values())


def test_every_code_of_the_families_is_counted_once(registry: Registry) -> None:
    assert sum(family.indicators for family in registry.families.values()) == 206
    assert [fault.line for fault in registry_faults(PLAN, registry)] == []


def test_texts_are_in_both_languages(registry: Registry) -> None:
    texts: list[Bilingual | None] = []
    for commitment in registry.commitments.values():
        texts += [commitment.label, commitment.target, commitment.task, commitment.note]
    for indicator in registry.registered.values():
        texts += [indicator.name, indicator.numerator, indicator.denominator, indicator.target, indicator.note]
    for defined in (*registry.registered.values(), *registry.indicators.values()):
        assert isinstance(defined.source.text, Bilingual), f"{defined.code}: its source is in one language"
        assert "Plan " not in defined.source.text.zh, defined.code
    wrong = [text for text in texts if text and (CHINESE.search(text.en) or not CHINESE.search(text.zh))]
    assert wrong == []


def test_labels_are_unique_and_short(registry: Registry) -> None:
    for language in ("en", "zh"):
        labels = [getattr(commitment.label, language) for commitment in registry.commitments.values()]
        assert [label for label, times in Counter(labels).items() if times > 1] == []
        assert max(len(label) for label in labels) <= 120


def test_a_deadline_of_a_quantified_target_is_that_of_an_indicator(registry: Registry) -> None:
    """The figure that is judged stands with the indicator; it must not drift from what the plan says."""
    for name, commitment in registry.commitments.items():
        answers = [registry.indicators[code] for code in registry.answers[name] if code in registry.indicators]
        if commitment.type is not CommitmentType.QUANTIFIED_TARGET or not answers:
            continue
        targets = [target for indicator in answers for target in indicator.targets if target.evidence == "plan"]
        assert targets, f"{name}: no indicator has a target of the plan"
        if commitment.is_yearly:
            yearly = (TargetKind.HOLD, TargetKind.STEP, TargetKind.FULL_COVERAGE)
            assert any(target.kind in yearly for target in targets), name
        else:
            assert commitment.deadline in {target.deadline for target in targets}, name


def test_areas_with_a_target_of_their_own_are_found_to_be_areas_of_the_city() -> None:
    """The check before a release names a code that no list of divisions has."""
    check = (PLAN.parent / "expectations" / "cross" / "targets_of_known_areas.sql").read_text(encoding="utf-8")
    with duckdb.connect() as connection:
        create_plan_tables(connection)
        connection.execute(
            "insert into plan.target_areas values ('HLT-02', 2, '990101', 1), ('HLT-02', 2, '990199', 1)"
        )
        connection.execute(
            "insert into plan.areas (ref_area_level, ref_area, name_zh) values ('district', '990101', '甲区')"
        )
        assert connection.execute(check).fetchall() == [("HLT-02", 2, "990199", 1)]

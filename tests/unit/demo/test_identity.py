"""Identity numbers have valid check characters and belong to nobody."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from eduplan.demo.calendar import day_of
from eduplan.demo.city import DISTRICTS
from eduplan.demo.identity import (
    PREFIXES,
    NumberRegister,
    check_characters,
    identity_numbers,
    names,
    seventeen_digits,
)


def plain_check(digits: str) -> str:
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return "10X98765432"[sum(int(digit) * weight for digit, weight in zip(digits, weights, strict=True)) % 11]


def test_published_examples() -> None:
    first = np.array([11010519491231002, 44052418800101001, 37020020150101001, 37029920141231122])
    assert check_characters(first).to_list() == ["X", "4", "9", "5"]


@given(st.lists(st.integers(10**16, 10**17 - 1), min_size=1, max_size=50))
def test_check_agrees_with_the_plain_sum(numbers: list[int]) -> None:
    found = check_characters(np.array(numbers)).to_list()
    assert found == [plain_check(str(number)) for number in numbers]


def test_numbers_are_unique_and_say_birth_and_sex() -> None:
    register = NumberRegister()
    size = 4000
    rng = np.random.default_rng(1)
    prefix = rng.integers(0, len(PREFIXES), size)
    birth = rng.integers(day_of(2012, 9, 1), day_of(2012, 9, 20), size)
    is_male = rng.random(size) < 0.5
    texts = []
    for half in (slice(0, size // 2), slice(size // 2, size)):
        sequence = register.issue(prefix[half], birth[half], is_male[half])
        texts += identity_numbers(seventeen_digits(prefix[half], birth[half], sequence)).to_list()
    assert len(set(texts)) == size
    assert all(len(text) == 18 and text[6:12] == "201209" for text in texts)
    assert [int(text[16]) % 2 == 1 for text in texts] == is_male.tolist()
    assert all(plain_check(text[:17]) == text[17] for text in texts)


def test_division_parts_do_not_exist() -> None:
    assert all(str(prefix).startswith("99") for prefix in PREFIXES)
    assert len(set(PREFIXES)) == len(PREFIXES)
    assert [str(prefix) for prefix in PREFIXES[: len(DISTRICTS)]] == [district.code for district in DISTRICTS]


def test_the_same_person_keeps_the_name() -> None:
    keys = np.arange(100)
    assert names(keys, 3).to_list() == names(keys, 3).to_list()
    assert names(keys, 3).to_list() != names(keys, 4).to_list()

"""Invented identity numbers with valid check digits, roll numbers and names.

Belongs here: how a number or name is written. Does not belong here: who gets which.
The division parts start with 99, which no real division does, so no number belongs to a real person.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from eduplan.demo.arrays import AnyArray, Ints, hashed, rank_in_group
from eduplan.demo.calendar import ymd
from eduplan.demo.city import DISTRICTS

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK = pl.Series(list("10X98765432"))

PREFIXES: tuple[int, ...] = (
    *(int(district.code) for district in DISTRICTS),
    *(990200 + 100 * city + county for city in range(6) for county in (1, 2, 3)),
)
"""Division parts: the districts first, then the invented places that people move in from."""

FIRST_OUTSIDE = len(DISTRICTS)
_DAYS = 36_900


class NumberRegister:
    """Gives each person of a place, birth day and sex the next free sequence number."""

    def __init__(self) -> None:
        self._used = np.zeros(len(PREFIXES) * _DAYS * 2, dtype=np.int16)

    def issue(self, prefix: AnyArray, birth: AnyArray, is_male: AnyArray) -> Ints:
        """Sequence numbers from 001 to 999: odd for men, even for women."""
        key = (prefix.astype(np.int64) * _DAYS + birth) * 2 + is_male
        place = self._used[key] + rank_in_group(key)
        np.add.at(self._used, key, 1)
        return np.asarray(np.where(is_male, 2 * place + 1, 2 * place + 2))


def check_index(first_seventeen: AnyArray) -> Ints:
    """The index of the check character (GB 11643) of numbers of 17 digits."""
    rest = first_seventeen.astype(np.int64)
    total = np.zeros(len(rest), dtype=np.int64)
    for weight in reversed(_WEIGHTS):
        rest, digit = np.divmod(rest, 10)
        total += weight * digit
    return np.asarray(total % 11)


def check_characters(first_seventeen: AnyArray) -> pl.Series:
    """The check characters of numbers of 17 digits."""
    return _CHECK.gather(check_index(first_seventeen))


def seventeen_digits(prefix: AnyArray, birth: AnyArray, sequence: AnyArray) -> Ints:
    """The number without its check character."""
    places = np.array(PREFIXES, dtype=np.int64)[prefix]
    return np.asarray(places * 10**11 + ymd(birth) * 1000 + sequence)


def identity_numbers(first_seventeen: AnyArray) -> pl.Series:
    """The numbers as texts of 18 characters."""
    return pl.Series(first_seventeen).cast(pl.String) + check_characters(first_seventeen)


_SURNAMES = pl.Series(
    list(
        "云川岚峤汀沐泠洛淇渝湛溪澄濂烟珂琅瑜璟甫疏砚禾笙筠素缦羽翊聆舒芷苑若荀茗荻莘萱葭蓁蔚藜虞衡裴觅诺谧贝路辰远遥邈郁鄢酉野钧铎锦镜闲隽雍霁霓霖"
    )
)
_SYLLABLES = list("安柏宸初岱朵尔帆歌禾嘉可朗乐墨宁欧沛晴然蕊思棠桐薇汐晓言一悠予昭之舟紫子")
_GIVEN = pl.Series(_SYLLABLES + [first + second for first in _SYLLABLES for second in _SYLLABLES if first != second])


def names(keys: AnyArray, seed: int) -> pl.Series:
    """An invented name for each key."""
    value = hashed(keys, "name", seed)
    surname = (value % np.uint64(len(_SURNAMES))).astype(np.int64)
    given = ((value >> np.uint64(20)) % np.uint64(len(_GIVEN))).astype(np.int64)
    return _SURNAMES.gather(surname) + _GIVEN.gather(given)

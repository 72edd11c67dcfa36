"""What headers and title rows say of the units of figures, such as ``教育支出（万元）`` or ``单位：万元``.

Belongs here: the words for units, where they stand, and how many of a contract's unit each is, also behind a single
figure. Does not belong here: which columns a contract has (:mod:`eduplan.reading.header`), and how a figure is read.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

_MEASURES: dict[str, dict[str, int]] = {
    "yuan": {"元": 1, "人民币元": 1, "千元": 1_000, "万元": 10_000, "人民币万元": 10_000, "亿元": 100_000_000},
    "m2": {"m2": 1, "平方米": 1, "平米": 1, "公顷": 10_000, "万平方米": 10_000},
    "persons": {"人": 1, "名": 1, "位": 1, "个": 1, "人次": 1, "例": 1, "千人": 1_000, "万人": 10_000},
    "kg": {"kg": 1, "千克": 1, "公斤": 1},
    "cm": {"cm": 1, "厘米": 1},
    "D": {"d": 1},
    "Mbps": {"mbps": 1, "兆": 1},
    "%": {"%": 1},
}
_TIMES: dict[str, dict[str, int]] = {
    "lessons": {"课时": 1, "节": 1, "学时": 1},
    "periods": {"课时": 1, "节": 1, "学时": 1},
    "hours": {"小时": 1, "学时": 1, "课时": 1},
    "days": {"天": 1, "日": 1},
    "weeks": {"周": 1},
    "months": {"月": 1, "个月": 1},
    "years": {"年": 1, "岁": 1},
}
_MEASURED = _MEASURES | _TIMES
"""What words mean in columns of a unit, by the unit as contracts call it: how many of it each is."""
_WORDS_FOR_TIMES = frozenset(word for words in _TIMES.values() for word in words)
_THINGS = "人 人次 名 位 个 所 间 栋 幢 座 处 台 套 件 册 本 张 块 辆 部 项 份 起 例 次 场 班 门 条 户 家 组"
_COUNTED = _WORDS_FOR_TIMES.union(_THINGS.split())
"""Things and times that are counted one by one."""
_WORDS = _COUNTED.union(*_MEASURED.values())

UNSAID, OTHER = "", "*"
"""What stands for the unit of a column that says none, and for any that is not measured."""

_LABEL = re.compile(r"(?P<label>.+?)\s*[(\[【](?:单位:)?(?P<unit>[^()\[\]【】]+)[)\]】]")
_TITLE = re.compile(r"(?<![一-鿿])(?:金额|计量|货币)?单位:([^\s()]+)")


def split_label(label: str) -> tuple[str, str] | None:
    """A label without the unit in brackets at its end, and the unit; None if it names none that is known here."""
    match = _LABEL.fullmatch(unicodedata.normalize("NFKC", label).strip())
    word = match["unit"].replace(" ", "").casefold() if match else ""
    return (match["label"], word) if match and word in _WORDS else None


def units_of_titles(titles: Iterable[str | None]) -> list[str]:
    """The units that title rows name for the whole table."""
    texts = (unicodedata.normalize("NFKC", title or "") for title in titles)
    said = (match[1] for text in texts for match in _TITLE.finditer(text.replace(": ", ":")))
    words = (word.casefold() for text in said for word in re.split(r"[,、/;]", text))
    return list(dict.fromkeys(word for word in words if word in _WORDS))


def factor_of(word: str, unit: str | None) -> int | None:
    """How many of a contract's unit a word means; None if it means something else.

    Args:
        word: The word, as the functions above give it.
        unit: Unit of the contract's column, if it says one.
    """
    if unit in _MEASURED:
        return _MEASURED[unit].get(word)
    if unit is None:
        return 1 if any(words.get(word) == 1 for words in (dict.fromkeys(_COUNTED, 1), *_MEASURED.values())) else None
    return 1 if word in _COUNTED else None


def sizes() -> dict[tuple[str, str], int]:
    """How many of its unit a word behind a figure means, by the unit of the column and the word.

    A label says what a whole column is, and may be taken at its word. A single figure with a word that does not belong
    to its column, such as days among rooms, is a figure of something else.
    """
    counted = {(UNSAID, word): 1 for word in _COUNTED}
    counted |= {(OTHER, word): 1 for word in _COUNTED - _WORDS_FOR_TIMES}
    return counted | {(unit, word): size for unit, words in _MEASURED.items() for word, size in words.items()}


def kind_of_unit(unit: str | None) -> str:
    """The unit under which :func:`sizes` knows the words of a column."""
    return UNSAID if unit is None else unit if unit in _MEASURED else OTHER


def has_larger_words(unit: str | None) -> bool:
    """Whether a word can mean several of a unit at once, as 万元 does."""
    return any(size != 1 for size in _MEASURED.get(unit or "", {}).values())


def is_money(word: str) -> bool:
    """Whether a word is a unit of money."""
    return word in _MEASURES["yuan"]

"""What headers and title rows say of the units of figures, such as ``教育支出（万元）`` or ``单位：万元``.

Belongs here: the words for units, where they stand, and how many of a contract's unit each is. Does not belong here:
which columns a contract has (:mod:`eduplan.reading.header`), and how a figure is read.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import NamedTuple


class Unit(NamedTuple):
    """A unit of a contract, or several at once.

    Attributes:
        name: Unit as contracts call it; empty for things that are counted one by one.
        factor: How many of it the word means.
    """

    name: str
    factor: int


_MEASURES = {
    "yuan": {"元": 1, "人民币元": 1, "千元": 1_000, "万元": 10_000, "人民币万元": 10_000, "亿元": 100_000_000},
    "m2": {"m2": 1, "平方米": 1, "平米": 1, "公顷": 10_000, "万平方米": 10_000},
    "persons": {"千人": 1_000, "万人": 10_000},
    "kg": {"kg": 1, "千克": 1, "公斤": 1},
    "cm": {"cm": 1, "厘米": 1},
    "D": {"d": 1},
    "Mbps": {"mbps": 1, "兆": 1},
}
_COUNTED = (
    "人 人次 名 个 所 间 栋 幢 座 处 台 套 件 册 张 辆 部 项 "
    "份 起 例 次 场 节 课时 学时 小时 天 日 周 月 个月 年 岁 班 门 条"
)
"""Things and times that are counted one by one."""
_UNITS = {word: Unit(name, factor) for name, words in _MEASURES.items() for word, factor in words.items()}
_UNITS |= {word: Unit("", 1) for word in _COUNTED.split()}

_LABEL = re.compile(r"(?P<label>.+?)\s*[(\[【](?:单位:)?(?P<unit>[^()\[\]【】]+)[)\]】]")
_TITLE = re.compile(r"(?<![一-鿿])(?:金额|计量|货币)?单位:([^\s()]+)")


def split_label(label: str) -> tuple[str, str] | None:
    """A label without the unit in brackets at its end, and the unit; None if it names none that is known here."""
    match = _LABEL.fullmatch(unicodedata.normalize("NFKC", label).strip())
    word = match["unit"].replace(" ", "").casefold() if match else ""
    return (match["label"], word) if match and word in _UNITS else None


def units_of_titles(titles: Iterable[str | None]) -> list[str]:
    """The units that title rows name for the whole table."""
    texts = (unicodedata.normalize("NFKC", title or "") for title in titles)
    said = (match[1] for text in texts for match in _TITLE.finditer(text.replace(": ", ":")))
    words = (word.casefold() for text in said for word in re.split(r"[,、/;]", text))
    return list(dict.fromkeys(word for word in words if word in _UNITS))


def factor_of(word: str, unit: str | None) -> int | None:
    """How many of a contract's unit a word means; None if it means something else.

    Args:
        word: The word, as the functions above give it.
        unit: Unit of the contract's column, if it says one.
    """
    name, factor = _UNITS[word]
    if unit is None:
        return 1 if factor == 1 else None
    if not name:
        return None if unit in _MEASURES and unit != "persons" else 1
    return factor if name == unit else None


def is_money(word: str) -> bool:
    """Whether a word is a unit of money."""
    return _UNITS[word].name == "yuan"

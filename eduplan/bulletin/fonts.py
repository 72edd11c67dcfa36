"""The fonts that a bulletin is set in.

Belongs here: families, and which of them this machine has. Does not belong here: sizes and weights
(``site/bulletin/style.typ``).
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typst import Fonts

CHINESE = (
    "Noto Sans CJK SC",
    "Noto Sans SC",
    "Source Han Sans SC",
    "Source Han Sans CN",
    "Microsoft YaHei",
    "PingFang SC",
    "Hiragino Sans GB",
    "WenQuanYi Micro Hei",
    "WenQuanYi Zen Hei",
    "SimHei",
    "Droid Sans Fallback",
    "Noto Serif CJK SC",
    "Source Han Serif SC",
    "SimSun",
)
"""Families with Chinese characters that a bulletin is set in; the first that is there is taken."""
LETTERS = ("Noto Sans", "Segoe UI", "Helvetica Neue", "Liberation Sans", "DejaVu Sans")
"""Families for letters and figures where the Chinese one has none."""
MARKS = ("DejaVu Sans", "DejaVu Sans Mono")
"""Families with the marks of statuses; the second one comes with Typst."""


@cache
def installed_fonts() -> Fonts:
    """The fonts of this machine, looked for once, and those that come with Typst."""
    import typst

    return typst.Fonts()


def families(installed: Iterable[str]) -> list[str]:
    """The families to set a bulletin in, the first one first; none where no font has Chinese characters."""
    there = set(installed)
    chinese = [name for name in CHINESE if name in there][:1]
    # Droid Sans Fallback has Chinese characters alone.
    before = [name for name in LETTERS if name in there][:1] if chinese == ["Droid Sans Fallback"] else []
    return [*before, *chinese, *(name for name in MARKS if name in there)] if chinese else []

"""A text in both languages.

Belongs here: holding the two together. Does not belong here: texts of declarations, which are checked as they are read.
"""

from __future__ import annotations

from typing import NamedTuple


class Text(NamedTuple):
    """A text in both languages."""

    en: str
    zh: str

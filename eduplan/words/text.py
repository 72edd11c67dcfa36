"""A text in both languages.

Belongs here: holding the two together. Does not belong here: texts of declarations, which are checked as they are read.
"""

from __future__ import annotations

from typing import NamedTuple

from eduplan.words.language import Language


class Text(NamedTuple):
    """A text in both languages."""

    en: str
    zh: str

    def of(self, lang: Language) -> str:
        """The text in a language."""
        return self.zh if lang == "zh" else self.en

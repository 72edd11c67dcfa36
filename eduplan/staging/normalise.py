"""What is done to any text before it is read: outer spaces, apostrophes, width, invisible marks, placeholders.

Belongs here: these five steps, as SQL and as the same in Python for labels. Does not belong here: what a type makes of
the text.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

_SPACES = r"\s\x{A0}\x{3000}\x{2000}-\x{200A}\x{202F}"
_INVISIBLE = r"\x{0}-\x{8}\x{B}\x{E}-\x{1F}\x{7F}\x{AD}\x{200B}-\x{200F}\x{202A}-\x{202E}\x{2060}\x{FEFF}"
_APOSTROPHES = r"'`´\x{2018}\x{2019}\x{FF07}"

# Blocks whose characters have another shape of the same meaning: figures in circles, Roman numerals, radicals and
# compatibility ideographs that PDF files and old fonts leave. Full width is a matter of arithmetic, see below.
_COMPATIBILITY_BLOCKS = (
    (0x00B2, 0x00BE),
    (0x2024, 0x2026),
    (0x2070, 0x208E),
    (0x2100, 0x217F),
    (0x2460, 0x2473),
    (0x2E80, 0x2FD5),
    (0x3220, 0x3243),
    (0x33A0, 0x33A9),
    (0xF900, 0xFAD9),
    (0xFE30, 0xFE6B),
    (0xFFE0, 0xFFE6),
)


def _compatible_forms() -> dict[str, str]:
    """Characters that have a compatibility form."""
    forms: dict[str, str] = {}
    for first, last in _COMPATIBILITY_BLOCKS:
        for number in range(first, last + 1):
            form = unicodedata.normalize("NFKC", chr(number))
            if form != chr(number) and not form.startswith("("):  # nobody types figures in brackets as one character
                forms[chr(number)] = form
    return forms


COMPATIBLE_FORMS = _compatible_forms()
"""Characters of another form, by character."""

FORMS_VARIABLE = "eduplan_compatible_forms"
"""Variable of a connection that :func:`of_one_width` looks rare characters up in."""


def _ranges(characters: Iterable[str]) -> str:
    """Characters as ranges of a regular expression."""
    ranges: list[list[int]] = []
    for number in sorted(map(ord, characters)):
        if ranges and number == ranges[-1][1] + 1:
            ranges[-1][1] = number
        else:
            ranges.append([number, number])
    return "".join(rf"\x{{{first:X}}}-\x{{{last:X}}}" for first, last in ranges)


def sql_text(text: str) -> str:
    """A text as a SQL literal."""
    return "'" + text.replace("'", "''") + "'"


_FULL_WIDTH = r"\x{FF01}-\x{FF5E}\x{3000}\x{A0}"
_OTHER_FORMS = _ranges(COMPATIBLE_FORMS)
_PLAIN = r"\x{21}-\x{7E}\x{4E00}-\x{9FFF}"
TIDY = rf"^[\x{{21}}-\x{{26}}\x{{28}}-\x{{5F}}\x{{61}}-\x{{7E}}\x{{4E00}}-\x{{9FFF}}]([ {_PLAIN}]*[{_PLAIN}])?$"
"""Regular expression (RE2) of texts that none of the steps below would change: plain characters and Chinese, no space
or apostrophe at the start, no space at the end. It is short, because it is compiled anew for each file; a text that it
misses is looked at more closely and comes out as it was."""


_GROUPS = r", \x{2000}-\x{200A}\x{202F}"
_GROUPED = rf"[+-]?\d{{1,3}}([{_GROUPS}]\d{{3}})+(\.\d+)?"
# A letter that may be the E of 3.7E+17 begins no unit.
_FIGURE_AND_WORD = rf"^([+-]?\d(?:[\d{_GROUPS}]*\d)?(?:\.\d+)?)\s*([\p{{Han}}%‰A-DF-Za-df-z]\S*)$"


def trimmed(text: str) -> str:
    """SQL: without spaces and invisible marks at either end."""
    edge = f"[{_SPACES}{_INVISIBLE}]+"
    return f"regexp_replace({text}, {sql_text(f'^{edge}|{edge}$')}, '', 'g')"


def without_apostrophe(text: str) -> str:
    """SQL: without the apostrophes that keep a spreadsheet from reading a number."""
    return f"regexp_replace({text}, {sql_text(f'^[{_APOSTROPHES}]+[{_SPACES}]*')}, '')"


def of_one_width(text: str) -> str:
    """SQL: in compatibility form (NFKC), so that letters and digits of full width become plain.

    Full width is arithmetic on the character and cheap; other forms are looked up only where one occurs.
    """
    narrow = (
        "when unicode(character) between 65281 and 65374 then chr(unicode(character) - 65248) "
        "when unicode(character) in (160, 12288) then ' '"
    )
    looked_up = f"when unicode(character) > 177 then coalesce(getvariable('{FORMS_VARIABLE}')[character], character)"
    return (
        f"case when regexp_matches({text}, '[{_OTHER_FORMS}]') then {_by_character(text, f'{narrow} {looked_up}')} "
        f"when regexp_matches({text}, '[{_FULL_WIDTH}]') then {_by_character(text, narrow)} else {text} end"
    )


def _by_character(text: str, cases: str) -> str:
    changed = f"list_transform(string_split({text}, ''), lambda character: case {cases} else character end)"
    return f"array_to_string({changed}, '')"


def without_invisible(text: str) -> str:
    """SQL: without zero-width and control characters."""
    return f"regexp_replace({text}, '[{_INVISIBLE}]', '', 'g')"


def figures_of(texts: str) -> str:
    """SQL: each text of a list as a struct of its figure, the same with what groups its thousands, and the word behind.

    ``1 200间`` is 1200 and 间, ``85%`` is 85 and %; a text that is no figure with a word stays whole.
    """
    parts = f"{{'whole': cell, 'split': regexp_extract(cell, {sql_text(_FIGURE_AND_WORD)}, ['figure', 'word'])}}"
    grouped = "case when cell.split.word <> '' then cell.split.figure else cell.whole end"
    figure = (
        f"case when regexp_full_match(cell.grouped, {sql_text(_GROUPED)}) "
        f"then regexp_replace(cell.grouped, {sql_text(f'[{_GROUPS}]')}, '', 'g') else cell.grouped end"
    )
    steps = (
        parts,
        f"{{'word': lower(cell.split.word), 'grouped': {grouped}}}",
        f"{{'word': cell.word, 'grouped': cell.grouped, 'figure': {figure}}}",
    )
    for step in steps:
        texts = f"list_transform({texts}, lambda cell: {step})"
    return texts


def tidy(text: str) -> str:
    """A label as it is compared: in compatibility form and without outer spaces."""
    return unicodedata.normalize("NFKC", text).strip()


def compact(text: str) -> str:
    """A label without any space and without case, for a second look."""
    return "".join(tidy(text).split()).casefold()

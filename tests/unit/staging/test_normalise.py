"""Tidying texts in SQL gives what Python's unicodedata gives."""

from __future__ import annotations

import unicodedata

import duckdb
import pytest

from eduplan.staging.normalise import TIDY, compact, of_one_width, sql_text, tidy, trimmed, without_apostrophe
from eduplan.staging.vocabulary import set_vocabulary

WORDS = ["第１小学", "⼀年级", "①班", "Ⅱ", "㎡", "…", "﹣5", "x²", "豈", "第一小学", "plain", "a'b", ""]
TEXTS = ["１２３ＡＢｃ（）：，", *WORDS]


@pytest.fixture
def words(memory: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    set_vocabulary(memory, {})
    return memory


def result(connection: duckdb.DuckDBPyConnection, expression: str, text: str) -> object:
    row = connection.execute(f"select {expression}", [text]).fetchone()
    assert row is not None
    return row[0]


@pytest.mark.parametrize("text", TEXTS)
def test_width_is_compatibility_form(words: duckdb.DuckDBPyConnection, text: str) -> None:
    assert result(words, of_one_width("$1::varchar"), text) == unicodedata.normalize("NFKC", text)


def test_every_character_of_full_width(words: duckdb.DuckDBPyConnection) -> None:
    wide = "".join(chr(number) for number in range(0xFF01, 0xFF5F)) + "\u3000"
    assert result(words, of_one_width("$1::varchar"), wide) == unicodedata.normalize("NFKC", wide)


@pytest.mark.parametrize("text", [" a", "a\u3000", "\ufeffa", "\ta\n", "\u200ba", " \xa0a\r"])
def test_outer_spaces_and_marks_go(words: duckdb.DuckDBPyConnection, text: str) -> None:
    assert result(words, trimmed("$1::varchar"), text) == "a"
    assert result(words, f"regexp_matches($1, {sql_text(TIDY)})", text) is False


@pytest.mark.parametrize("text", ["'12", "`12", "’12", "＇12", "''12"])
def test_leading_apostrophes_go(words: duckdb.DuckDBPyConnection, text: str) -> None:
    assert result(words, without_apostrophe("$1::varchar"), text) == "12"


def test_tidy_texts_are_not_looked_at_again(words: duckdb.DuckDBPyConnection) -> None:
    assert result(words, f"regexp_matches($1, {sql_text(TIDY)})", "第一小学 (南校区)") is True


def test_labels_are_compared_without_spaces_and_case() -> None:
    assert tidy(" （民办） ") == "(民办)"
    assert compact("Grade １ ") == "grade1"

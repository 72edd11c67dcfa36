"""Hidden figures take along the values of indicators that tell them."""

from __future__ import annotations

from pathlib import Path

import duckdb
import numpy as np
import polars as pl
import pytest

from eduplan.declarations.models import ColumnText, ModelHeader, SqlModel
from eduplan.disclosure.figures import Cut, MartFigures, PublishedTable, PublishedValue
from eduplan.disclosure.kept import create_tables
from eduplan.disclosure.marts import Protection
from eduplan.disclosure.values import keep_hidden_values
from eduplan.indicators.grouping import LEVELS, CellSet

WORDS = {"en": "words", "zh": "文字"}


@pytest.mark.parametrize(("level", "column"), LEVELS.items())
def test_a_hidden_figure_names_the_value_of_its_area_at_every_level(level: str, column: str | None) -> None:
    cut = Cut(("school_year", *([column] if column else [])))
    header = {"title": WORDS, "grain": WORDS, "meaning": WORDS, "key": list(cut.keys)}
    texts = {"pupils": ColumnText(**WORDS, unit="persons")}
    model = SqlModel("ch1", "enrolment", ModelHeader.model_validate(header), "", Path("enrolment.sql"), (), texts)
    value = PublishedValue("ENR-01", "numerator", "pupils", CellSet(level, ()), cut, 0)
    figures = MartFigures(model, {"pupils": 5}, [PublishedTable(model.table, (), cut)], [value])
    rows = pl.DataFrame({"school_year": ["2024-25"] * 2, **({column: ["a", "b"]} if column else {})})
    protection = Protection(rows)
    protection.hidden[cut, "pupils"] = np.array([True, False])
    protection.covered[cut] = np.array([True, True])
    with duckdb.connect() as connection:
        create_tables(connection)
        keep_hidden_values(connection, figures, protection)
        found = connection.execute("select ref_area_level, ref_area from disclosure.hidden_values_by_year").fetchall()
    assert found == [(level, "a" if column else "_T")]

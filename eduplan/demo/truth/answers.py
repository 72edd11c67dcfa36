"""Summing contributions to the figures of the city, of each district, and of one breakdown at a time.

Belongs here: the arithmetic that all indicators share. Does not belong here: any definition.
"""

from __future__ import annotations

import operator
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any

import polars as pl

from eduplan.demo.city import CITY_CODE
from eduplan.periods import school_year_text

Row = dict[str, Any]
DIMENSIONS = ("stage", "urban_class", "ownership", "sex", "grade", "item")
TOTAL = "_T"


@dataclass
class Answers:
    """The true values, by indicator.

    Attributes:
        area_codes: Codes of the districts, in their order.
        rows: The values.
        kept: Weighted shares in per cent, as a reader works them out from the numerator and denominator that are kept,
            by indicator, year, district and dimensions.
    """

    area_codes: list[str]
    rows: dict[str, list[Row]] = field(default_factory=dict)
    kept: dict[tuple[str, int, int | None, tuple[tuple[str, str], ...]], Fraction] = field(default_factory=dict)

    def ratio(
        self, code: str, year: int, table: pl.DataFrame, *, scale: int = 100, by: Sequence[str] = (),
        always: Sequence[str] = (),
        districts: bool = True, decimals: tuple[int, int] = (0, 0), calendar: bool = False,
    ) -> None:  # fmt: skip
        """Adds a ratio of sums.

        Args:
            code: Indicator.
            year: School year.
            table: Contributions: ``num``, ``den``, ``district`` and the dimensions that are asked for. Where there is
                nothing to divide by, the value, numerator and denominator are null.
            scale: What the ratio is multiplied with.
            by: Dimensions of the city's breakdowns, one at a time.
            always: Dimensions that are never totalled over.
            districts: Whether each district has a value.
            decimals: Decimals of numerator and denominator, which are whole numbers of such a part.
            calendar: Whether the value is of the calendar year, not of the school year.
        """
        for keys, sums in self._grouped(table, by, always, districts=districts):
            for record in sums:
                num, den = record["num"] or 0, record["den"] or 0
                known = den != 0
                value = scale * (num * 10 ** decimals[1]) / (den * 10 ** decimals[0]) if known else None
                self._add(
                    code, year, keys, record, _number(num, decimals[0]) if known else None,
                    _number(den, decimals[1]) if known else None, value, calendar=calendar,
                )  # fmt: skip

    def count(
        self, code: str, year: int, table: pl.DataFrame, *, by: Sequence[str] = (), silent: Sequence[int] = (),
        decimals: int = 0, calendar: bool = False, districts: bool = True, city: int | None = None,
    ) -> None:  # fmt: skip
        """Adds a count: the sum of ``num``.

        Args:
            code: Indicator.
            year: School year.
            table: Contributions: ``num``, ``district`` and the dimensions that are asked for.
            by: Dimensions of the city's breakdowns, one at a time.
            silent: Districts that reported nothing, so that they have no value.
            decimals: Decimals of the sum, which is a whole number of such a part.
            calendar: Whether the value is one of a calendar year.
            districts: Whether each district has a value.
            city: The city's value where it is not the sum, because what is counted may be in several districts.
        """
        for keys, sums in self._grouped(table.with_columns(den=pl.lit(0)), by, (), districts=districts):
            for record in sums:
                num = city if city is not None and not keys else record["num"] or 0
                missing = "district" in keys and record["district"] in silent
                value = None if missing else num / 10**decimals
                shown = None if missing else _number(num, decimals)
                self._add(code, year, keys, record, shown, None, value, calendar=calendar)

    def value(self, code: str, year: int, district: int | None, value: float | None, **dimensions: str) -> None:
        """Adds a value that is no ratio of sums, so that it has neither numerator nor denominator."""
        keys = [*dimensions, *(["district"] if district is not None else [])]
        self._add(code, year, keys, {**dimensions, "district": district}, None, None, value)

    def calendar_value(
        self, code: str, year: int, district: int | None, value: float | None, **dimensions: str
    ) -> None:
        """Adds such a value of a calendar year."""
        keys = [*dimensions, *(["district"] if district is not None else [])]
        self._add(code, year, keys, {**dimensions, "district": district}, None, None, value, calendar=True)

    def share_of_weights(
        self, code: str, year: int, district: int | None, estimate: Fraction, weight: int, dimensions: dict[str, str]
    ) -> None:
        """Adds a weighted share in per cent; its numerator, the estimate, is kept with six decimals."""
        keys = [*dimensions, *(["district"] if district is not None else [])]
        record = {**dimensions, "district": district}
        if not weight:
            self._add(code, year, keys, record, None, None, None)
            return
        millionths = (2 * 10**6 * estimate.numerator + estimate.denominator) // (2 * estimate.denominator)
        self.kept[code, year, district, tuple(dimensions.items())] = Fraction(millionths, 10_000 * weight)
        self._add(code, year, keys, record, _number(millionths, 6), weight, float(100 * estimate / weight))

    def _grouped(
        self, table: pl.DataFrame, by: Sequence[str], always: Sequence[str], *, districts: bool
    ) -> list[tuple[list[str], list[Row]]]:
        """Sums for the city, for each district, and for one dimension at a time, in the order of their keys."""
        sums = [pl.col("num").sum(), pl.col("den").sum()]
        levels: list[list[str]] = [[], *([["district"]] if districts else []), *([name] for name in by)]
        result = []
        for level in levels:
            keys = [*always, *level]
            grouped = table.group_by(keys).agg(sums) if keys else table.select(sums)
            # What is left is a few sums, which need no further query: there are thousands of such tables.
            found = [record for record in grouped.to_dicts() if all(record[key] is not None for key in keys)]
            if level == ["district"]:
                found = self._with_all_districts(found, always)
            order = operator.itemgetter(*keys) if keys else None
            result.append((keys, sorted(found, key=order) if order else found))
        return result

    def _with_all_districts(self, found: list[Row], always: Sequence[str]) -> list[Row]:
        """Adds the districts that contribute nothing, with nothing."""
        parts = {tuple(record[name] for name in always) for record in found} if always else {()}
        known = {(*(record[name] for name in always), record["district"]): record for record in found}
        return [
            known.get((*part, place))
            or {**dict(zip(always, part, strict=True)), "district": place, "num": None, "den": None}
            for part in parts
            for place in range(len(self.area_codes))
        ]

    def _add(
        self,
        code: str,
        year: int,
        keys: Sequence[str],
        record: Row,
        num: int | str | None,
        den: int | str | None,
        value: float | None,
        *,
        calendar: bool = False,
    ) -> None:
        in_district = "district" in keys
        row: Row = {
            "time_period": str(year) if calendar else school_year_text(year),
            "ref_area_level": "district" if in_district else "city",
            "ref_area": self.area_codes[record["district"]] if in_district else CITY_CODE,
        }
        row |= {name: str(record[name]) if name in keys else TOTAL for name in DIMENSIONS}
        self.rows.setdefault(code, []).append({**row, "numerator": num, "denominator": den, "value": value})


def _number(whole: int, decimals: int) -> int | str:
    """A whole number of parts as an exact number: an int, or a text with decimals."""
    return str(Decimal(whole).scaleb(-decimals)) if decimals else int(whole)


def contributions(numerator: pl.DataFrame, denominator: pl.DataFrame, keys: Sequence[str]) -> pl.DataFrame:
    """Contributions of two tables, each counted by its rows, or by its ``weight`` where it has one."""
    parts = []
    for table, name, other in ((numerator, "num", "den"), (denominator, "den", "num")):
        amount = pl.col("weight") if "weight" in table.columns else pl.lit(1)
        dimensions = [pl.col(key).cast(pl.String) if key in DIMENSIONS else pl.col(key).cast(pl.Int64) for key in keys]
        parts.append(
            table.select(*dimensions, amount.cast(pl.Int64).alias(name), pl.lit(0, dtype=pl.Int64).alias(other))
        )
    return pl.concat([part.select(*keys, "num", "den") for part in parts])


def share(table: pl.DataFrame, hit: pl.Expr) -> pl.DataFrame:
    """Contributions of a table whose rows are the denominator and of which some are the numerator; null is no hit."""
    return table.with_columns(num=hit.fill_null(value=False).cast(pl.Int64), den=pl.lit(1, dtype=pl.Int64))

"""Writing a table of records as the offices send it: a file a district, or one for the city, damaged and accounted for.

Belongs here: shapes, damage and accounts that all sources share. Does not belong here: what a source says.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from eduplan.demo.arrays import Flags, Ints, stream
from eduplan.demo.city import DISTRICTS
from eduplan.demo.defects import Damage, Defect, FileAccount, share_out
from eduplan.demo.records.year import CityYear
from eduplan.demo.shapes import Shape, write_table

_ENCODINGS = ("utf-8-sig", "utf-8", "gb18030", "utf-8", "utf-8-sig", "gb18030")


@dataclass(frozen=True)
class Form:
    """How a source looks when it arrives.

    Attributes:
        source: Name of the source and of its folder.
        title: Title in Chinese: the file's name, and the title row of those files that have one.
        headers: Header of each column, in order.
        keep_out: Damage that keeps a row out.
        repaired: Damage that is repaired or warned of.
        per_thousand: Rows kept out in a thousand.
        repairs_per_thousand: Rows repaired or warned of in a thousand.
    """

    source: str
    title: str
    headers: dict[str, str]
    keep_out: tuple[Defect, ...] = ()
    repaired: tuple[Defect, ...] = ()
    per_thousand: float = 2.0
    repairs_per_thousand: float = 6.0


def write_by_district(city: CityYear, form: Form, period: str, texts: pl.DataFrame, district: Ints) -> Flags:
    """Writes one file a district, each in its own shape; a district without rows sends none.

    Args:
        city: The year.
        form: How the source looks.
        period: Folder of the files.
        texts: One text column a contract column, in any order; nulls are empty cells.
        district: District index of each row.

    Returns:
        Which rows get through: those that are neither kept out nor never sent.
    """
    staged = np.zeros(len(texts), dtype=bool)
    for index, each in enumerate(DISTRICTS):
        places = np.flatnonzero(district == index)
        if len(places):
            staged[places] = _write(city, form, period, texts[places], each.code_in(city.year), _shape(form, index))
    return staged


def write_for_city(city: CityYear, form: Form, period: str, texts: pl.DataFrame) -> Flags:
    """Writes one file for the whole city and gives the rows that get through."""
    shape = Shape(encoding="gb18030" if city.year % 2 else "utf-8-sig", titles=(form.title,))
    return _write(city, form, period, texts, "city", shape)


def _shape(form: Form, index: int) -> Shape:
    """Districts differ in encoding, titles and format, always in the same way."""
    encoding = _ENCODINGS[index % len(_ENCODINGS)]
    titles = (form.title,) if index % 3 == 2 else ()
    footers = (("填表人：", "审核人："),) if index % 4 == 2 else ()
    if index == 7:
        return Shape(suffix=".xlsx", titles=titles)
    if index == 10:
        return Shape(encoding="utf-16", separator="\t", suffix=".tsv")
    return Shape(encoding=encoding, titles=titles, footers=footers)


def _write(city: CityYear, form: Form, period: str, texts: pl.DataFrame, sender: str, shape: Shape) -> Flags:
    rng = stream(city.seed, form.source, "defects", period, sender)
    damage = Damage(texts.select(list(form.headers)), np.ones(len(texts), dtype=bool), rng)
    planned = share_out(form.keep_out, len(texts), form.per_thousand, rng) if form.keep_out else []
    planned += share_out(form.repaired, len(texts), form.repairs_per_thousand, rng) if form.repaired else []
    for defect, count in planned:
        damage.apply(defect, count)
    damage.repeat(len(texts) // 1500)
    account = FileAccount(form.source, period, sender)
    table = damage.finish(account, shape.rows_to_drop).rename(form.headers)
    name = form.title if sender == "city" else f"{sender}_{form.title}"
    account.file = write_table(city.folder / form.source / period / name, table, shape).name
    city.accounts.append(account)
    return ~damage.is_quarantined

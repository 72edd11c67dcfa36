"""SDMX of ``plan.indicator_values``: SDMX-CSV and SDMX-ML with a data structure and code lists made from the release.

Belongs here: the mapping of our columns to SDMX, which is a rename. Does not belong here: computing or rounding. The
library is an extra of its own: ``pip install 'eduplan[sdmx]'``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb

from eduplan.errors import EduplanError, EnvironmentFault
from eduplan.exports.version import MessageVersion
from eduplan.indicators.tables import TOTAL, UNKNOWN, told_decimals
from eduplan.project import Project

if TYPE_CHECKING:
    import pandas as pd
    from pysdmx.model import Codelist, DataStructureDefinition

STRUCTURE = "EDUPLAN_INDICATORS"
_VERSION = "1.0"
_ID = re.compile(r"[^A-Za-z0-9_@$-]")

Names = Mapping[str, tuple[str, str]]
"""English and Chinese name by code."""


@dataclass(frozen=True)
class Column:
    """One component of the data structure.

    Attributes:
        name: Its id in SDMX.
        origin: Column of ``plan.indicator_values``.
        en: What it means.
        zh: What it means, in Chinese.
        data_type: Name of its SDMX data type.
        required: Whether an attribute is always there.
    """

    name: str
    origin: str
    en: str
    zh: str
    data_type: str = "STRING"
    required: bool = False


DIMENSIONS = (
    Column("INDICATOR", "indicator", "Indicator", "指标"),
    Column("REF_AREA_LEVEL", "ref_area_level", "Level of the area", "地区层级"),
    Column("REF_AREA", "ref_area", "Area", "地区"),
    Column("PERIOD_KIND", "period_kind", "Kind of period", "期间类型"),
    Column("STAGE", "stage", "Stage", "学段"),
    Column("URBAN_CLASS", "urban_class", "Urban class", "城乡类型"),
    Column("OWNERSHIP", "ownership", "Ownership", "办学性质"),
    Column("SEX", "sex", "Sex", "性别"),
    Column("GRADE", "grade", "Grade", "年级"),
    Column("ITEM", "item", "Item", "项目"),
)
TIME = Column("TIME_PERIOD", "reference_year", "Year that the period starts in", "期间起始年份", "YEAR")
MEASURE = Column("OBS_VALUE", "obs_value", "Value", "数值", "DOUBLE")
STATUS = Column("OBS_STATUS", "obs_status", "Status of the value", "数值状态", required=True)
DECIMALS = Column("DECIMALS", "decimals", "Decimals in which the value is told", "数值公布的小数位数", "INTEGER")
ATTRIBUTES = (
    STATUS,
    Column("UNIT_MEASURE", "unit", "Unit", "单位", required=True),
    DECIMALS,
    Column("PERIOD_LABEL", "time_period", "Period, as it is written", "期间", required=True),
    Column("DEFINITION_VERSION", "definition_version", "Version of the definition", "定义版本", "INTEGER", True),
    Column("NUMERATOR", "numerator", "Numerator", "分子", "DOUBLE"),
    Column("DENOMINATOR", "denominator", "Denominator", "分母", "DOUBLE"),
    Column("UNITS_REPORTED", "units_reported", "Units that reported", "已报单位数", "LONG"),
    Column("UNITS_EXPECTED", "units_expected", "Units that should have reported", "应报单位数", "LONG"),
    Column("COVERAGE_PCT", "coverage_pct", "Units reported per cent of units expected", "覆盖率", "DOUBLE"),
    Column("INTERVAL_LOW", "interval_low", "Lower end of the 95 % interval", "95% 置信区间下限", "DOUBLE"),
    Column("INTERVAL_HIGH", "interval_high", "Upper end of the 95 % interval", "95% 置信区间上限", "DOUBLE"),
)
_CODED = (*DIMENSIONS, STATUS)

_FIXED: dict[str, Names] = {
    "ref_area_level": {
        "city": ("City", "市"),
        "district": ("District", "区（县）"),
        "town": ("Town or street", "镇街"),
        "school": ("School", "学校"),
    },
    "period_kind": {"school_year": ("School year", "学年"), "calendar_year": ("Calendar year", "日历年度")},
    "obs_status": {
        "A": ("Observed", "有值"),
        "M": ("Missing: not reported", "缺失（未报送）"),
        "N": ("Not applicable: nothing to divide by", "不适用（分母为零）"),
        "Q": ("Suppressed: would tell of few persons", "不公布（保护个人）"),
    },
}
_TOTALS: Names = {TOTAL: ("Total", "合计"), UNKNOWN: ("Unknown", "未知")}
_LISTS = {"item": "quality_balance_item"}
"""Columns whose code list has another name than they have."""


def write_sdmx_files(
    published: duckdb.DuckDBPyConnection,
    project: Project,
    folder: Path,
    *,
    levels: Sequence[str],
    version: MessageVersion = MessageVersion.V30,
) -> list[Path]:
    """Writes ``data.csv`` (SDMX-CSV 2.0), ``data.xml`` and ``structure.xml`` (SDMX-ML).

    Args:
        published: A release.
        project: For the code of the city, which names the agency, and for the names of codes.
        folder: Where to write; made where it does not exist.
        levels: Levels of area, such as ``city`` and ``district``.
        version: Version of SDMX-ML.

    Returns:
        The files.

    Raises:
        EnvironmentFault: The extra is not installed.
        EduplanError: There are no values of these levels, or they cannot be told apart in SDMX.
    """
    try:
        from pysdmx.io import write_sdmx
        from pysdmx.io.format import Format
        from pysdmx.io.pd import PandasDataset
        from pysdmx.model import Dataflow
    except ImportError as error:
        raise EnvironmentFault(
            "SDMX needs a package that is not installed", where=str(error.name), remedy="pip install 'eduplan[sdmx]'"
        ) from error
    agency = f"EDU{project.settings.city_code}"
    values = read_values(published, levels)
    lists = _code_lists(published, project, agency, values)
    structure = data_structure(agency, lists)
    flow = Dataflow(
        id=STRUCTURE,
        agency=agency,
        version=_VERSION,
        name="Education plan indicators",
        description="教育规划监测指标",
        structure=structure,
    )
    is_30 = version is MessageVersion.V30
    folder.mkdir(parents=True, exist_ok=True)
    dataset = PandasDataset(structure=structure.to_schema(), data=values)
    csv, data, described = (folder / name for name in ("data.csv", "data.xml", "structure.xml"))
    write_sdmx(dataset, Format.DATA_SDMX_CSV_2_0_0, output_path=str(csv))
    write_sdmx(
        dataset,
        Format.DATA_SDMX_ML_3_0 if is_30 else Format.DATA_SDMX_ML_2_1_STR,
        output_path=str(data),
        header=_header(published, agency),
    )
    write_sdmx(
        [*lists.values(), _concepts(agency), structure, flow],
        Format.STRUCTURE_SDMX_ML_3_0 if is_30 else Format.STRUCTURE_SDMX_ML_2_1,
        output_path=str(described),
        header=_header(published, agency),
    )
    return [csv, data, described]


def _header(published: duckdb.DuckDBPyConnection, agency: str) -> Any:
    """Names the release, so that equal releases give equal messages."""
    from pysdmx.model import Organisation
    from pysdmx.model.message import Header

    row = published.execute("select release_id, created_at from about.release").fetchone()
    if row is None:
        raise ValueError("about.release has one row")
    return Header(
        id=f"EDUPLAN_{sdmx_id(row[0])}", prepared=datetime.fromisoformat(row[1]), sender=Organisation(id=agency)
    )


def read_values(published: duckdb.DuckDBPyConnection, levels: Sequence[str]) -> pd.DataFrame:
    """The values under the names that SDMX has for their columns.

    Raises:
        EduplanError: There are none, or two have the same key.
    """
    told = {DECIMALS: f"{told_decimals(published, 'found')} as {DECIMALS.name}"}
    columns = ", ".join(told.get(column) or _selected(column) for column in (*DIMENSIONS, TIME, MEASURE, *ATTRIBUTES))
    keys = ", ".join(column.name for column in (*DIMENSIONS, TIME))
    found = published.sql(
        f"select {columns} from plan.indicator_values as found where list_contains($levels, ref_area_level) "
        f"order by {keys}",
        params={"levels": list(levels)},
    )
    values = found.df()
    if values.empty:
        raise EduplanError("the release has no values of these levels", where=", ".join(levels))
    if values.duplicated([column.name for column in (*DIMENSIONS, TIME)]).any():
        raise EduplanError(
            "two values have the same year",
            where="plan.indicator_values",
            remedy="an indicator has several periods a year",
        )
    return values


def _selected(column: Column) -> str:
    """Coded values become ids that SDMX allows; every other value stays as it is."""
    if column in _CODED:
        return f"regexp_replace({column.origin}, '{_ID.pattern}', '_', 'g') as {column.name}"
    return f"{column.origin} as {column.name}"


def sdmx_id(code: str) -> str:
    """A code as SDMX allows it: the point of ``SAF-03.alarm`` is not."""
    return _ID.sub("_", code)


def data_structure(agency: str, lists: Mapping[str, Codelist]) -> DataStructureDefinition:
    """The data structure: ten dimensions and time, one measure, and what each value says of itself.

    Args:
        agency: Who maintains it.
        lists: Code lists by column of ``plan.indicator_values``.
    """
    from pysdmx.model import Component, Components, DataStructureDefinition, DataType, Role

    def component(column: Column, role: Role) -> Component:
        return Component(
            id=column.name,
            required=column.required or role is Role.DIMENSION,
            role=role,
            concept=_concept(agency, column),
            local_dtype=DataType[column.data_type],
            local_codes=lists.get(column.origin),
            attachment_level="O" if role is Role.ATTRIBUTE else None,
        )

    return DataStructureDefinition(
        id=STRUCTURE,
        agency=agency,
        version=_VERSION,
        name="Education plan indicators",
        description="教育规划监测指标",
        components=Components(
            [
                *(component(column, Role.DIMENSION) for column in (*DIMENSIONS, TIME)),
                component(MEASURE, Role.MEASURE),
                *(component(column, Role.ATTRIBUTE) for column in ATTRIBUTES),
            ]
        ),
    )


def _concept(agency: str, column: Column) -> Any:
    from pysdmx.model import Concept

    urn = "urn:sdmx:org.sdmx.infomodel.conceptscheme.Concept="
    return Concept(
        id=column.name,
        urn=f"{urn}{agency}:{STRUCTURE}({_VERSION}).{column.name}",
        name=column.en,
        description=column.zh,
    )


def _concepts(agency: str) -> Any:
    from pysdmx.model import ConceptScheme

    columns = (*DIMENSIONS, TIME, MEASURE, *ATTRIBUTES)
    return ConceptScheme(
        id=STRUCTURE,
        agency=agency,
        version=_VERSION,
        name="Columns of the indicator table",
        description="指标表字段",
        items=[_concept(agency, column) for column in columns],
    )


def _code_lists(
    published: duckdb.DuckDBPyConnection, project: Project, agency: str, values: pd.DataFrame
) -> dict[str, Codelist]:
    """One code list a coded column: the codes that are used, with the names that release and contracts have."""
    from pysdmx.model import Code, Codelist

    lists = {}
    for column in _CODED:
        names = {sdmx_id(code): texts for code, texts in _names(published, project, column.origin).items()}
        used = sorted(values[column.name].unique())
        lists[column.origin] = Codelist(
            id=f"CL_{column.name}",
            agency=agency,
            version=_VERSION,
            name=column.en,
            description=column.zh,
            items=[
                Code(
                    id=code, name=names.get(code, (code, code))[0] or code, description=names.get(code, (code, code))[1]
                )
                for code in used
            ],
        )
    return lists


def _names(published: duckdb.DuckDBPyConnection, project: Project, column: str) -> Names:
    if column in _FIXED:
        return _FIXED[column]
    if column in ("indicator", "ref_area"):
        table = "plan.indicators" if column == "indicator" else "plan.areas"
        rows = published.execute(f"select {column}, coalesce(name_en, name_zh), name_zh from {table}").fetchall()
        return {code: (english, chinese) for code, english, chinese in rows}
    from eduplan.declarations.contracts import load_code_lists

    listed = load_code_lists(project.contracts / "codes").get(_LISTS.get(column, column))
    codes = {entry.code: (entry.en, entry.zh) for entry in listed.values} if listed else {}
    return {**codes, **_TOTALS}

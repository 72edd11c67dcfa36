"""Checks that follow from the declarations, so that nobody writes the same fact twice.

Belongs here: keys, types, not-null, code lists and ranges out of contracts and model headers. Does not belong
here: expectations that a person wrote down in a suite.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from eduplan.checks.check import Check
from eduplan.checks.keys import Key, repeated_keys
from eduplan.checks.offending import columns_that_differ, literal
from eduplan.declarations.contracts import CodeList, Column, ColumnType, Contract, Privacy, Severity
from eduplan.declarations.models import SqlModel
from eduplan.declarations.suites import ROWS_QUERY
from eduplan.declarations.text import Bilingual
from eduplan.staging.schema import staged_types

LOWEST_ACUITY = 3.0
HIGHEST_ACUITY = 5.3

_YEARS = {"school_year", "calendar_year"}
_BATCH_COLUMNS = ("period", "sender", "batch_id", "row_number")

_CODE_REMEDY = Bilingual(
    en="This should not be possible after a build: look for a defect in the model or in the load.",
    zh="正常构建后不应出现：请检查模型或装载程序的缺陷。",
)
_SOURCE_REMEDY = Bilingual(
    en="The load should have kept such rows out: look at the contract of the source and at its quarantine.",
    zh="装载时本应隔离此类记录：请检查该数据源的契约与隔离区。",
)


def checks_of_contract(contract: Contract, codes: Mapping[str, CodeList], *, has_batch: bool) -> list[Check]:
    """The checks of ``staging.<source>`` that its contract implies.

    Args:
        contract: The contract.
        codes: Code lists by name.
        has_batch: Whether a current batch exists, so that rows must be there.
    """
    table = f"staging.{contract.source}"
    staged = set(contract.staged_columns)
    names = {column.name: column.person_key or column.name for column in contract.columns}
    key = ["period", "sender", *contract.key]
    never_null = [names[column.name] for column in contract.columns if column.required and names[column.name] in staged]
    checks = [
        _columns_check(table, staged_types(contract)),
        _key_check(table, key, _SOURCE_REMEDY, slice_column="period"),
        _not_null_check(table, [*never_null, *key, *_BATCH_COLUMNS], _SOURCE_REMEDY),
        *_range_checks(table, [column for column in contract.columns if column.name in staged]),
    ]
    for column in contract.columns:
        if column.codes and column.name in staged:
            checks.append(_codes_check(table, column.name, codes[column.codes], _SOURCE_REMEDY))
    if has_batch:
        checks.append(_rows_check(table))
    return checks + _rule_checks(table, contract, staged)


def checks_of_references(contract: Contract, contracts: Mapping[str, Contract]) -> list[Check]:
    """The checks that what a source refers to is still there, for references to units and not to persons."""
    table = f"staging.{contract.source}"
    checks = []
    for reference in contract.references:
        target = contracts[reference.to]
        shared = staged_types(contract).keys() & staged_types(target).keys()
        periods = shared & _YEARS
        if target.privacy is Privacy.PERSON or not periods:
            continue
        to_column = reference.to_column or reference.column
        same = [f"referred.{to_column} = referring.{reference.column}"]
        same += [f"referred.{period} = referring.{period}" for period in sorted(periods)]
        query = (
            f"select referring.* from {{batch}} as referring\nwhere referring.{reference.column} is not null and "
            f"not exists (\n  select 1 from staging.{target.source} as referred where {' and '.join(same)})"
        )
        check = _make(
            table,
            f"reference.{reference.column}",
            ROWS_QUERY,
            {"unexpected_rows_query": query},
            Bilingual(
                en=f"every {reference.column} is in {target.source}", zh=f"{reference.column} 均见于“{target.title.zh}”"
            ),
            Bilingual(
                en=f"Rows that lead nowhere drop out of core without a trace: {reference.reason.en}.",
                zh=f"无对应单位的记录会在核心层丢失：{reference.reason.zh}。",
            ),
            _SOURCE_REMEDY,
            severity=Severity.ERROR,
            rule=reference.rule,
        )
        checks.append(replace(check, reads=(f"staging.{target.source}", table)))
    return checks


def checks_of_model(model: SqlModel, codes: Mapping[str, CodeList]) -> list[Check]:
    """The checks of a core or mart table that its header implies."""
    header = model.header
    named = [*header.key, *header.not_null, *header.codes, *header.columns]
    named += [header.partition] if header.partition else []
    checks = [
        _make(
            model.table,
            "columns",
            "expect_table_columns_to_match_set",
            {"column_set": list(dict.fromkeys(named)), "exact_match": False},
            Bilingual(en="every column that the header names is there", zh="模型头声明的列均存在"),
            Bilingual(
                en="What is documented and what is published would not be the same.",
                zh="文档与发布内容将不一致。",
            ),
            _CODE_REMEDY,
        ),
        _key_check(model.table, header.key, _CODE_REMEDY, slice_column=header.partition),
        _not_null_check(model.table, [*header.key, *header.not_null], _CODE_REMEDY),
    ]
    for column, code_list in header.codes.items():
        checks.append(_codes_check(model.table, column, codes[code_list], _CODE_REMEDY))
    return checks


def _columns_check(table: str, types: dict[str, str]) -> Check:
    return _make(
        table,
        "columns",
        ROWS_QUERY,
        {"unexpected_rows_query": columns_that_differ(table, _spelt(types)).replace("{", "{{").replace("}", "}}")},
        Bilingual(en="columns and types are those of the contract", zh="列与类型与契约一致"),
        Bilingual(en="Everything above reads columns that the contract promises.", zh="上层数据均依赖契约承诺的列。"),
        _SOURCE_REMEDY,
    )


def _spelt(types: dict[str, str]) -> dict[str, str]:
    """Types as DuckDB describes them."""
    return {name: sql_type.upper().replace(", ", ",") for name, sql_type in types.items()}


def _key_check(table: str, key: list[str], remedy: Bilingual, *, slice_column: str | None) -> Check:
    names = ", ".join(key)
    return _make(
        table,
        "key",
        ROWS_QUERY,
        {"unexpected_rows_query": repeated_keys(key)},
        Bilingual(en=f"no two rows have the same {names}", zh=f"主键不重复：{names}"),
        Bilingual(en="A repeated key counts somebody or something twice.", zh="主键重复会造成重复计数。"),
        remedy,
        key=Key(tuple(key)),
        sliceable=slice_column in key,
    )


def _not_null_check(table: str, columns: Iterable[str], remedy: Bilingual) -> Check:
    """One check for all columns of a table that are never missing: they are hundreds, and hold or fall together."""
    names = list(dict.fromkeys(columns))
    marks = ", ".join(f"case when {name} is null then {literal(name)} end" for name in names)
    anywhere = " or ".join(f"{name} is null" for name in names)
    listed = ", ".join(names)
    return _make(
        table,
        "not_null",
        ROWS_QUERY,
        {"unexpected_rows_query": f"select concat_ws(', ', {marks}) as missing, * from {{batch}}\nwhere {anywhere}"},
        Bilingual(en=f"never missing: {listed}", zh=f"不为空：{listed}"),
        Bilingual(
            en="Rows without such a value fall out of every figure that is split by it.",
            zh="缺少这些值的记录会从按其分组的数字中漏掉。",
        ),
        remedy,
        condition=anywhere,
        sliceable=True,
    )


def _codes_check(table: str, column: str, code_list: CodeList, remedy: Bilingual) -> Check:
    return _make(
        table,
        f"codes.{column}",
        "expect_column_values_to_be_in_set",
        {"column": column, "value_set": [value.code for value in code_list.values]},
        Bilingual(
            en=f"{column} is in the code list {code_list.code_list}",
            zh=f"{column} 属于代码表“{code_list.title.zh}”",
        ),
        Bilingual(
            en="A value outside the list belongs to no group, and the groups no longer add up to the total.",
            zh="代码表以外的值不属于任何分组，分组之和将不等于合计。",
        ),
        remedy,
        sliceable=True,
    )


def _range_checks(table: str, columns: Iterable[Column]) -> list[Check]:
    checks = []
    for column in columns:
        lowest, highest = column.minimum, column.maximum
        if column.type is ColumnType.ACUITY:
            lowest, highest = LOWEST_ACUITY, HIGHEST_ACUITY
        bounds = {"min_value": lowest, "max_value": highest}
        given = {name: value for name, value in bounds.items() if value is not None}
        if not given:
            continue
        text = f"{'-∞' if lowest is None else f'{lowest:g}'} … {'∞' if highest is None else f'{highest:g}'}"
        checks.append(
            _make(
                table,
                f"range.{column.name}",
                "expect_column_values_to_be_between",
                {"column": column.name, **given},
                Bilingual(en=f"{column.name} lies in {text}", zh=f"{column.name} 在 {text} 之间"),
                Bilingual(en="A value out of range distorts every mean and sum.", zh="越界值会扭曲均值与合计。"),
                _SOURCE_REMEDY,
                severity=Severity.ERROR,
                rule=column.rule,
                sliceable=True,
            )
        )
    return checks


def _rule_checks(table: str, contract: Contract, staged: set[str]) -> list[Check]:
    """The row rules of a contract whose columns are still there: broken errors were kept out, warnings were not."""
    checks = []
    for rule in contract.rules:
        if not set(rule.columns) <= staged:
            continue
        broken = f"not ({rule.check})"
        query = f"select * from {{batch}} where {broken.replace('{', '{{').replace('}', '}}')}"
        checks.append(
            _make(
                table,
                f"rule.{rule.rule}.{rule.columns[0]}",
                ROWS_QUERY,
                {"unexpected_rows_query": query},
                Bilingual(en=f"not so: {rule.reason.en}", zh=f"不应出现：{rule.reason.zh}"),
                Bilingual(en="The row contradicts itself.", zh="记录自相矛盾。"),
                _SOURCE_REMEDY,
                severity=Severity.WARNING if rule.severity is Severity.WARNING else Severity.ERROR,
                rule=rule.rule,
                condition=broken,
                sliceable=True,
            )
        )
    return checks


def _rows_check(table: str) -> Check:
    return _make(
        table,
        "rows",
        "expect_table_row_count_to_be_between",
        {"min_value": 1},
        Bilingual(en="a source that sent files has rows", zh="已报送的数据源应有记录"),
        Bilingual(
            en="Files came but no row was accepted: all figures of this source would vanish from the release.",
            zh="收到文件但没有一行被接收：该数据源的全部数字会从发布中消失。",
        ),
        _SOURCE_REMEDY,
    )


def _make(
    table: str,
    what: str,
    expectation: str,
    kwargs: dict[str, Any],
    title: Bilingual,
    why: Bilingual,
    remedy: Bilingual,
    *,
    severity: Severity = Severity.CRITICAL,
    rule: str | None = None,
    condition: str | None = None,
    key: Key | None = None,
    sliceable: bool = False,
) -> Check:
    return Check(
        check_id=f"{table}.{what}",
        table=table,
        expectation=expectation,
        kwargs=kwargs,
        severity=severity,
        rule=rule,
        title=title,
        why=why,
        remedy=remedy,
        reads=(table,),
        condition=condition,
        key=key,
        sliceable=sliceable,
    )

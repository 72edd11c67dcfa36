"""Contracts: what a source sends, one YAML a source, and the code lists that its columns use.

Belongs here: the shape of a contract and what makes one valid. Does not belong here: reading files.
"""

from __future__ import annotations

import re
from difflib import get_close_matches
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, ConfigDict, Field, StringConstraints, model_validator

from eduplan.declarations.loading import load_yaml_as
from eduplan.declarations.text import Bilingual, Declaration, Name
from eduplan.errors import DeclarationError
from eduplan.periods import PeriodKind


def _compiles(pattern: str) -> str:
    try:
        re.compile(pattern)
    except re.error as error:
        raise ValueError(f"not a regular expression: {error}") from error
    return pattern


def _groups(pattern: str | None) -> set[str]:
    """Named groups of a regular expression."""
    return set(re.compile(pattern).groupindex) if pattern else set()


Pattern = Annotated[str, AfterValidator(_compiles)]
RuleCode = Annotated[str, StringConstraints(pattern=r"^[A-Z]{1,3}\d{2}$")]
"""A rule of the catalogue, such as ``V31``."""


class Severity(StrEnum):
    """What a broken rule does: stop the file, keep the row out, or be counted."""

    CRITICAL = "critical"
    ERROR = "error"
    WARNING = "warning"


class Privacy(StrEnum):
    """How far a source or column may travel."""

    PUBLIC = "public"
    AGGREGATE = "aggregate"
    RESTRICTED = "restricted"
    PERSON = "person"
    IDENTITY = "identity"


class ColumnType(StrEnum):
    """The types that a column of a contract may have."""

    TEXT = "text"
    CODE = "code"
    INTEGER = "integer"
    DECIMAL = "decimal"
    DATE = "date"
    FLAG = "flag"
    IDENTITY = "identity"
    ROLL_NUMBER = "roll_number"
    ACUITY = "acuity"


class Column(Declaration):
    """One column of a source, as it is after staging.

    Attributes:
        name: Name above landing.
        origin: Where the value comes from: a table column, a group of the file name, or a heading row.
        aliases: Header texts that mean this column; compared after NFKC, without spaces. The name itself is one.
        alias_pattern: Regular expression for headers that vary from file to file.
        null_values: Texts that mean "no value" here, besides the common placeholders.
        degrees: Whether a whole number of 25 or more in size is in hundredths, such as -150 for -1.50 dioptres.
        unit: What a number counts. Where a header or title names another size of it, such as ``万元`` for ``yuan``, it
            is converted. Where a code column of the contract says the unit, its name stands here.
        keep: False for a column that is checked but goes no further than staging.
        person_key: Name of the key that an identity column becomes.
        rule: Rule of the catalogue that a value which cannot be typed breaks.
    """

    name: Name
    type: ColumnType
    origin: Literal["table", "name", "heading"] = "table"
    aliases: list[str] = []
    alias_pattern: Pattern | None = None
    required: bool = False
    default: str | int | float | bool | None = None
    null_values: list[str] = []
    codes: Name | None = None
    pattern: Pattern | None = None
    minimum: float | None = None
    maximum: float | None = None
    scale: int = 2
    degrees: bool = False
    unit: str | None = None
    rule: RuleCode | None = None
    privacy: Privacy | None = None
    keep: bool = True
    person_key: Name | None = None
    title: Bilingual | None = None

    @model_validator(mode="after")
    def _consistent(self) -> Column:
        if (self.type is ColumnType.CODE) != (self.codes is not None):
            raise ValueError("a column of type code, and only that, names its code list in 'codes'")
        if self.person_key and self.type is not ColumnType.IDENTITY:
            raise ValueError("only a column of type identity makes a person key")
        if self.type is ColumnType.IDENTITY and self.privacy is not Privacy.IDENTITY:
            raise ValueError("a column of type identity has privacy: identity")
        if self.is_identity and self.keep and not self.person_key:
            raise ValueError("an identity goes no further than staging: make it a person key, or say keep: false")
        if self.minimum is not None and self.maximum is not None and self.minimum > self.maximum:
            raise ValueError(f"minimum {self.minimum:g} is above maximum {self.maximum:g}")
        return self

    @property
    def is_identity(self) -> bool:
        """Whether the raw value may never leave staging."""
        return self.privacy is Privacy.IDENTITY


class FileMatch(Declaration):
    """One way to recognise a file; every part that is given must hold.

    Attributes:
        folder: First folder below the raw folder.
        name: Regular expression that the file's path below the raw folder must contain; named groups
            can feed columns with ``origin: name``.
        header: Header texts that must all be there.
    """

    folder: str | None = None
    name: Pattern | None = None
    header: list[str] = []

    @model_validator(mode="after")
    def _says_something(self) -> FileMatch:
        if not (self.folder or self.name or self.header):
            raise ValueError("give at least one of folder, name and header")
        return self


class PeriodRule(Declaration):
    """Where the period of a file comes from.

    Attributes:
        origin: ``folder`` takes the last folder of the path, ``name`` the group ``period`` of ``pattern``,
            ``column`` the single value of a column, ``fixed`` the value given here.
        offset: Years added to the number in a column (1911 for the ROC era).
        values: What a text found there stands for, where it is not itself a period (``D: '2005'`` for a survey cycle).
    """

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    kind: PeriodKind
    origin: Literal["folder", "name", "column", "fixed"] = Field(alias="from")
    pattern: Pattern | None = None
    column: str | None = None
    offset: int = 0
    value: str | None = None
    values: dict[str, str] = {}

    @model_validator(mode="after")
    def _complete(self) -> PeriodRule:
        needed = {"name": "pattern", "column": "column", "fixed": "value"}.get(self.origin)
        if needed and getattr(self, needed) is None:
            raise ValueError(f"a period from {self.origin} needs '{needed}'")
        if self.origin == "name" and "period" not in _groups(self.pattern):
            raise ValueError("the pattern has no group 'period', written (?P<period>...)")
        return self


class SenderRule(Declaration):
    """Who sent a file: the group ``sender`` of a pattern over its path, or the default."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    origin: Literal["name", "fixed"] = Field(default="fixed", alias="from")
    pattern: Pattern | None = None
    default: str = "bureau"

    @model_validator(mode="after")
    def _complete(self) -> SenderRule:
        if self.origin == "name" and "sender" not in _groups(self.pattern):
            raise ValueError("a sender from name needs a pattern with a group 'sender', written (?P<sender>...)")
        return self


class Unpivot(Declaration):
    """Wide columns that become rows: a header pattern whose named groups are columns, and the value's column."""

    pattern: Pattern
    value: Name


class Heading(Declaration):
    """Heading rows inside the data: a pattern over the row's only text; its named groups fill the rows below."""

    pattern: Pattern


class Layout(Declaration):
    """How the table lies in its file, where the defaults do not fit.

    Attributes:
        encoding: Encoding to use instead of sniffing.
        sheet: Regular expression for the sheets to read; all sheets with the header by default.
        header_rows: How many rows the header has; found by itself where 0.
        totals: Labels of totals rows that are dropped.
        footers: Patterns of footer rows that are dropped.
        headings: Heading rows inside the data.
    """

    encoding: str | None = None
    sheet: Pattern | None = None
    header_rows: int = 0
    totals: list[str] = ["合计", "小计", "总计", "全区", "全市", "全县", "平均", "Total"]
    footers: list[Pattern] = [
        r"^(填表人|审核人|制表人|单位负责人|联系电话|报出日期|填报日期|说明|备注|注)\s*[:：]",
        r"^数据来源\s*[:：]",
    ]
    headings: list[Heading] = []


class Derived(Declaration):
    """A column computed from typed columns before identities are dropped; a SQL expression."""

    name: Name
    type: ColumnType
    expression: str
    title: Bilingual | None = None
    unit: str | None = None


class Rule(Declaration):
    """A check over the typed columns of one row: a SQL predicate that holds for good rows."""

    rule: RuleCode
    severity: Severity
    columns: list[Name] = Field(min_length=1)
    check: str
    reason: Bilingual


class Reference(Declaration):
    """A value that must exist in another source of the same period (of the same school year for a season)."""

    rule: RuleCode
    column: Name
    to: Name
    to_column: Name | None = None
    severity: Severity
    reason: Bilingual


class Contract(Declaration):
    """What one source sends.

    Attributes:
        source: Name of the source, and of its table in ``staging``.
        files: Ways to recognise its files; one that holds is enough.
        unpivot: Wide columns that become rows.
        not_read: Labels of columns that senders send and nobody needs, so that nobody is told of them every night.
        key: Columns that identify a row within its period and sender.
        duplicates: What happens to rows that repeat a key: ``exact`` copies are dropped and counted and rows
            that differ go to quarantine, or the ``first`` or ``last`` one stays.
        several_files: Whether one sender sends several files for one period; if not, a later file replaces the earlier.
        rules: Checks over one staged row.
        row_rules: Checks over one row of the file, aggregating what was unpivoted from it.
    """

    source: Name
    title: Bilingual
    owner: Bilingual
    privacy: Privacy
    description: Bilingual | None = None
    files: list[FileMatch] = Field(min_length=1)
    period: PeriodRule
    sender: SenderRule = SenderRule()
    several_files: bool = False
    layout: Layout = Layout()
    unpivot: list[Unpivot] = []
    not_read: list[str] = []
    columns: list[Column] = Field(min_length=1, max_length=126)
    derive: list[Derived] = []
    key: list[Name] = Field(min_length=1)
    duplicates: Literal["exact", "first", "last"] = "exact"
    references: list[Reference] = []
    rules: list[Rule] = Field(default=[], max_length=62)
    row_rules: list[Rule] = []

    @model_validator(mode="after")
    def _consistent(self) -> Contract:
        names = [column.name for column in self.columns] + [column.name for column in self.derive]
        repeated = sorted({name for name in names if names.count(name) > 1})
        if repeated:
            raise ValueError(f"columns declared twice: {', '.join(repeated)}")
        known = set(names) | {column.person_key for column in self.columns if column.person_key}
        for what, used in (
            ("key", self.key),
            ("references", [reference.column for reference in self.references]),
            ("rules", [name for rule in [*self.rules, *self.row_rules] for name in rule.columns]),
            ("unpivot", [name for wide in self.unpivot for name in [wide.value, *re.compile(wide.pattern).groupindex]]),
        ):
            unknown = sorted(set(used) - known)
            if unknown:
                raise ValueError(f"{what} names columns that are not declared: {', '.join(unknown)}")
        left = sorted(set(self.key) - {*self.staged_columns, *self._person_numbers})
        if left:
            raise ValueError(f"key names columns that go no further than staging: {', '.join(left)}")
        in_names = {name for match in self.files for name in _groups(match.name)}
        for name in [column.name for column in self.columns if column.origin == "name"]:
            if name not in in_names:
                raise ValueError(f"column {name} comes from the file name, but no pattern in files has a group {name}")
        return self

    @property
    def _person_numbers(self) -> set[str]:
        return {column.name for column in self.columns if column.person_key}

    @cached_property
    def by_name(self) -> dict[str, Column]:
        """The declared columns by name."""
        return {column.name: column for column in self.columns}

    @property
    def staged_columns(self) -> list[str]:
        """The contract's own columns in ``staging.<source>``, in order, without period and batch columns."""
        kept = [column.person_key or column.name for column in self.columns if column.person_key or column.keep]
        return kept + [column.name for column in self.derive]


class CodeValue(Declaration):
    """One value of a code list: its code, labels in files, and any attributes that SQL may join to."""

    model_config = ConfigDict(extra="allow", frozen=True)

    code: str
    en: str
    zh: str
    labels: list[str] = []

    @property
    def attributes(self) -> dict[str, Any]:
        """Extra fields, such as the stage of a grade."""
        return dict(self.model_extra or {})


class CodeList(Declaration):
    """A code list, written once: contracts map labels to codes with it and SQL reads it as ``codes.<name>``."""

    code_list: Name
    title: Bilingual
    values: list[CodeValue] = Field(min_length=1)

    @model_validator(mode="after")
    def _unambiguous(self) -> CodeList:
        codes = [value.code for value in self.values]
        for code in codes:
            if codes.count(code) > 1:
                raise ValueError(f"code {code!r} stands there twice")
        for name in sorted({name for value in self.values for name in value.attributes}):
            if meant := get_close_matches(name, CodeValue.model_fields, n=1, cutoff=0.8):
                raise ValueError(f"{name} reads like {meant[0]}: write that, or call the attribute something else")
        seen: dict[str, str] = {}
        for value in self.values:
            for label in [value.code, *value.labels]:
                if seen.setdefault(label, value.code) != value.code:
                    raise ValueError(f"label {label!r} means both {seen[label]!r} and {value.code!r}")
        return self


def load_contracts(folder: Path) -> dict[str, Contract]:
    """Reads every contract of a folder, by source.

    Raises:
        DeclarationError: A contract is not valid, two declare the same source, or a reference or code list is missing.
    """
    contracts: dict[str, Contract] = {}
    codes = load_code_lists(folder / "codes")
    for path in sorted(folder.glob("*.yml")):
        contract = load_yaml_as(Contract, path)
        if contract.source in contracts:
            raise DeclarationError(f"source {contract.source} is declared twice", where=str(path))
        missing = sorted({column.codes for column in contract.columns if column.codes} - set(codes))
        if missing:
            raise DeclarationError(
                f"no code list {', '.join(missing)}", where=str(path), remedy=f"add it to {folder / 'codes'}"
            )
        contracts[contract.source] = contract
    for source, contract in contracts.items():
        for reference in contract.references:
            if reference.to not in contracts:
                raise DeclarationError(f"reference to unknown source {reference.to}", where=f"{folder / source}.yml")
    return contracts


def load_code_lists(folder: Path) -> dict[str, CodeList]:
    """Reads every code list of a folder, by name; an absent folder has none."""
    lists: dict[str, CodeList] = {}
    for path in sorted(folder.glob("*.yml")):
        code_list = load_yaml_as(CodeList, path)
        if code_list.code_list != path.stem:
            raise DeclarationError(f"code list {code_list.code_list} stands in {path.name}", where=str(path))
        lists[code_list.code_list] = code_list
    return lists

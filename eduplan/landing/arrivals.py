"""Finds the files that arrived, and says of each whose it is: source, period and sender.

Belongs here: walking the raw folder and recognising files. Does not belong here: their bytes and their rows.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import cached_property
from pathlib import Path, PurePosixPath

from eduplan.declarations.contracts import Contract, FileMatch, Severity
from eduplan.errors import EnvironmentFault
from eduplan.near import names_there_are
from eduplan.periods import Period, PeriodKind
from eduplan.project import Project
from eduplan.reading.header import comparable, without_spaces
from eduplan.reading.peek import header_candidates

_COMPRESSED = (".gz", ".xz", ".zip")
_NOT_DATA = re.compile(
    r"^(\..*|~\$.*|.*~|.*\.(tmp|part|partial|crdownload|swp|lnk)|readme(\..*)?|licen[cs]e(\..*)?|truth\.json"
    r"|thumbs\.db|desktop\.ini)$",
    re.IGNORECASE,
)
_EXAMPLES = {
    PeriodKind.SCHOOL_YEAR: "2024-25",
    PeriodKind.TERM: "2024-25-1",
    PeriodKind.SEASON: "2024-25-autumn",
    PeriodKind.CALENDAR_YEAR: "2024",
    PeriodKind.MONTH: "2024-09",
    PeriodKind.NONE: "all",
}


@dataclass(frozen=True)
class Arrival:
    """One file as one contract sees it; a file that satisfies two contracts arrives twice.

    Attributes:
        source: Source of the contract.
        path: Where the file lies.
        relative_path: The same below the raw folder, with forward slashes, as people know it.
        period: Its period; None where it stands in a column, so that staging finds it.
        sender: Who sent it.
        bytes: Its size.
        modified_ns: When it was last changed.
        name_values: Named groups of the contract's name pattern, for columns with ``origin: name``.
    """

    source: str
    path: Path
    relative_path: str
    period: Period | None
    sender: str
    bytes: int
    modified_ns: int
    name_values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Problem:
    """A file that arrived but cannot be loaded as it is.

    Attributes:
        file: Its path below the raw folder.
        what: What is wrong.
        remedy: What to do about it.
        severity: ``warning`` for a file that nobody asked for, ``error`` for one that is missed.
        source: The source that it was sent for, where that is known.
    """

    file: str
    what: str
    remedy: str
    severity: Severity
    source: str | None = None

    @property
    def line(self) -> str:
        """The problem as one line."""
        return f"{self.file}: {self.what} ({self.remedy})"


@dataclass(frozen=True)
class Arrivals:
    """What lies in the raw folder, in the order of the paths."""

    arrivals: list[Arrival]
    problems: list[Problem]


def find_arrivals(project: Project, contracts: Mapping[str, Contract]) -> Arrivals:
    """Recognises every file of the raw folder.

    Args:
        project: Says where the raw folder is.
        contracts: Contracts by source.

    Raises:
        EnvironmentFault: There is no raw folder, or it cannot be read.
    """
    require_raw_folder(project)
    arrivals: list[Arrival] = []
    problems: list[Problem] = []
    for path in _files_below(project.raw):
        file = _RawFile(path, project)
        if any(fnmatchcase(file.relative, pattern) for pattern in project.settings.ignore):
            continue
        try:
            matches = [(contract, *found) for contract in contracts.values() if (found := _match(contract, file))]
            if not matches:
                problems.append(file.problem("no contract recognises this file", _unrecognised_remedy(file, contracts)))
            for contract, values in matches:
                arrived = _arrival(contract, file, values)
                if isinstance(arrived, Arrival):
                    arrivals.append(arrived)
                else:
                    problems.append(arrived)
        except OSError as error:
            remedy = "let the user that runs the load read it"
            problems.append(file.problem(f"cannot be read: {error.strerror}", remedy, severity=Severity.ERROR))
    return Arrivals(arrivals, problems)


def require_raw_folder(project: Project) -> None:
    """Refuses a project without a folder of extracts; a misspelt one should leave nothing behind.

    Raises:
        EnvironmentFault: There is no raw folder.
    """
    if not project.raw.is_dir():
        raise EnvironmentFault(
            "the folder of extracts does not exist",
            where=str(project.raw),
            remedy="make it, or name another with --raw",
        )


def _files_below(folder: Path) -> Iterator[Path]:
    def refuse(error: OSError) -> None:
        raise EnvironmentFault(
            f"cannot be read: {error.strerror}",
            where=str(error.filename),
            remedy="let the user that runs the load read it",
        ) from error

    for root, folders, names in os.walk(folder, onerror=refuse):
        folders[:] = sorted(name for name in folders if not _NOT_DATA.match(name))
        yield from (Path(root, name) for name in sorted(names) if not _NOT_DATA.match(name))


class _RawFile:
    """A file of the raw folder, which is opened only if a contract asks for its header."""

    def __init__(self, path: Path, project: Project) -> None:
        self.path = path
        self.relative = _readable(path.relative_to(project.raw).as_posix())
        self._project = project

    @cached_property
    def headers(self) -> list[frozenset[str]]:
        """Sets of labels that may be its header."""
        work = self._project.work / "tmp"
        work.mkdir(parents=True, exist_ok=True, mode=0o700)
        largest = self._project.settings.largest_file_mb * 1024 * 1024
        return header_candidates(self.path, work=work, largest_bytes=largest)

    @cached_property
    def folders(self) -> tuple[str, ...]:
        """Folders between the raw folder and the file."""
        return PurePosixPath(self.relative).parts[:-1]

    @cached_property
    def spellings(self) -> tuple[str, ...]:
        """The texts that patterns are tried on: path and name, as they stand and without a compression's suffix."""
        texts = [self.relative, PurePosixPath(self.relative).name]
        return tuple(dict.fromkeys([*texts, *(_without_suffix(text) for text in texts)]))

    def problem(
        self, what: str, remedy: str, *, severity: Severity = Severity.WARNING, source: str | None = None
    ) -> Problem:
        return Problem(file=self.relative, what=what, remedy=remedy, severity=severity, source=source)


def _readable(path: str) -> str:
    """A path as text; names that are not UTF-8 come from archives packed on a Chinese Windows."""
    try:
        path.encode()
    except UnicodeEncodeError:
        return os.fsencode(path).decode("gb18030", errors="replace")
    return path


def _without_suffix(text: str) -> str:
    return next((text[: -len(suffix)] for suffix in _COMPRESSED if text.lower().endswith(suffix)), text)


def _match(contract: Contract, file: _RawFile) -> tuple[dict[str, str]] | None:
    """The named groups of the name pattern, if one way to recognise the contract's files holds."""
    for way in contract.files:
        values = _match_one(way, file)
        if values is not None:
            return (values,)
    return None


def _match_one(way: FileMatch, file: _RawFile) -> dict[str, str] | None:
    if way.folder and way.folder != next(iter(file.folders), None):
        return None
    values: dict[str, str] = {}
    if way.name:
        paths = (file.relative, _without_suffix(file.relative))
        match = next((found for text in paths if (found := re.search(way.name, text))), None)
        if match is None:
            return None
        values = {name: text for name, text in match.groupdict().items() if text is not None}
    wanted = {comparable(label) for label in way.header}
    if wanted and not any(wanted <= labels for labels in file.headers):
        return None
    return values


def _arrival(contract: Contract, file: _RawFile, values: dict[str, str]) -> Arrival | Problem:
    rule = contract.period
    period: Period | None = None
    if rule.origin != "column":
        text = _period_text(contract, file)
        try:
            period = Period.parse(rule.values.get(text, text), rule.kind)
        except ValueError as error:
            place = _EXAMPLES[rule.kind] if rule.origin != "folder" else f"a folder such as {_EXAMPLES[rule.kind]}"
            return file.problem(
                f"its period cannot be read: {error}",
                f"put it in {place}" if rule.origin == "folder" else f"name it so that the period reads like {place}",
                severity=Severity.ERROR,
                source=contract.source,
            )
    state = file.path.stat()
    return Arrival(
        source=contract.source,
        path=file.path,
        relative_path=file.relative,
        period=period,
        sender=_sender(contract, file),
        bytes=state.st_size,
        modified_ns=state.st_mtime_ns,
        name_values=values,
    )


def _period_text(contract: Contract, file: _RawFile) -> str:
    rule = contract.period
    if rule.origin == "folder":
        return without_spaces(file.folders[-1]) if file.folders else ""
    if rule.origin == "fixed":
        return rule.value or ""
    return _group(rule.pattern, "period", file) or ""


def _sender(contract: Contract, file: _RawFile) -> str:
    rule = contract.sender
    return (_group(rule.pattern, "sender", file) if rule.origin == "name" else None) or rule.default


def _group(pattern: str | None, group: str, file: _RawFile) -> str | None:
    """The text of a named group of a pattern, in the first spelling of the file's name that has it."""
    compiled = re.compile(pattern or "")
    if group not in compiled.groupindex:
        return None
    matches = (compiled.search(text) for text in file.spellings)
    return next((match[group] for match in matches if match and match[group]), None)


def _unrecognised_remedy(file: _RawFile, contracts: Mapping[str, Contract]) -> str:
    folders = sorted({way.folder for contract in contracts.values() for way in contract.files if way.folder})
    if folders and (not file.folders or file.folders[0] not in folders):
        folder = next(iter(file.folders), "")
        known = names_there_are(folder, folders, where="contracts/ says which source has which folder")
        return f"put it below the folder of its source, or remove it; {known}"
    return "remove it, or add how it is recognised to 'files' of its contract"

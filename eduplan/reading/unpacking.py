"""Finds out what a file is by its first bytes, and unpacks it where it is compressed.

Belongs here: gz, xz, zip and the marks of formats. Does not belong here: reading a format.
"""

from __future__ import annotations

import gzip
import lzma
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from enum import StrEnum
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import IO, cast

from eduplan.errors import InputError

_CHUNK_BYTES = 1024 * 1024
_DEEPEST = 3

_GZIP = b"\x1f\x8b"
_XZ = b"\xfd7zXZ\x00"
_ZIP = b"PK\x03\x04"
_EMPTY_ZIP = b"PK\x05\x06"
_COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PARQUET = b"PAR1"
_FOREIGN = {
    b"%PDF": "a PDF document",
    b"Rar!\x1a\x07": "a RAR archive",
    b"7z\xbc\xaf\x27\x1c": "a 7z archive",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"{\\rtf": "a Word document",
}
_FOREIGN_MEMBERS = {"word/": "a Word document", "ppt/": "a presentation", "content.xml": "an OpenDocument file"}
"""What is none of the formats that are read, by its first bytes and by what an archive of it holds."""
_DAMAGE = (EOFError, lzma.LZMAError, zlib.error, zipfile.BadZipFile, gzip.BadGzipFile, NotImplementedError)


class FileFormat(StrEnum):
    """What a file is once it is unpacked."""

    TEXT = "text"
    XLSX = "xlsx"
    XLS = "xls"
    HTML = "html"
    PARQUET = "parquet"


def unpack(path: Path, *, work: Path, files: ExitStack, file_name: str, largest_bytes: int) -> tuple[Path, FileFormat]:
    """Unpacks a file into a temporary one as often as it is compressed, and says what is inside.

    Args:
        path: The file.
        work: Folder for temporary files.
        files: Removes them.
        file_name: Name for messages.
        largest_bytes: The most that may come out.

    Raises:
        InputError: The file is empty, truncated, too large, or an archive of several files.
    """
    for _ in range(_DEEPEST):
        with path.open("rb") as source:
            head = source.read(4096)
        if not head:
            raise InputError("V01: the file is empty", where=file_name, remedy="ask the sender to send it again")
        if foreign := next((name for mark, name in _FOREIGN.items() if head.startswith(mark)), None):
            raise not_a_table(foreign, file_name)
        if head.startswith((_ZIP, _EMPTY_ZIP)):
            if _is_workbook(path, file_name, largest_bytes):
                return path, FileFormat.XLSX
        elif not head.startswith((_GZIP, _XZ)):
            return path, _format_of(head)
        path = _unpack_once(path, head, work=work, files=files, file_name=file_name, largest_bytes=largest_bytes)
    raise InputError("V01: archives within archives", where=file_name, remedy="send the file itself")


def unpacked_head(path: Path, size: int) -> tuple[bytes, FileFormat]:
    """The first bytes inside a file, without unpacking the rest of it, and their format.

    Raises:
        InputError: It is damaged, or an archive of several files.
    """
    with path.open("rb") as source:
        head = source.read(size)
    try:
        if head.startswith((_ZIP, _EMPTY_ZIP)) and _is_workbook(path, path.name, None):
            return head, FileFormat.XLSX
        if head.startswith((_ZIP, _EMPTY_ZIP, _GZIP, _XZ)):
            with _opened(path, head, path.name) as inside:
                head = inside.read(size)
    except _DAMAGE as error:
        raise _damaged(path.name) from error
    return head, FileFormat.XLSX if head.startswith(_ZIP) else _format_of(head)


def _format_of(head: bytes) -> FileFormat:
    if head.startswith(_COMPOUND):
        return FileFormat.XLS
    if head.startswith(_PARQUET):
        return FileFormat.PARQUET
    text = head.replace(b"\0", b"").lower()
    is_markup = text.lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").startswith(b"<")
    return FileFormat.HTML if is_markup and (b"<html" in text or b"<table" in text) else FileFormat.TEXT


def _is_workbook(path: Path, file_name: str, largest_bytes: int | None) -> bool:
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, OSError) as error:
        raise _damaged(file_name) from error
    is_workbook = any(member.filename.startswith("xl/") for member in members)
    for start, name in _FOREIGN_MEMBERS.items():
        if not is_workbook and any(member.filename.startswith(start) for member in members):
            raise not_a_table(name, file_name)
    if is_workbook and largest_bytes is not None and sum(member.file_size for member in members) > largest_bytes:
        raise too_large(file_name, largest_bytes)
    return is_workbook


def _unpack_once(path: Path, head: bytes, *, work: Path, files: ExitStack, file_name: str, largest_bytes: int) -> Path:
    with NamedTemporaryFile(dir=work, prefix="unpacked-", delete=False) as target:
        unpacked = Path(target.name)
        files.callback(unpacked.unlink, missing_ok=True)
        written = 0
        try:
            with _opened(path, head, file_name) as source:
                while chunk := source.read(_CHUNK_BYTES):
                    written += len(chunk)
                    if written > largest_bytes:
                        raise too_large(file_name, largest_bytes)
                    target.write(chunk)
        except _DAMAGE as error:
            raise _damaged(file_name) from error
    return unpacked


@contextmanager
def _opened(path: Path, head: bytes, file_name: str) -> Iterator[IO[bytes]]:
    """The bytes inside a compressed file."""
    if head.startswith(_GZIP):
        with gzip.open(path) as plain:
            yield cast(IO[bytes], plain)
    elif head.startswith(_XZ):
        with lzma.open(path) as plain:
            yield plain
    else:
        with zipfile.ZipFile(path) as archive, archive.open(_only_member(archive, file_name)) as plain:
            yield plain


def _only_member(archive: zipfile.ZipFile, file_name: str) -> zipfile.ZipInfo:
    members = [
        member
        for member in archive.infolist()
        if not (
            member.is_dir() or member.filename.startswith("__MACOSX/") or Path(member.filename).name.startswith(".")
        )
    ]
    if len(members) != 1:
        raise InputError(
            f"V01: the archive holds {len(members)} files", where=file_name, remedy="send one file in one archive"
        )
    if members[0].flag_bits & 1:
        raise InputError(
            "V01: the archive is protected by a password", where=file_name, remedy="ask for it without the password"
        )
    return members[0]


def not_a_table(name: str, file_name: str) -> InputError:
    """The error for a file of a kind that holds no table to read."""
    return InputError(
        f"V01: the file is {name}", where=file_name, remedy="ask for the table itself, as XLSX or CSV, zipped or not"
    )


def _damaged(file_name: str) -> InputError:
    return InputError(
        "V01: the file is damaged or was cut off", where=file_name, remedy="ask the sender to send it again"
    )


def too_large(file_name: str, largest_bytes: int) -> InputError:
    """The error for a file that holds more than the settings allow."""
    return InputError(
        f"V01: the file holds more than {largest_bytes / 1024 / 1024:,.0f} MB",
        where=file_name,
        remedy="raise largest_file_mb in eduplan.yml if it should",
    )

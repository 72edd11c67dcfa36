"""Finds the encoding of a text file and makes it UTF-8, without a copy where it is UTF-8 already.

Belongs here: byte-order marks, UTF-16, GB18030. Does not belong here: what the text says.
"""

from __future__ import annotations

import codecs
import mmap
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import NamedTemporaryFile

from eduplan.errors import EnvironmentFault, InputError

HEAD_BYTES = 256 * 1024
_CHUNK_BYTES = 1024 * 1024
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_UTF8 = ("utf-8", "utf-8-sig")
_CHINESE = "gb18030"


class DecodedText:
    """A text file as UTF-8.

    A file whose head is UTF-8 is read in place, and its rest is left to the parser, which refuses what is not UTF-8.

    Attributes:
        path: The UTF-8 file, which may carry a byte-order mark.
        encoding: The encoding that it arrived in.
        head: Its beginning.
        head_is_all: Whether the head is the whole text.
        work: Folder for temporary files.
    """

    def __init__(
        self, path: Path, *, work: Path, files: ExitStack, file_name: str, encoding: str | None = None
    ) -> None:
        self.path = path
        self.work = work
        self._arrived = path
        self._files = files
        self._file_name = file_name
        self._is_declared = encoding is not None
        head = self._read_head()
        self._head_is_ascii = head.isascii()
        sniffed = codecs.lookup(encoding).name if encoding else sniff_encoding(head, is_all=self.head_is_all)
        self.encoding = sniffed or ""
        if sniffed is None:
            raise self._misfit()
        if self.encoding not in _UTF8:
            self._transcode()
            head = self._read_head()
        self.head = decode_head(head, "utf-8")

    def _read_head(self) -> bytes:
        with self.path.open("rb") as source:
            head = source.read(HEAD_BYTES)
            self.head_is_all = not source.read(1)
        return head

    def decode_again(self) -> None:
        """Tries GB18030 for a text that looked like UTF-8 at its head but is not.

        Raises:
            InputError: No encoding fits.
        """
        if self._is_declared or not self._head_is_ascii or self.encoding != "utf-8":
            raise self._misfit()
        self.encoding = _CHINESE
        self._transcode()

    def has_nul_characters(self) -> bool:
        """Whether NUL characters stand in the text, which some exports pad their fields with."""
        with self.path.open("rb") as source:
            if os.fstat(source.fileno()).st_size == 0:
                return False
            with mmap.mmap(source.fileno(), 0, access=mmap.ACCESS_READ) as text:
                return text.find(b"\0") >= 0

    @contextmanager
    def lines(self) -> Iterator[Iterator[str]]:
        """The lines of the text, with their line ends.

        Raises:
            InputError: Some bytes are not UTF-8.
        """
        try:
            with self.path.open(encoding="utf-8-sig", newline="") as lines:
                yield lines
        except UnicodeDecodeError as error:
            raise self._misfit() from error

    def _transcode(self) -> None:
        """Writes the text as UTF-8 into a temporary file, if it is long with the iconv program of the machine."""
        with NamedTemporaryFile(dir=self.work, prefix="text-", delete=False) as copy:
            self.path = Path(copy.name)
        self._files.callback(self.path.unlink, missing_ok=True)
        # A short text is decoded before the program has started.
        program = None if self.head_is_all else shutil.which("iconv")
        if program and self._transcode_with(program):
            return
        decoder = codecs.getincrementaldecoder(self.encoding)()
        try:
            with self._arrived.open("rb") as source, self.path.open("w", encoding="utf-8", newline="") as target:
                while chunk := source.read(_CHUNK_BYTES):
                    target.write(decoder.decode(chunk))
                target.write(decoder.decode(b"", final=True))
        except UnicodeDecodeError as error:
            raise self._misfit() from error

    def _transcode_with(self, program: str) -> bool:
        """Runs iconv, which is twice as fast as Python's codec; False where it does not know the encoding."""
        command = [program, "-f", self.encoding.replace("utf-16-", "utf-16"), "-t", "utf-8", str(self._arrived)]
        with self.path.open("wb") as target:
            done = subprocess.run(  # noqa: S603 - the program of the machine, and a path that we made
                command, stdout=target, stderr=subprocess.PIPE, check=False, env={**os.environ, "LC_ALL": "C"}
            )
        if b"illegal input" in done.stderr or b"incomplete character" in done.stderr:
            raise self._misfit()
        if done.returncode and b"not supported" not in done.stderr:
            raise EnvironmentFault(
                "the text could not be converted to UTF-8",
                where=self._file_name,
                remedy="see whether the disk is full",
            )
        return done.returncode == 0

    def _misfit(self) -> InputError:
        tried = self.encoding if self._is_declared else "UTF-8, UTF-16 and GB18030"
        return InputError(
            f"V01: the text is not in an encoding that fits (tried {tried})",
            where=self._file_name,
            remedy="ask the sender to save it as UTF-8",
        )


def sniff_encoding(head: bytes, *, is_all: bool) -> str | None:
    """The encoding that the head of a text is in; None if none fits.

    Args:
        head: The first bytes.
        is_all: Whether they are all, so that no character may be cut off at their end.
    """
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            return encoding if _fits(head, encoding, is_all=is_all) else None
    even, odd = head[::2].count(0), head[1::2].count(0)
    if max(even, odd) > len(head) // 8 and min(even, odd) <= len(head) // 200:  # not NUL characters as padding
        return "utf-16-le" if odd > even else "utf-16-be"
    return next((encoding for encoding in ("utf-8", _CHINESE) if _fits(head, encoding, is_all=is_all)), None)


def decode_head(head: bytes, encoding: str) -> str:
    """The head as text, without mark, cut-off last character and NUL characters."""
    return head.decode(encoding, errors="ignore").removeprefix("\ufeff").replace("\0", "")


def _fits(head: bytes, encoding: str, *, is_all: bool) -> bool:
    try:
        codecs.getincrementaldecoder(encoding)().decode(head, final=is_all)
    except UnicodeDecodeError:
        return False
    return True

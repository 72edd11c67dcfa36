"""Finds the encoding of a text file and makes it UTF-8, without a copy where it is UTF-8 already.

Belongs here: byte-order marks, UTF-16, GB18030. Does not belong here: what the text says.
"""

from __future__ import annotations

import codecs
import shutil
import subprocess
from contextlib import ExitStack
from pathlib import Path
from tempfile import NamedTemporaryFile

from eduplan.errors import InputError

HEAD_BYTES = 256 * 1024
CHUNK_BYTES = 1024 * 1024

_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_CHINESE = "gb18030"


class DecodedText:
    """A text file as UTF-8.

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
        with path.open("rb") as source:
            head = source.read(HEAD_BYTES)
        self._head_is_ascii = head.isascii()
        self.head_is_all = len(head) < HEAD_BYTES
        self.encoding = _canonical(encoding) if encoding else self._sniff(head)
        if self.encoding not in ("utf-8", "utf-8-sig"):
            self._transcode()
            with self.path.open("rb") as source:
                head = source.read(HEAD_BYTES)
            self.head_is_all = len(head) < HEAD_BYTES
        elif not _fits(head, "utf-8", is_all=self.head_is_all):
            raise self._misfit()
        self.head = head.decode("utf-8", errors="ignore").removeprefix("\ufeff").replace("\0", "")

    def decode_again(self) -> None:
        """Tries GB18030 for a text that looked like UTF-8 at its head but is not.

        Raises:
            InputError: No encoding fits.
        """
        if self._is_declared or not self._head_is_ascii or self.encoding != "utf-8":
            raise self._misfit()
        self.encoding = _CHINESE
        self._transcode()

    def _sniff(self, head: bytes) -> str:
        for mark, encoding in _MARKS:
            if head.startswith(mark):
                return encoding
        if head[1::2].count(0) > len(head) // 4:
            return "utf-16-le"
        if head[::2].count(0) > len(head) // 4:
            return "utf-16-be"
        for encoding in ("utf-8", _CHINESE):
            if _fits(head, encoding, is_all=self.head_is_all):
                return encoding
        raise self._misfit()

    def _transcode(self) -> None:
        """Writes the text as UTF-8 into a temporary file, with the iconv program where the machine has it."""
        with NamedTemporaryFile(dir=self.work, prefix="text-", delete=False) as copy:
            self.path = Path(copy.name)
        self._files.callback(self.path.unlink, missing_ok=True)
        program = shutil.which("iconv")
        if program:
            with self.path.open("wb") as target:
                # LC_ALL=C keeps the messages in English; they are not shown, for they may quote the text.
                command = [program, "-f", self.encoding, "-t", "utf-8", str(self._arrived)]
                done = subprocess.run(command, stdout=target, stderr=subprocess.DEVNULL, check=False)  # noqa: S603
            if done.returncode:
                raise self._misfit()
            return
        decoder = codecs.getincrementaldecoder(self.encoding)()
        try:
            with self._arrived.open("rb") as source, self.path.open("w", encoding="utf-8", newline="") as target:
                while chunk := source.read(CHUNK_BYTES):
                    target.write(decoder.decode(chunk))
                target.write(decoder.decode(b"", final=True))
        except UnicodeDecodeError as error:
            raise self._misfit() from error

    def _misfit(self) -> InputError:
        tried = self.encoding if self._is_declared else "UTF-8, UTF-16 and GB18030"
        return InputError(
            f"V01: the text is not in an encoding that fits (tried {tried})",
            where=self._file_name,
            remedy="ask the sender to save it as UTF-8",
        )


def _fits(head: bytes, encoding: str, *, is_all: bool) -> bool:
    try:
        codecs.getincrementaldecoder(encoding)().decode(head, final=is_all)
    except UnicodeDecodeError:
        return False
    return True


def _canonical(encoding: str) -> str:
    return codecs.lookup(encoding).name

"""What people see of errors that the engine did not raise itself."""

from __future__ import annotations

import errno

import duckdb
import pytest

from eduplan.errors import EnvironmentFault, ExitCode, InputError, LockedError
from eduplan.faults import describe_unexpected, explain, mask, masked_traceback

IDENTITY = "990101201001011234"


def test_an_own_error_is_explained_already() -> None:
    error = InputError("the file is empty", where="a.csv", remedy="send it again")
    assert explain(error) is error


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EFBIG, errno.EDQUOT])
def test_a_full_disk(number: int) -> None:
    known = explain(OSError(number, "no", "/data/x.parquet"))
    assert isinstance(known, EnvironmentFault)
    assert known.line.startswith("/data/x.parquet: the disk is full")


def test_a_full_disk_below_duckdb() -> None:
    known = explain(duckdb.IOException('Could not write file "x": No space left on device'))
    assert isinstance(known, EnvironmentFault)


def test_no_permission() -> None:
    known = explain(PermissionError(errno.EACCES, "no", "/data"))
    assert known is not None
    assert known.line == "/data: no permission (run as the user that owns the folder, or change its mode)"


def test_a_lock_below_duckdb() -> None:
    known = explain(
        duckdb.IOException("IO Error: Could not set lock on file: Conflicting lock is held in python (PID 1)")
    )
    assert isinstance(known, LockedError)
    assert known.exit_code is ExitCode.LOCKED


def test_too_little_memory() -> None:
    assert isinstance(explain(duckdb.OutOfMemoryException("Out of Memory Error")), EnvironmentFault)


def test_an_unknown_error_is_not_explained() -> None:
    assert explain(ValueError("x")) is None


def _raise(message: str) -> Exception:
    try:
        raise ValueError(message)
    except ValueError as error:
        return error


def test_an_unexpected_error_shows_place_and_kind_but_no_message() -> None:
    line = describe_unexpected(_raise(f"could not convert '{IDENTITY}' of 张三"))
    assert line.startswith("unexpected ValueError at test_faults.py:")
    assert "--debug" in line
    assert IDENTITY not in line
    assert "张三" not in line


def test_a_traceback_masks_quoted_texts_and_long_numbers() -> None:
    shown = masked_traceback(_raise(f"could not convert '张三' with {IDENTITY}"))
    assert "test_faults.py" in shown
    assert IDENTITY not in shown.split("ValueError:")[1]
    assert "张三" not in shown.split("ValueError:")[1]


def test_masking_leaves_short_numbers() -> None:
    assert mask('row 12 of "张三" has 11010519491231002X') == "row 12 of '…' has ······"

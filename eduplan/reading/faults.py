"""Turns what the operating system refuses into one clear line.

Belongs here: errors of disk and permission while files are landed or read.
"""

from __future__ import annotations

import errno

from eduplan.errors import EduplanError, EnvironmentFault, InputError


def disk_fault(error: OSError, *, where: str) -> EduplanError:
    """The error that a person sees for an operating-system error.

    Args:
        error: What the operating system said.
        where: The file that was being landed or read.
    """
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return EnvironmentFault("the disk is full", where=where, remedy="free some space and run again")
    if isinstance(error, FileNotFoundError):
        return InputError("the file is gone", where=where, remedy="it was moved or deleted while it was read")
    if isinstance(error, PermissionError):
        return EnvironmentFault("permission denied", where=where, remedy="let the user that runs the load read it")
    return EnvironmentFault(f"cannot be read: {error.strerror or 'input/output error'}", where=where)

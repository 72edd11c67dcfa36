"""Turns what the operating system refuses while a file is landed or read into one clear line about that file.

Belongs here: naming the file that people know. Does not belong here: the causes (:mod:`eduplan.faults`).
"""

from __future__ import annotations

from eduplan.errors import EduplanError, EnvironmentFault, InputError
from eduplan.faults import explain


def disk_fault(error: OSError, *, where: str) -> EduplanError:
    """The error that a person sees for an operating-system error.

    Args:
        error: What the operating system said.
        where: The file that was being landed or read.
    """
    if isinstance(error, FileNotFoundError):
        return InputError("the file is gone", where=where, remedy="it was moved or deleted while it was read")
    known = explain(error)
    if known is not None:
        return type(known)(known.what, where=where, remedy=known.remedy)
    return EnvironmentFault(
        f"cannot be read or kept: {error.strerror or 'input/output error'}", where=where, remedy="look at the disk"
    )

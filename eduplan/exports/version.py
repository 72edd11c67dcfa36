"""Which SDMX-ML is written.

Belongs here: what the command line needs to know before the export is loaded.
"""

from __future__ import annotations

from enum import StrEnum


class MessageVersion(StrEnum):
    """Versions of SDMX-ML."""

    V30 = "3.0"
    V21 = "2.1"

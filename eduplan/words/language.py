"""The languages that everything is said in.

Belongs here: their names. Does not belong here: choosing one (``eduplan.cli.session``).
"""

from __future__ import annotations

from typing import Literal

Language = Literal["en", "zh"]

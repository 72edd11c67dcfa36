"""Which of several statuses stands for all of them.

Belongs here: the order of statuses. Does not belong here: how a status looks or how it is found.
"""

from __future__ import annotations

WORST_FIRST = ("missed", "off_track", "insufficient_data", "at_risk", "on_track", "met")
"""Statuses that judge something, the worst first: too little data is worse than a risk that is known."""

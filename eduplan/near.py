"""What a misspelt name may have meant.

Belongs here: finding near names and saying so, in the remedy of an error. Does not belong here: knowing the names.
"""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

_MOST_LISTED = 12


def near_names(name: str, known: Iterable[str], *, most: int = 3) -> list[str]:
    """The known names that are most like a name, the nearest first, or else those that contain it.

    Upper and lower case make no difference.
    """
    by_lower = {each.lower(): each for each in known}
    stem = name.lower().removesuffix("s")
    near = get_close_matches(name.lower(), by_lower, n=most, cutoff=0.7)
    near = near or [each for each in by_lower if len(stem) > 2 and stem in each][:most]
    return [by_lower[each] for each in near]


def names_there_are(name: str, known: Iterable[str], *, where: str = "") -> str:
    """A remedy for a name that nothing has: the near names, or else all, or where to find them if they are many.

    Args:
        name: What was asked for.
        known: Names that there are.
        where: Where all of them are shown, for names that are too many to be listed.
    """
    listed = sorted(known)
    if near := near_names(name, listed):
        return f"did you mean {' or '.join(near)}?"
    if len(listed) > _MOST_LISTED and where:
        return f"there are {len(listed)}: {where}"
    return f"there is: {', '.join(listed) or 'none'}"

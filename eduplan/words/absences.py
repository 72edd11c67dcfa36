"""Why there is no value: suppressed, missing and not applicable are three things, and none of them is a zero.

Belongs here: their words and what they mean. Does not belong here: how a page or a sheet shows them.
"""

from __future__ import annotations

from typing import NamedTuple

from eduplan.words.text import Text


class Absence(NamedTuple):
    """Why there is no value: its word, and what that means."""

    word: Text
    meaning: Text


ABSENCES: dict[str, Absence] = {
    "Q": Absence(
        Text("suppressed", "不公布"),
        Text("known, and not told, because it could give away single persons", "已统计，但可能涉及个人，故不公布"),
    ),
    "M": Absence(Text("missing", "缺"), Text("should be known, and was not reported", "应有而未报送")),
    "N": Absence(
        Text("n/a", "不适用"), Text("there is nothing that it could be measured on", "没有可统计的对象（分母为零）")
    ),
}
"""By ``obs_status``. A zero is a value and is printed as one."""

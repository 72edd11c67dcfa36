"""Templates become pages: one environment, each template compiled once.

Belongs here: the environment, what every template can call, writing files. Does not belong here: what a page knows.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup

from eduplan.site import wording
from eduplan.site.navigation import NAVIGATION
from eduplan.site.wording import Text, Units


class Renderer:
    """Writes pages into the folder of a site.

    Args:
        templates: Folder of the templates.
        site: Folder that pages are written into.
        units: How units are written.
        everywhere: What every template knows besides: ``city``, ``release``.
    """

    def __init__(self, templates: Path, site: Path, units: Units, everywhere: Mapping[str, Any]) -> None:
        self._site = site
        self._environment = jinja2.Environment(
            loader=jinja2.FileSystemLoader(templates),
            autoescape=True,
            trim_blocks=True,
            lstrip_blocks=True,
            undefined=jinja2.StrictUndefined,
            auto_reload=False,
        )
        self._environment.filters |= {"rounded": wording.rounded, "exact": wording.exact, "json": as_json}
        self._environment.globals |= {
            "t": wording.both,
            "absent": wording.absent,
            "absences": wording.ABSENCES,
            "fewer_decimals": wording.FEWER_DECIMALS,
            "decimals_of": wording.decimals_of,
            "told": wording.told,
            "status": wording.status,
            "status_text": wording.status_text,
            "dot": wording.dot,
            "units": units,
            "navigation": NAVIGATION,
            **everywhere,
        }

    def page(
        self, file: str, template: str, title: Text, *, here: str = "", root: str | None = None, **knows: Any
    ) -> None:
        """Renders a page.

        Args:
            file: Its path below the site's folder, with slashes.
            template: File name of its template.
            title: Its title.
            here: The entry of the navigation that it stands under, if not its own.
            root: The way to the site's folder, where it is not the one from the file.
            knows: What the template shows.
        """
        root = "../" * file.count("/") if root is None else root
        text = self._environment.get_template(template).render(title=title, root=root, here=here or file, **knows)
        path = self._site / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def as_json(value: Any) -> Markup:
    """A value as JSON that may stand inside a script element of a page."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=_plain)
    return Markup(text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026"))  # noqa: S704


def _plain(value: object) -> object:
    """What JSON has no type for; decimals become numbers and not text."""
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, date | datetime):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no place in a page")

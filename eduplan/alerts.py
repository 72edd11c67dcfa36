"""Tells somebody that a night failed: one line to the log, one message to the webhook.

Belongs here: the message and its delivery. Does not belong here: deciding that something failed.
"""

from __future__ import annotations

import json
import logging
import urllib.error
import urllib.request
from collections.abc import Sequence
from dataclasses import asdict, dataclass

LOG = logging.getLogger("eduplan")
TIMEOUT_SECONDS = 10


@dataclass(frozen=True)
class Alert:
    """What failed.

    Attributes:
        job: Name of the job, or of the command.
        run: Identifier of the run, where there is one.
        lines: Problems, one line each, without identities.
        at: When, ISO 8601.
    """

    job: str
    run: str
    lines: Sequence[str]
    at: str

    @property
    def text(self) -> str:
        """The whole alert as one text, which is what chat webhooks show."""
        return "\n".join([f"eduplan: {self.job} failed ({self.at})", *self.lines])


def send(alert: Alert, webhook_url: str | None) -> bool:
    """Logs an alert and posts it as JSON; a webhook that does not answer is logged and never raises.

    Args:
        alert: What failed.
        webhook_url: Where to post it; nothing is posted without one.

    Returns:
        Whether the webhook took it.
    """
    LOG.error("%s", " | ".join(alert.text.splitlines()))
    if not webhook_url:
        return False
    body = json.dumps({"text": alert.text, **asdict(alert)}, ensure_ascii=False).encode()
    request = urllib.request.Request(  # noqa: S310 - the scheme is checked below
        webhook_url, data=body, headers={"Content-Type": "application/json; charset=utf-8"}, method="POST"
    )
    if request.type not in ("http", "https"):
        LOG.error("webhook_url must start with http:// or https://")
        return False
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS) as answer:  # noqa: S310 - http or https
            return bool(200 <= answer.status < 300)
    except (urllib.error.URLError, TimeoutError, OSError) as error:
        LOG.error("the webhook did not take the alert: %s", type(error).__name__)
        return False

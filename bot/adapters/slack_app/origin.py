"""Where an interaction came from, so that its reply finds its way back."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from bot.adapters.slack_app.limits import ACK_S, RESPONSE_URL_S


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """The user, the place, and the ways to answer that Slack handed us."""

    user_id: str
    channel_id: str = ""
    thread_ts: str | None = None
    message_ts: str | None = None  # the message that a button sits on
    is_ephemeral: bool = False  # that message is shown to its asker only
    response_url: str = ""
    received_at: float = field(default_factory=time.time)  # seconds since the epoch
    trigger_id: str = ""
    trigger_at: float = field(default_factory=time.time)
    view_id: str = ""  # the modal that a button or the form sits in
    is_home: bool = False  # the view is the Home tab, which cannot be replaced by an answer
    is_spoken: bool = False  # a message, not a command: answered in its thread

    @property
    def is_direct(self) -> bool:
        """Tell whether this is a direct message: with the bot, or between two members."""
        return self.channel_id.startswith("D")

    @property
    def has_response_url(self) -> bool:
        """Tell whether the response address is still good."""
        return bool(self.response_url) and time.time() - self.received_at < RESPONSE_URL_S

    @property
    def has_trigger(self) -> bool:
        """Tell whether the trigger can still open a modal; Slack gives it three seconds."""
        return bool(self.trigger_id) and time.time() - self.trigger_at < ACK_S - 0.3

    def to_metadata(self) -> dict[str, Any]:
        """Give what a modal carries, so that what follows it can answer in the same place."""
        return {
            "c": self.channel_id,
            "t": self.thread_ts,
            "m": self.message_ts,
            "e": self.is_ephemeral,
            "r": self.response_url if len(self.response_url) < 600 else "",  # noqa: PLR2004
            "a": round(self.received_at),
        }

    def with_metadata(self, view: Mapping[str, Any]) -> Origin:
        """Give the origin with what the modal carried."""
        try:
            kept = json.loads(view.get("private_metadata") or "{}")
        except ValueError:
            return self
        if not isinstance(kept, dict):
            return self
        return replace(
            self,
            channel_id=str(kept.get("c") or self.channel_id),
            thread_ts=kept.get("t"),
            message_ts=kept.get("m"),
            is_ephemeral=bool(kept.get("e")),
            response_url=str(kept.get("r") or ""),
            received_at=float(kept.get("a") or 0.0),
        )

    def without_response_url(self) -> Origin:
        """Give the origin with no response address: the one it carried is not Slack's."""
        return replace(self, response_url="")

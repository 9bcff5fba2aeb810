"""Slack's error strings as what can be done about them."""

from __future__ import annotations

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError

from bot.adapters.slack_app.clients import retry_after
from bot.core.courier import CourierError, Forbidden, Gone, TryLater
from bot.core.errors import OperatorError

# Slack's word for what is gone, and ours, which operators and administrators read.
_GONE = {
    "cannot_dm_bot": "a bot takes no direct messages",
    "cant_delete_message": "the message cannot be deleted",
    "cant_update_message": "the message cannot be changed",
    "channel_not_found": "the channel is deleted or hidden from me",
    "edit_window_closed": "the message is too old to be changed",
    "is_archived": "the channel is archived",
    "message_not_found": "the message is deleted",
    "thread_not_found": "the thread is deleted",
    "user_disabled": "the user is deactivated",
    "user_not_found": "the user is unknown here",
}
_NOT_ALLOWED = frozenset({
    "ekm_access_denied", "missing_scope", "no_permission", "not_in_channel",
    "restricted_action", "restricted_action_non_threadable_channel",
    "restricted_action_read_only_channel", "restricted_action_thread_locked",
    "restricted_action_thread_only_channel", "team_access_not_granted", "user_is_restricted",
    "messages_tab_disabled", "not_allowed_token_type",
})  # fmt: skip
_LATER = frozenset({
    "accesslimited", "fatal_error", "internal_error", "rate_limited", "ratelimited",
    "request_timeout", "service_unavailable", "team_added_to_org",
})  # fmt: skip
_LOGIN = frozenset({
    "account_inactive", "invalid_auth", "not_authed", "token_expired", "token_revoked",
    "not_allowed_token_type", "org_login_required", "team_access_not_granted",
})  # fmt: skip

# What the SDK lets through when the network fails.
NETWORK = (aiohttp.ClientError, TimeoutError, ConnectionError, SlackClientError)

UNCLEAR_S = 5.0


def error_name(error: BaseException) -> str:
    """Give Slack's own word for what went wrong, or the kind of the exception."""
    if isinstance(error, SlackApiError) and not isinstance(error.response, str):
        try:
            return str(error.response.get("error") or "unreadable")
        except (AttributeError, ValueError):
            return "unreadable"  # an answer that is no JSON, such as a gateway's page
    return type(error).__name__


def is_unclear(error: BaseException) -> bool:
    """Tell whether Slack may have done it nevertheless: a lost answer, a 5xx."""
    if not isinstance(error, SlackApiError):
        return True
    found = getattr(error.response, "status_code", None) or getattr(error.response, "status", 0)
    status = int(found or 0)
    return status >= 500 or error_name(error) in {"unreadable", "fatal_error", "internal_error"}  # noqa: PLR2004


def courier_error(error: BaseException) -> CourierError:
    """Say what an outbox can do about a failed call."""
    name = error_name(error)
    if name in _LATER or is_unclear(error):
        headers = getattr(getattr(error, "response", None), "headers", None) or {}
        return TryLater(max(1.0, retry_after(headers)) if name == "ratelimited" else UNCLEAR_S)
    if name in _NOT_ALLOWED:
        return Forbidden(_missing(error, name))
    return TryLater(60.0) if name in _LOGIN else Gone(_GONE.get(name, name))


def _missing(error: BaseException, name: str) -> str:
    if name == "missing_scope" and isinstance(error, SlackApiError):
        return str(error.response.get("needed") or name)
    return name


def login_error(error: BaseException, setting: str) -> OperatorError | None:
    """Give what to tell the operator about a refused token; None where it is something else."""
    name = error_name(error)
    if name not in _LOGIN:
        return None
    return OperatorError(
        f"Slack refused {setting} ({name}). Copy the token again from api.slack.com/apps "
        "(see docs/slack.md) and make sure the app is installed in the workspace."
    )

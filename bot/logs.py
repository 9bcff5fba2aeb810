"""Logs: one line per event, JSON or readable, with tokens and members' words left out.

Messages of exceptions that are not ours may quote what a member typed (an SQL syntax error, a
`ValueError`), so a traceback shows frames and types, and the message only of our own errors.
"""

from __future__ import annotations

import logging
import re
import sys
import traceback
from collections.abc import Iterable, Mapping, MutableMapping
from typing import TYPE_CHECKING, Any

import structlog

if TYPE_CHECKING:
    from bot.settings import Settings

_TOKEN = re.compile(
    r"xox[a-z]-[\w-]{6,}|xapp-[\w-]{6,}|[\w-]{23,28}\.[\w-]{6}\.[\w-]{27,}"
    r"|(?i:bearer|bot|basic)\s+[\w.=+/-]{20,}|sk-[\w-]{16,}"
)
_WORDS = frozenset(
    (
        "text",
        "title",
        "question",
        "answer",
        "content",
        "values",
        "payload",
        "reason",
        "display_name",
    )
)
_CHATTY = ("slack_bolt", "slack_sdk", "discord", "aiohttp", "asyncio", "hpack", "httpx", "urllib3")
_OURS = ("bot.", "storage.", "prompts")
_LONGEST = 300


def set_up(settings: Settings) -> None:
    """Send our logs and those of the libraries through one door, to stderr or to a file.

    Raises:
        OSError: the log file cannot be written.
    """
    stream = (
        settings.log_file.expanduser().open("a", encoding="utf-8")
        if settings.log_file
        else sys.stderr
    )
    as_json = settings.log_json if settings.log_json is not None else not stream.isatty()
    level = getattr(logging, settings.log_level.upper())
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        frames_only,
        Redactor(settings.secrets()),
    ]
    renderer: Any = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if as_json
        else structlog.dev.ConsoleRenderer(colors=False, pad_event_to=0)
    )
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[foreign_words, *shared],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in _CHATTY:  # below this they log whole payloads
        logging.getLogger(name).setLevel(max(level, logging.WARNING))


def set_up_quiet() -> None:
    """Log warnings and errors only, readable, to stderr: for one-shot commands and the chat."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            frames_only,
            Redactor(()),
            structlog.dev.ConsoleRenderer(colors=False, pad_event_to=0),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )


def to_file(settings: Settings) -> None:
    """Log to a file in the data folder: a chat's screen is no place for log lines.

    Raises:
        OSError: the file cannot be written.
    """
    path = settings.log_file or settings.data_dir / "reelbank.log"
    path.parent.mkdir(parents=True, exist_ok=True)
    level = max(logging.INFO, getattr(logging, settings.log_level.upper()))
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            frames_only,
            Redactor(settings.secrets()),
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.WriteLoggerFactory(path.open("a", encoding="utf-8")),
        cache_logger_on_first_use=False,
    )


class Redactor:
    """A structlog processor: no tokens, and no value under a name that holds people's words."""

    def __init__(self, secrets: Iterable[str]) -> None:
        self._secrets = tuple(s for s in secrets if len(s) >= 6)  # noqa: PLR2004  "" would match

    def __call__(
        self, _logger: Any, _method: str, event: MutableMapping[str, Any]
    ) -> MutableMapping[str, Any]:
        """Clean one event in place."""
        for key, value in event.items():
            if key.startswith("_"):
                continue
            event[key] = "(left out)" if key in _WORDS else self.clean(value)
        return event

    def clean(self, value: Any) -> Any:
        """Take tokens out of a value, however deep."""
        if isinstance(value, str):
            for secret in self._secrets:
                value = value.replace(secret, "(token)")
            return _TOKEN.sub("(token)", value)
        if isinstance(value, Mapping):
            return {k: "(left out)" if k in _WORDS else self.clean(v) for k, v in value.items()}
        if isinstance(value, list | tuple | set | frozenset):
            return [self.clean(v) for v in value]
        return value if isinstance(value, int | float | None) else self.clean(str(value))


def frames_only(
    _logger: Any, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Replace `exc_info` by frames and types; messages of our own errors are kept."""
    info = event.pop("exc_info", None)
    error = info if isinstance(info, BaseException) else None
    if isinstance(info, tuple):
        error = info[1]
    elif info and error is None:
        error = sys.exc_info()[1]
    if error is not None:
        event["exception"] = "\n".join(_chain(error))
    return event


def _chain(error: BaseException) -> list[str]:
    lines: list[str] = []
    seen: set[int] = set()
    current: BaseException | None = error
    while current is not None and id(current) not in seen:
        seen.add(id(current))
        frames = traceback.extract_tb(current.__traceback__)
        lines += [f"{f.filename}:{f.lineno} in {f.name}" for f in frames]
        lines.append(describe(current))
        current = current.__cause__ or current.__context__
    return lines


def describe(error: BaseException) -> str:
    """Name an error without any words that a member may have typed."""
    kind = type(error)
    is_safe = kind.__module__.startswith(_OURS) or isinstance(error, OSError)
    return f"{kind.__name__}: {error}" if is_safe else kind.__name__


def foreign_words(
    _logger: Any, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Keep the first line of what a library logs: the rest may be a payload or a repr."""
    event["event"] = str(event.get("event", "")).partition("\n")[0][:_LONGEST]
    return event

"""The whole exception tree; `dispatch` is the one place that turns it into replies.

ReelbankError
├── UserError          its words come from prompts/replies/<locale>/error.j2, safe to show
│   ├── InvalidField   one field of a form; adapters show it beside the field
│   ├── NotFound       no such idea, industry, command ...
│   ├── NotAllowed     the role does not reach
│   ├── TooMany        a rate limit, with the seconds left
│   ├── Conflict       somebody else was faster, or the move is not legal from this status
│   └── Busy           the store is locked for longer than we wait
└── OperatorError      for whoever runs Reelbank: a message that says what to do
    ├── MissingSetting
    └── StoreUnusable
"""

from __future__ import annotations

from typing import Any


class ReelbankError(Exception):
    """Base of everything that Reelbank raises on purpose."""


class UserError(ReelbankError):
    """Something that the person who asked can mend; `text` names a macro of `error.j2`.

    Args:
        text: the macro's name, for instance `idea_not_found`.
        values: what the macro takes. Never logged, since it may be a member's words.
    """

    def __init__(self, text: str, **values: Any) -> None:
        super().__init__(text)
        self.text = text
        self.values = values


class InvalidField(UserError):
    """One field of a form or one option is wrong; shown beside that field where possible."""

    def __init__(self, field: str, text: str, **values: Any) -> None:
        super().__init__(text, **values)
        self.field = field


class NotFound(UserError):
    """There is no such idea, industry, command or person here."""


class NotAllowed(UserError):
    """The actor's role does not reach, or the thing is somebody else's."""


class TooMany(UserError):
    """A rate limit; `values["seconds_left"]` says when the next one is free."""


class Conflict(UserError):
    """The move is not legal from the present status, or another person was faster."""


class Busy(UserError):
    """The store stayed locked for longer than a person should wait."""


class OperatorError(ReelbankError):
    """The message is for whoever runs Reelbank: what is wrong and what to do."""


class MissingSetting(OperatorError):
    """A setting that this command needs is not there."""


class StoreUnusable(OperatorError):
    """The store cannot be opened: newer version, read-only, full disk, not a database."""

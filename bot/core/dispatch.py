"""Authorise, validate, rate-limit, handle; the one place where errors become replies."""

from __future__ import annotations

import secrets
import traceback
from collections.abc import Mapping
from dataclasses import replace
from functools import cache

import structlog

from bot.core import commands, wire
from bot.core.cleaning import clean_name
from bot.core.errors import (
    Busy,
    Conflict,
    InvalidField,
    NotAllowed,
    NotFound,
    OperatorError,
    UserError,
)
from bot.core.limits import require_quota
from bot.core.model import Command, Form, Reply, Request, Role, Style, Value, Visibility
from bot.core.services import Services
from bot.core.validate import validate
from prompts import render
from storage import AlreadyDone, NotThere, Stale, StoreError, StoreLocked

__all__ = ["dispatch", "error_reply", "find", "prefilled", "validate", "visibility"]

log = structlog.get_logger(__name__)


def find(name: str) -> Command | None:
    """Give the command of this exact name, listed or not."""
    return _by_name().get(name)


@cache
def _by_name() -> dict[str, Command]:
    return {command.name: command for command in commands.ALL}


def visibility(request: Request) -> Visibility:
    """Tell who will see the reply; an unknown command is answered to its asker."""
    command = find(request.command)
    return Visibility.ASKER if command is None else command.visibility(request)


async def dispatch(services: Services, request: Request) -> Reply:
    """Run one request. Raises nothing but cancellation: every error is a reply."""
    try:
        return wire.owned(await _run(services, request), request.actor.account_key)
    except Exception as error:  # noqa: BLE001  the one place where errors become replies
        return error_reply(request, error)


async def prefilled(services: Services, request: Request) -> Mapping[str, Value]:
    """Give what the form of a command shows from the start; nothing where it starts empty.

    Raises:
        UserError: the actor may not use the command, or not on this.
    """
    command = find(request.command)
    if command is None or (command.prefill is None and command.audience is Role.MEMBER):
        return {}
    request = await _known(services, request)
    _require_role(services, request, command)
    return {} if command.prefill is None else await command.prefill(services, request)


async def _run(services: Services, request: Request) -> Reply:
    command = find(request.command)
    if command is None:
        raise NotFound("unknown_command", name=request.command)
    request = await _known(services, request)
    _require_role(services, request, command)
    # Counted first: what is wrong in a form costs as much to read as what is right.
    await require_quota(services, request, command)
    values, errors = validate(command, request.values, request.locale)
    if errors:
        return _field_errors(command, request, errors)
    request = replace(request, values=values)
    try:
        return await command.handle(services, request)
    except InvalidField as error:
        if error.field not in {field.name for field in command.form_fields}:
            raise
        # What was typed into the form is not lost: it comes back with it.
        wrong = render(f"error.{error.text}", request.locale, **error.values)
        return _field_errors(command, request, {error.field: wrong})


def _require_role(services: Services, request: Request, command: Command) -> None:
    if request.actor.role >= command.audience:
        return
    role = command.audience.name.lower()
    courier = services.couriers.get(request.community.platform)
    if request.place.is_direct and courier is not None and not courier.knows_roles_in_direct:
        raise NotAllowed("not_in_direct", role=role, command=command.name)
    raise NotAllowed("not_allowed", role=role)


async def _known(services: Services, request: Request) -> Request:
    """Give the request with the person behind the account and the role that our own list grants."""
    community = request.community
    actor = replace(request.actor, display_name=clean_name(request.actor.display_name))
    person = await services.store.members.ensure(
        community.id, actor.account_key, actor.display_name, request.now
    )
    granted = await services.store.members.role(community.id, actor.account_key)
    role = max(actor.role, Role(granted)) if granted else actor.role
    if services.settings.is_admin(actor.account_key):
        role = Role.ADMIN
    return replace(request, actor=replace(actor, person_id=person.id, role=role))


def _field_errors(command: Command, request: Request, errors: Mapping[str, str]) -> Reply:
    """Say what is wrong with each field and hand the form back with what was typed."""
    form = None
    if command.form_fields and any(f.name in errors for f in command.form_fields):
        form = Form(
            command=command.name,
            title=command.form_title,
            fields=command.form_fields,
            values=request.values,
        )
    return Reply(
        text=render("error.fields", request.locale, errors=list(errors.values())),
        style=Style.DANGER,
        is_private=True,
        errors=errors,
        form=form,
        ok=False,
    )


def error_reply(request: Request, error: Exception) -> Reply:
    """Turn an error into words with a reference that leads to the log line, which holds none."""
    reference = secrets.token_hex(3)
    known = _as_user_error(error)
    if known is None:
        log.error("failed", reference=reference, command=request.command, **_traced(error))
        known = UserError("unexpected")
    else:
        log.info("refused", reference=reference, command=request.command, why=known.text)
    return Reply(
        text=render(f"error.{known.text}", request.locale, **known.values),
        footer=render("error.reference", request.locale, reference=reference),
        style=Style.DANGER,
        is_private=True,
        ok=False,
        is_busy=isinstance(known, Busy),
    )


def _as_user_error(error: Exception) -> UserError | None:
    """Give the words for an error that a person can do something about; None for all others."""
    if isinstance(error, UserError):
        return error
    if isinstance(error, Stale):
        return Conflict("stale", current=str(getattr(error.current, "status", error.current)))
    known = {
        AlreadyDone: Conflict("already_done"),
        NotThere: NotFound("not_there"),
        StoreLocked: Busy("busy"),
    }
    return next((words for kind, words in known.items() if isinstance(error, kind)), None)


def _traced(error: Exception) -> dict[str, object]:
    """Give type and frames; the message only of our own errors, others may quote a member."""
    frames = traceback.extract_tb(error.__traceback__)[-8:]
    where = [f"{frame.filename.rpartition('/')[2]}:{frame.lineno} {frame.name}" for frame in frames]
    is_ours = isinstance(error, StoreError | OperatorError)
    return {
        "error": type(error).__name__,
        "where": where,
        **({"why": str(error)} if is_ours else {}),
    }

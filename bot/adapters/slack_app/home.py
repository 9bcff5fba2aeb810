"""The Home tab: a standing screen with help and the member's own ideas."""

from __future__ import annotations

from typing import Any

import structlog
from slack_sdk.web.async_client import AsyncWebClient

from bot.adapters.slack_app import limits
from bot.adapters.slack_app.blocks import section, view_blocks
from bot.adapters.slack_app.controls import controls_of
from bot.adapters.slack_app.failures import NETWORK, error_name
from bot.adapters.slack_app.origin import Origin
from bot.adapters.slack_app.workspace import Workspace
from bot.core.dispatch import dispatch, find
from bot.core.model import Button, Reply, Request, Style
from prompts import render

log = structlog.get_logger(__name__)

SECTIONS = ("idea mine", "help")
"""The commands whose replies make up the screen, from top to bottom."""
SETUP = "setup"
"""The command whose button administrators see there as well."""
ACTIONS = ("idea add", "ask")
"""The commands whose forms the buttons at the top open."""


class Home:
    """Publishes the Home tab of whoever opens it."""

    def __init__(self, workspace: Workspace, client: AsyncWebClient) -> None:
        self._workspace = workspace
        self._client = client

    async def show(self, user_id: str) -> None:
        """Publish the screen; a failure leaves the one that is there."""
        request = await self._workspace.request(Origin(user_id=user_id), SECTIONS[0], {})
        blocks = await self._blocks(request)
        try:
            await self._client.views_publish(
                user_id=user_id, view={"type": "home", "blocks": blocks}
            )
        except NETWORK as error:
            log.warning("slack_home_not_shown", error=error_name(error))

    async def _blocks(self, request: Request) -> list[dict[str, Any]]:
        locale = request.locale
        services = self._workspace.services
        top = Reply(
            title=render("slack.home_title", locale),
            text=render("slack.home_intro", locale),
            buttons=tuple(_openers(request)),
        )
        blocks = view_blocks(top, await controls_of(services, top))
        shown = (name for name in SECTIONS if find(name) is not None)
        for place, name in enumerate(shown, start=1):
            reply = await dispatch(services, _named(request, name))
            controls = await controls_of(services, reply, locale=locale, first=place * 100)
            blocks += [{"type": "divider"}, *view_blocks(reply, controls)]
        return blocks[: limits.BLOCKS_IN_VIEW] or [section("…")]


def _openers(request: Request) -> list[Button]:
    buttons: list[Button] = []
    for name in ACTIONS:
        command = find(name)
        if command is not None and command.form_fields:
            label = command.form_title or command.summary
            style = Style.PLAIN if buttons else Style.PRIMARY
            buttons.append(Button(label=label, command=name, opens_form=True, style=style))
    setup = find(SETUP)
    if setup is not None and request.actor.role >= setup.audience:
        buttons.append(Button(label=render("setup.start", request.locale), command=SETUP))
    return buttons


def _named(request: Request, name: str) -> Request:
    return Request(
        command=name,
        actor=request.actor,
        community=request.community,
        now=request.now,
        locale=request.locale,
        place=request.place,
    )

"""One bank behind two communities, and one person behind two accounts."""

from __future__ import annotations

from bot.core.commands import ideas
from bot.core.errors import NotFound
from bot.core.model import Button, Command, Field, FieldType, Reply, Request, Role, Style
from bot.core.services import Services
from prompts import render
from storage import NotThere

_CODE = Field(
    name="code",
    label="Code",
    description="The one-time code, good for 15 minutes",
    is_required=True,
    max_length=40,
)


async def link_code(services: Services, request: Request) -> Reply:
    """Give a code with which another community joins this one's bank."""
    code = await services.store.communities.make_link_code(
        ideas.write_of(request), request.community.id
    )
    return Reply(text=render("link.code", request.locale, code=code))


async def link_join(services: Services, request: Request) -> Reply:
    """Join the bank of the community that made the code."""
    try:
        row = await services.store.communities.redeem_link_code(
            ideas.write_of(request), request.community.id, request.text("code")
        )
    except NotThere:
        raise NotFound("link_code_wrong") from None
    names = [c.name for c in await services.banks.communities(row.bank_id) if c.id != row.id]
    return Reply(text=render("link.joined", request.locale, names=names), style=Style.SUCCESS)


async def link_leave(services: Services, request: Request) -> Reply:
    """Part from the shared bank, after asking once."""
    others = [
        c.name
        for c in await services.banks.communities(request.community.bank_id)
        if c.id != request.community.id
    ]
    if not others:
        raise NotFound("not_linked")
    if not request.flag("sure"):
        button = Button(
            label=render("button.apply", request.locale),
            command="link leave",
            values={"sure": True},
            style=Style.DANGER,
        )
        text = render("link.leave_sure", request.locale, names=others)
        return Reply(text=text, buttons=(button,))
    await services.store.communities.unlink(ideas.write_of(request), request.community.id)
    return Reply(text=render("link.left", request.locale), replace=True)


async def link_me(services: Services, request: Request) -> Reply:
    """Give a code for one's other account, or take the one that was made there."""
    code = request.text("code")
    if not code:
        made = await services.store.members.make_identity_code(ideas.write_of(request))
        return Reply(text=render("link.me_code", request.locale, code=made))
    try:
        person = await services.store.members.redeem_identity_code(ideas.write_of(request), code)
    except NotThere:
        raise NotFound("link_code_wrong") from None
    platforms = sorted({account.partition(":")[0].title() for account in person.accounts})
    return Reply(
        text=render("link.me_joined", request.locale, platforms=platforms), style=Style.SUCCESS
    )


LINK_CODE = Command(
    name="link code",
    summary="Get a one-time code for another community to share these ideas",
    handle=link_code,
    audience=Role.ADMIN,
    is_write=True,
    examples=("link code",),
)
LINK_JOIN = Command(
    name="link join",
    summary="Share the ideas of the community that made the code",
    handle=link_join,
    fields=(_CODE,),
    audience=Role.ADMIN,
    is_write=True,
    inline="code",
    examples=("link join AB12-CD34",),
)
LINK_LEAVE = Command(
    name="link leave",
    summary="Stop sharing ideas; you keep copies of what your members wrote",
    handle=link_leave,
    fields=(
        Field(name="sure", label="Sure", type=FieldType.FLAG, description="yes: without asking"),
    ),
    audience=Role.ADMIN,
    is_write=True,
    examples=("link leave",),
)
LINK_ME = Command(
    name="me link",
    summary="Tell me which account is yours on the other platform",
    handle=link_me,
    fields=(
        Field(
            name="code",
            label="Code",
            description="The code that the other platform gave you; without it, I make one",
            max_length=40,
        ),
    ),
    is_write=True,
    inline="code",
    examples=("me link", "me link AB12-CD34"),
)

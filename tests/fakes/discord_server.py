"""A small Discord on loopback: REST and gateway over real sockets, strict about what it is sent.

It stands for what `simcord` leaves out: login, the wire, resuming, rate limits, outages. A request
that Discord would refuse is refused, and noted in `problems`, which a test ends by reading.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from tests.fakes import discord_checks as checks
from tests.fakes import discord_payloads as payloads
from tests.fakes.discord_gateway import Gateway

EPHEMERAL = 1 << 6
MESSAGE, DEFERRED, DEFERRED_UPDATE, UPDATE, COMPLETION, MODAL = 4, 5, 6, 7, 8, 9
Handler = Callable[[web.Request, Any, list[bytes]], Awaitable[web.Response]]


@dataclass
class Recorded:
    """One request of the bot."""

    method: str
    path: str
    body: Any
    files: list[bytes] = field(default_factory=list)


@dataclass
class Fault:
    """What the next requests of a kind meet instead of an answer."""

    method: str
    path: str
    status: int
    times: int = 1
    headers: dict[str, str] = field(default_factory=dict)
    body: Any = None
    after: bool = False  # the request is carried out, and only its answer is lost


@dataclass
class Interaction:
    """One thing that a member did, and what the bot made of it."""

    id: str
    token: str
    sent_at: float
    callback: dict[str, Any] | None = None
    original: dict[str, Any] | None = None
    original_is_gone: bool = False
    is_waiting: bool = False  # "thinking ..."
    followups: list[dict[str, Any]] = field(default_factory=list)
    source: dict[str, Any] | None = None  # the message that was clicked on
    answered: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def callback_type(self) -> int | None:
        return self.callback["type"] if self.callback else None


class DiscordServer:
    """Start it, point REELBANK_DISCORD_API_BASE and _GATEWAY_URL at it."""

    def __init__(self, *, token: str = "the.bot.token", answer_within_s: float = 3.0) -> None:
        self.token = token
        self.gateway = Gateway(token)
        self.requests: list[Recorded] = []
        self.problems: list[str] = []
        self.faults: list[Fault] = []
        self.messages: dict[str, dict[str, Any]] = {}
        self.commands: list[dict[str, Any]] = []
        self.interactions: dict[str, Interaction] = {}
        self.members: dict[str, dict[str, Any]] = {}
        self.forbidden_channels: set[str] = set()
        self.threads: set[str] = set()
        self.guild = payloads.guild()
        self.handed_in: dict[str, bytes] = {}  # what members attached, by file name
        self._answer_within_s = answer_within_s
        self._ids = iter(range(payloads.FIRST_ID, payloads.FIRST_ID + 10**9))
        self._runner: web.AppRunner | None = None
        self._changed = asyncio.Condition()

    # --- life ---------------------------------------------------------------------------------

    async def start(self) -> None:
        app = web.Application()
        app.router.add_get("/gateway", self.gateway.serve)
        app.router.add_get("/files/{name}", self._file)
        app.router.add_route("*", "/api/v10/{path:.*}", self._serve)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        host, port = self._runner.addresses[0][:2]
        self.api_base = f"http://{host}:{port}/api/v10"
        self.gateway_url = self.gateway.url = f"ws://{host}:{port}/gateway"
        self.gateway.ready = payloads.ready()
        self.gateway.first_events = [("GUILD_CREATE", payloads.guild())]

    def hand_in(self, name: str, data: bytes, media_type: str = "image/png") -> dict[str, Any]:
        """Give an attachment of a member as payloads hold it; its address works while we serve."""
        self.handed_in[name] = data
        base = self.api_base.removesuffix("/api/v10")
        return {
            "id": str(next(self._ids)),
            "filename": name,
            "size": len(data),
            "url": f"{base}/files/{name}?ex=1&is=2&hm=3",
            "proxy_url": f"{base}/files/{name}",
            "content_type": media_type,
        }

    async def _file(self, request: web.Request) -> web.Response:
        if "Authorization" in request.headers:
            self.problems.append("the token went to the file host")
        return web.Response(body=self.handed_in[request.match_info["name"]])

    async def stop(self) -> None:
        if self._runner is not None:
            await self._runner.cleanup()

    # --- what members do ----------------------------------------------------------------------

    async def interact(self, kind: int, data: dict[str, Any], **more: Any) -> Interaction:
        """Dispatch an interaction of a member; returns at once."""
        number = str(next(self._ids))
        made = Interaction(number, f"token-{number}", asyncio.get_running_loop().time())
        made.source = more.get("message")
        self.interactions[made.token] = made
        await self.gateway.dispatch(
            "INTERACTION_CREATE", payloads.interaction(number, made.token, kind, data, **more)
        )
        return made

    async def slash(self, name: str, **options: Any) -> Interaction:
        return await self.interact(2, payloads.slash(name, options))

    async def click(self, message: dict[str, Any], label: str) -> Interaction:
        item = next(i for i in payloads.items(message) if i.get("label") == label)
        data = {"component_type": item["type"], "custom_id": item["custom_id"]}
        return await self.interact(3, data, message=message)

    async def send_form(self, modal: dict[str, Any], **values: Any) -> Interaction:
        return await self.interact(5, payloads.submitted(modal, values))

    async def say(self, content: str, **more: Any) -> str:
        """Post a message of a member; returns its id."""
        number = str(next(self._ids))
        message = payloads.message(number, content, **more)
        self.messages[number] = message
        await self.gateway.dispatch("MESSAGE_CREATE", message)
        return number

    async def until(self, is_so: Callable[[], bool], timeout_s: float = 10.0) -> None:
        """Wait until something is so, looked at after each request."""

        async def wait() -> None:
            async with self._changed:
                await self._changed.wait_for(is_so)

        await asyncio.wait_for(wait(), timeout_s)

    def posted(self, channel_id: str = payloads.CHANNEL) -> list[dict[str, Any]]:
        """List what the bot posted outside of interactions, oldest first."""
        own = [m for m in self.messages.values() if m["author"]["id"] == payloads.BOT]
        return [m for m in own if m["channel_id"] == channel_id]

    # --- REST ---------------------------------------------------------------------------------

    async def _serve(self, request: web.Request) -> web.Response:
        response = await self._answer(request)
        async with self._changed:
            self._changed.notify_all()
        return response

    async def _answer(self, request: web.Request) -> web.Response:
        body, files = await _read(request)
        path = "/" + request.match_info["path"]
        self.requests.append(Recorded(request.method, path, body, files))
        fault = self._fault(request.method, path)
        if fault is not None and not fault.after:
            return _json(fault.body, fault.status, fault.headers)
        self.problems += checks.against_description(request.method, path, body)
        handler = next(
            (h for m, p, h in self._routes() if m == request.method and p.fullmatch(path)), None
        )
        if handler is None:
            self.problems.append(f"no such address: {request.method} {path}")
            return _error(404, 0)
        response = await handler(request, body, files)
        if fault is not None:
            return _json(fault.body, fault.status, fault.headers)
        return response

    def _fault(self, method: str, path: str) -> Fault | None:
        for fault in self.faults:
            if fault.times > 0 and fault.method == method and re.search(fault.path, path):
                fault.times -= 1
                return fault
        return None

    def _routes(self) -> list[tuple[str, re.Pattern[str], Handler]]:
        table: list[tuple[str, str, Handler]] = [
            ("GET", "/users/@me", self._me),
            ("GET", "/oauth2/applications/@me", self._application),
            ("GET", "/gateway/bot", self._gateway_bot),
            ("PUT", r"/applications/\d+/commands", self._put_commands),
            ("POST", r"/interactions/\d+/[\w-]+/callback", self._callback),
            ("POST", r"/webhooks/\d+/[\w-]+", self._follow_up),
            ("PATCH", r"/webhooks/\d+/[\w-]+/messages/@original", self._edit_original),
            ("DELETE", r"/webhooks/\d+/[\w-]+/messages/@original", self._delete_original),
            ("POST", r"/channels/\d+/messages", self._post),
            ("GET", r"/channels/\d+/messages/\d+", self._get),
            ("PATCH", r"/channels/\d+/messages/\d+", self._edit),
            ("DELETE", r"/channels/\d+/messages/\d+", self._delete),
            ("POST", r"/channels/\d+/typing", self._typing),
            ("POST", r"/channels/\d+/messages/\d+/threads", self._thread),
            ("GET", r"/guilds/\d+", self._guild),
            ("GET", r"/guilds/\d+/channels", self._channels),
            ("POST", "/users/@me/channels", self._open_dm),
            ("GET", r"/guilds/\d+/members/\d+", self._member),
        ]
        return [(method, re.compile(path), handler) for method, path, handler in table]

    def _is_known(self, request: web.Request) -> bool:
        return request.headers.get("Authorization") == f"Bot {self.token}"

    async def _me(self, request: web.Request, _body: Any, _files: list[bytes]) -> web.Response:
        return _json(payloads.user(payloads.BOT)) if self._is_known(request) else _error(401, 0)

    async def _application(self, *_: Any) -> web.Response:
        return _json(payloads.application())

    async def _gateway_bot(self, *_: Any) -> web.Response:
        limit = {"total": 1000, "remaining": 999, "reset_after": 0, "max_concurrency": 1}
        return _json({"url": self.gateway_url, "shards": 1, "session_start_limit": limit})

    async def _put_commands(self, _r: web.Request, body: Any, _files: list[bytes]) -> web.Response:
        self.commands = [{**c, "id": str(next(self._ids))} for c in body]
        more = {"application_id": payloads.BOT, "version": "1", "default_member_permissions": None}
        return _json([{**c, **more} for c in self.commands])

    # --- interactions -------------------------------------------------------------------------

    async def _callback(self, request: web.Request, body: Any, files: list[bytes]) -> web.Response:
        found = self.interactions.get(request.path.split("/")[-2])
        age = asyncio.get_running_loop().time() - found.sent_at if found else 0
        if found is None or (age > self._answer_within_s and found.callback is None):
            self.problems.append("a reply to an interaction came too late")
            return _error(404, 10062)
        if found.callback is not None:
            return _error(400, 40060)
        refused = self._refused_callback(body, files)
        if refused is not None:
            return refused
        found.callback = body
        self._apply(found, body)
        found.answered.set()
        shown = found.original
        return _json(payloads.callback_response(found.id, body["type"], shown))

    def _refused_callback(self, body: dict[str, Any], files: list[bytes]) -> web.Response | None:
        kind, data = body["type"], body.get("data") or {}
        if kind in {MESSAGE, UPDATE}:
            return self._refuse(checks.of_message(data, len(files)))
        if kind == MODAL:
            return self._refuse(checks.of_modal(data))
        if kind == COMPLETION:
            return self._refuse(checks.of_choices(data["choices"]))
        return None

    def _apply(self, found: Interaction, body: dict[str, Any]) -> None:
        kind, data = body["type"], body.get("data") or {}
        if kind in {MESSAGE, DEFERRED}:
            found.original = self._message(payloads.CHANNEL, data, keep=False)
            found.is_waiting = kind == DEFERRED
        elif kind in {UPDATE, DEFERRED_UPDATE} and found.source:
            found.original = self.messages.get(found.source["id"]) or dict(found.source)
            found.original |= data if kind == UPDATE else {}

    def _by_token(self, request: web.Request, at: int) -> Interaction | None:
        found = self.interactions.get(request.path.split("/")[at])
        return found if found is not None and found.callback is not None else None

    async def _follow_up(self, request: web.Request, body: Any, files: list[bytes]) -> web.Response:
        found = self._by_token(request, -1)
        if found is None:
            return _error(404, 10015)
        refused = self._refuse(checks.of_message(body, len(files)))
        if refused is not None:
            return refused
        if found.is_waiting and not found.original_is_gone:
            self.problems.append("a follow-up came while the placeholder was waiting")
        found.followups.append(self._message(payloads.CHANNEL, body, keep=False, files=files))
        return _json(found.followups[-1])

    async def _edit_original(
        self, request: web.Request, body: Any, files: list[bytes]
    ) -> web.Response:
        found = self._by_token(request, -3)
        if found is None or found.original is None or found.original_is_gone:
            return _error(404, 10008)
        refused = self._refuse(checks.of_message(body, len(files)))
        if refused is not None:
            return refused
        found.is_waiting = False
        found.original |= {k: v for k, v in body.items() if k != "attachments"}
        if files:
            found.original["attachments"] = [payloads.attachment(n) for n in range(len(files))]
        return _json(found.original)

    async def _delete_original(self, request: web.Request, *_: Any) -> web.Response:
        found = self._by_token(request, -3)
        if found is None or found.original is None:
            return _error(404, 10008)
        found.original_is_gone = True
        return web.Response(status=204)

    # --- messages -----------------------------------------------------------------------------

    async def _post(self, request: web.Request, body: Any, files: list[bytes]) -> web.Response:
        channel_id = request.path.split("/")[-2]
        if channel_id in self.forbidden_channels:
            return _error(403, 50013)
        refused = self._refuse(checks.of_message(body, len(files)))
        if refused is not None:
            return refused
        nonce = body.get("nonce")
        if nonce and body.get("enforce_nonce"):
            twin = next((m for m in self.messages.values() if m.get("nonce") == nonce), None)
            if twin is not None:
                return _json(twin)
        return _json(self._message(channel_id, body, keep=True, files=files))

    async def _get(self, request: web.Request, *_: Any) -> web.Response:
        found = self.messages.get(request.path.split("/")[-1])
        return _json(found) if found else _error(404, 10008)

    async def _edit(self, request: web.Request, body: Any, files: list[bytes]) -> web.Response:
        found = self.messages.get(request.path.split("/")[-1])
        if found is None:
            return _error(404, 10008)
        refused = self._refuse(checks.of_message({**found, **body}, len(files)))
        if refused is not None:
            return refused
        found |= {k: v for k, v in body.items() if k != "attachments"}
        return _json(found)

    async def _delete(self, request: web.Request, *_: Any) -> web.Response:
        gone = self.messages.pop(request.path.split("/")[-1], None)
        return web.Response(status=204) if gone else _error(404, 10008)

    async def _thread(self, request: web.Request, body: Any, _files: list[bytes]) -> web.Response:
        *_, channel_id, _, message_id, _ = request.path.split("/")
        if message_id not in self.messages:
            return _error(404, 10008)
        if message_id in self.threads:
            return _error(400, 160004)
        self.threads.add(message_id)
        return _json(payloads.thread(message_id, channel_id, body["name"]))

    async def _guild(self, request: web.Request, *_: Any) -> web.Response:
        is_there = request.path.endswith(payloads.GUILD)
        return _json(self.guild) if is_there else _error(404, 10004)

    async def _channels(self, *_: Any) -> web.Response:
        return _json(self.guild["channels"])

    async def _typing(self, *_: Any) -> web.Response:
        return web.Response(status=204)

    async def _open_dm(self, _r: web.Request, body: Any, _files: list[bytes]) -> web.Response:
        return _json(payloads.dm_channel(str(body["recipient_id"])))

    async def _member(self, request: web.Request, *_: Any) -> web.Response:
        found = self.members.get(request.path.split("/")[-1])
        return _json(found) if found else _error(404, 10007)

    def _message(
        self, channel_id: str, body: dict[str, Any], *, keep: bool, files: list[bytes] | None = None
    ) -> dict[str, Any]:
        number = str(next(self._ids))
        names = ("content", "embeds", "components", "flags", "nonce", "message_reference")
        shown = {name: body[name] for name in names if body.get(name) is not None}
        shown.setdefault("content", "")
        told = {int(a["id"]): a for a in body.get("attachments") or ()}
        attached = [
            payloads.attachment(n)
            | {k: v for k, v in told.get(n, {}).items() if k in {"filename", "description"}}
            for n in range(len(files or ()))
        ]
        message = payloads.message(
            number, channel_id=channel_id, author=payloads.user(payloads.BOT), **shown
        ) | {"attachments": attached}
        if keep:
            self.messages[number] = message
        return message

    def _refuse(self, problems: list[str]) -> web.Response | None:
        self.problems += problems
        return _error(400, 50035) if problems else None


async def _read(request: web.Request) -> tuple[Any, list[bytes]]:
    if request.content_type == "application/json":
        return await request.json(), []
    if request.content_type != "multipart/form-data":
        return None, []
    form = await request.post()
    files = [part.file.read() for part in form.values() if isinstance(part, web.FileField)]
    return json.loads(str(form["payload_json"])), files


def _json(body: Any, status: int = 200, headers: dict[str, str] | None = None) -> web.Response:
    # discord.py reads JSON only under exactly this content type, without a charset.
    given = {"Content-Type": "application/json", **(headers or {})}
    return web.Response(status=status, body=json.dumps(body).encode(), headers=given)


def _error(status: int, code: int) -> web.Response:
    return _json({"code": code, "message": "refused by the test's server"}, status)

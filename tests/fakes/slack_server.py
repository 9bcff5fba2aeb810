"""A strict Slack of our own on loopback: Web API, response addresses, uploads, Socket Mode.

It refuses what Slack refuses (wrong tokens, used or expired triggers, a sixth use of a response
address, payloads over the limits) and lists in `problems` what our program should never send.
"""

from __future__ import annotations

import asyncio
import itertools
import json
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from aiohttp import WSMsgType, web

from tests.fakes.slack_checks import Refused, check_message, check_view, pings

BOT_TOKEN = "xoxb-1-2-loopback"
APP_TOKEN = "xapp-1-A1-2-loopback"
SIGNING_SECRET = "8f742231b10e8888abcd99yyyzzz85a5"
TEAM = "T1"
BOT_USER = "UBOT"
BOT_ID = "BBOT"
APP_ID = "A1"
SCOPES = (
    "app_mentions:read,channels:history,channels:read,chat:write,commands,files:read,files:write,"
    "groups:history,groups:read,im:history,im:write,usergroups:read,users:read"
)

Json = dict[str, Any]


@dataclass
class Fault:
    """How the next calls of a method fail."""

    status: int = 200
    error: str = ""
    retry_after: int = 0
    times: int = 1
    is_lost: bool = False  # the effect happens, the answer never comes
    delay_s: float = 0.0


@dataclass
class ResponseUrl:
    """A response address: five uses in thirty minutes."""

    user: str
    channel: str
    issued_at: float
    message_ts: str | None = None
    uses: int = 0


@dataclass
class SlackServer:
    """The state of one workspace and the app installed in it."""

    now: float = 1_800_000_000.0
    users: dict[str, Json] = field(default_factory=dict)
    channels: dict[str, Json] = field(default_factory=dict)
    messages: dict[str, list[Json]] = field(default_factory=lambda: defaultdict(list))
    ephemeral: list[Json] = field(default_factory=list)
    views: dict[str, Json] = field(default_factory=dict)
    homes: dict[str, Json] = field(default_factory=dict)
    files: list[Json] = field(default_factory=list)
    handed_in: dict[str, bytes] = field(default_factory=dict)  # by file name
    pictures: dict[str, Json] = field(default_factory=dict)  # kept for messages, by id
    groups: dict[str, list[str]] = field(default_factory=dict)
    calls: list[tuple[str, Json]] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    faults: dict[str, list[Fault]] = field(default_factory=lambda: defaultdict(list))
    acks: dict[str, Json | None] = field(default_factory=dict)
    scopes: str = SCOPES
    is_token_good: bool = True
    hellos: int = 0

    def __post_init__(self) -> None:
        self._ids = itertools.count(1)
        self._triggers: dict[str, float | None] = {}
        self._urls: dict[str, ResponseUrl] = {}
        self._uploads: dict[str, Json] = {}
        self._sockets: list[web.WebSocketResponse] = []
        self._tickets: set[str] = set()
        self._changed = asyncio.Event()
        self._runner: web.AppRunner | None = None
        self.base = ""
        self.add_user("UADA", "Ada", is_admin=True)
        self.add_user("UMIA", "Mia")
        self.add_user("UBEN", "Ben", locale="es-ES")
        self.add_user("UEXT", "Eve", team_id="T9", is_stranger=True, is_admin=True)
        self.add_channel("C1", "general")
        self.add_channel("C2", "cards")
        self.add_channel("C3", "elsewhere", has_bot=False)

    # --- state --------------------------------------------------------------------------------

    def add_user(self, user_id: str, name: str, **more: Any) -> None:
        self.users[user_id] = {
            "id": user_id,
            "team_id": TEAM,
            "name": name.lower(),
            "profile": {"display_name": name, "real_name": name},
            "locale": "en-US",
            **more,
        }

    def add_channel(self, channel_id: str, name: str, *, has_bot: bool = True) -> None:
        self.channels[channel_id] = {"id": channel_id, "name": name, "is_member": has_bot}

    def trigger(self) -> str:
        trigger_id = f"{next(self._ids)}.{TEAM}.trigger"
        self._triggers[trigger_id] = self.now
        return trigger_id

    def response_url(self, user: str, channel: str, message_ts: str | None = None) -> str:
        key = f"{TEAM}/{next(self._ids)}/secret"
        self._urls[key] = ResponseUrl(user, channel, self.now, message_ts)
        return f"{self.base}/commands/{key}"

    def next_ts(self) -> str:
        return f"{int(self.now)}.{next(self._ids):06d}"

    def fail(self, method: str, *, times: int = 1, **how: Any) -> None:
        self.faults[method].append(Fault(times=times, **how))

    def counted(self) -> Counter[str]:
        return Counter(method for method, _ in self.calls)

    async def until(self, condition: Callable[[], Any], timeout_s: float = 10.0) -> Any:
        """Wait until something that the program did makes this true; give what it gave."""
        async with asyncio.timeout(timeout_s):
            while not (found := condition()):
                self._changed.clear()
                with suppress(TimeoutError):  # what a handler noted does not wake us
                    await asyncio.wait_for(self._changed.wait(), 0.02)
        return found

    def _change(self) -> None:
        self._changed.set()

    # --- life ---------------------------------------------------------------------------------

    async def start(self) -> str:
        app = web.Application(client_max_size=30_000_000)
        app.router.add_route("*", "/api/{method}", self._api)
        app.router.add_post("/commands/{key:.*}", self._respond)
        app.router.add_post("/upload/{key}", self._upload)
        app.router.add_get("/files-pri/{name}", self._file)
        app.router.add_get("/socket/{ticket}", self._socket)
        self._runner = web.AppRunner(app, access_log=None)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.base = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return f"{self.base}/api/"

    async def stop(self) -> None:
        for socket in list(self._sockets):
            await socket.close()
        if self._runner is not None:
            await self._runner.cleanup()

    # --- Web API ------------------------------------------------------------------------------

    async def _api(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        arguments = await _arguments(request)
        self.calls.append((method, arguments))
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        fault = self._fault(method)
        if fault and fault.delay_s:
            await asyncio.sleep(fault.delay_s)
            fault = None
        if fault and not fault.is_lost:
            return self._failed(fault)
        answer = await self._answer(method, arguments, token)
        self._change()
        if fault:
            assert request.transport is not None
            request.transport.close()
        return web.json_response(answer, headers={"X-OAuth-Scopes": self.scopes})

    def _fault(self, method: str) -> Fault | None:
        waiting = self.faults[method]
        if not waiting:
            return None
        fault = waiting[0]
        fault.times -= 1
        if fault.times <= 0:
            waiting.pop(0)
        return fault

    def _failed(self, fault: Fault) -> web.Response:
        if fault.status == 429:
            headers = {"Retry-After": str(fault.retry_after)}
            return web.json_response(_error("ratelimited"), status=429, headers=headers)
        if fault.status >= 500:
            return web.Response(status=fault.status, text="<html>upstream</html>")
        return web.json_response(_error(fault.error))

    async def _answer(self, method: str, arguments: Json, token: str) -> Json:
        wanted = APP_TOKEN if method == "apps.connections.open" else BOT_TOKEN
        if not token:
            return _error("not_authed")
        if token != wanted or not self.is_token_good:
            return _error("invalid_auth")
        handle: Callable[[Json], Json] | None = getattr(self, f"_{method.replace('.', '_')}", None)
        if handle is None:
            self.problems.append(f"unknown method {method}")
            return _error("unknown_method")
        try:
            return {"ok": True, **handle(arguments)}
        except Refused as refused:
            if refused.detail:
                self.problems.append(f"{method}: {refused}")
            return _error(refused.error)

    def _auth_test(self, _: Json) -> Json:
        return {
            "url": "https://acme.slack.com/",
            "team": "Acme",
            "team_id": TEAM,
            "user": "reelbank",
            "user_id": BOT_USER,
            "bot_id": BOT_ID,
        }

    def _users_info(self, a: Json) -> Json:
        if a["user"] not in self.users:
            raise Refused("user_not_found", "")
        return {"user": self.users[a["user"]]}

    def _usergroups_users_list(self, a: Json) -> Json:
        if a["usergroup"] not in self.groups:
            raise Refused("no_such_subteam", "")
        return {"users": self.groups[a["usergroup"]]}

    def _usergroups_list(self, _: Json) -> Json:
        groups = [{"id": g, "handle": g.lower(), "name": g} for g in sorted(self.groups)]
        return {"usergroups": groups}

    def _bots_info(self, a: Json) -> Json:
        if a["bot"] != BOT_ID:
            raise Refused("bot_not_found", "")
        return {"bot": {"id": BOT_ID, "app_id": APP_ID, "user_id": BOT_USER}}

    def _conversations_open(self, a: Json) -> Json:
        user = a["users"]
        if user not in self.users:
            raise Refused("user_not_found", "")
        if self.users[user].get("deleted"):
            raise Refused("user_disabled", "")
        channel_id = f"D{user}"
        self.channels.setdefault(channel_id, {"id": channel_id, "is_member": True})
        return {"channel": {"id": channel_id}}

    def _conversations_info(self, a: Json) -> Json:
        return {"channel": self._channel(a["channel"])}

    def _conversations_history(self, a: Json) -> Json:
        self._joined(a["channel"])
        return {"messages": list(reversed(self.messages[a["channel"]]))[: int(a["limit"])]}

    def _conversations_replies(self, a: Json) -> Json:
        self._joined(a["channel"])
        found = [m for m in self.messages[a["channel"]] if a["ts"] in {m["ts"], m.get("thread_ts")}]
        return {"messages": found[: int(a["limit"])]}

    def _channel(self, channel_id: str) -> Json:
        channel = self.channels.get(channel_id)
        if channel is None:
            raise Refused("channel_not_found", "")
        return channel

    def _joined(self, channel_id: str) -> Json:
        channel = self._channel(channel_id)
        if channel.get("is_archived"):
            raise Refused("is_archived", "")
        if not channel.get("is_member"):
            raise Refused("not_in_channel", "")
        return channel

    def _chat_postMessage(self, a: Json) -> Json:  # noqa: N802  Slack's name
        self._joined(a["channel"])
        message = self._message(a)
        self.messages[a["channel"]].append(message)
        return {"channel": a["channel"], "ts": message["ts"], "message": message}

    def _message(self, a: Json) -> Json:
        check_message(a)
        self._check_pictures(a.get("blocks") or [])
        self.problems += [f"ping: {p}" for p in pings(a)]
        kept = {k: a[k] for k in ("text", "blocks", "thread_ts", "metadata") if a.get(k)}
        return {**kept, "ts": self.next_ts(), "user": BOT_USER, "bot_id": BOT_ID}

    def _check_pictures(self, blocks: list[Json]) -> None:
        for block in blocks:
            shown = (block.get("slack_file") or {}).get("id") if block["type"] == "image" else None
            if shown and self.pictures.get(shown, {}).get("looks", 0) < 2:
                raise Refused("invalid_blocks", f"invalid slack file {shown}")

    def _chat_postEphemeral(self, a: Json) -> Json:  # noqa: N802  Slack's name
        self._joined(a["channel"])
        message = {**self._message(a), "to": a["user"], "channel": a["channel"]}
        self.ephemeral.append(message)
        return {"message_ts": message["ts"]}

    def message(self, channel_id: str, ts: str) -> Json | None:
        return next((m for m in self.messages[channel_id] if m["ts"] == ts), None)

    def _chat_update(self, a: Json) -> Json:
        self._joined(a["channel"])
        message = self.message(a["channel"], a["ts"])
        if message is None:
            raise Refused("message_not_found", "")
        if message.get("user") != BOT_USER:
            raise Refused("cant_update_message", "somebody else's message")
        message.update({k: v for k, v in self._message(a).items() if k in {"text", "blocks"}})
        message["edited"] = message.get("edited", 0) + 1
        return {"channel": a["channel"], "ts": a["ts"]}

    def _chat_delete(self, a: Json) -> Json:
        message = self.message(a["channel"], a["ts"])
        if message is None:
            raise Refused("message_not_found", "")
        self.messages[a["channel"]].remove(message)
        return {}

    # --- views --------------------------------------------------------------------------------

    def _spend(self, trigger_id: str) -> None:
        issued_at = self._triggers.get(trigger_id, 0.0)
        if issued_at is None:
            raise Refused("exchanged_trigger_id", "a trigger used twice")
        if self.now - issued_at > 3.0:
            raise Refused("expired_trigger_id", "")
        self._triggers[trigger_id] = None

    def _keep_view(self, view: Json, **more: Any) -> Json:
        check_view(view)
        self.problems += [f"ping: {p}" for p in pings({"blocks": view["blocks"]})]
        kept = {**view, "team_id": TEAM, "hash": f"h{next(self._ids)}", **more}
        kept.setdefault("id", f"V{next(self._ids)}")
        if view["type"] == "modal":
            self.views[kept["id"]] = kept
        return {"view": kept}

    def _views_open(self, a: Json) -> Json:
        self._spend(a["trigger_id"])
        return self._keep_view(a["view"])

    def _views_update(self, a: Json) -> Json:
        if a["view_id"] not in self.views:
            raise Refused("not_found", "")
        return self._keep_view(a["view"], id=a["view_id"])

    def _views_publish(self, a: Json) -> Json:
        answer = self._keep_view(a["view"], id=f"VH{a['user_id']}")
        self.homes[a["user_id"]] = answer["view"]
        return answer

    # --- files --------------------------------------------------------------------------------

    def _files_getUploadURLExternal(self, a: Json) -> Json:  # noqa: N802  Slack's name
        key = f"F{next(self._ids)}"
        self._uploads[key] = {
            "name": a["filename"],
            "length": int(a["length"]),
            "alt_txt": a.get("alt_txt", ""),
        }
        if len(self._uploads[key]["alt_txt"]) > 1000:  # Slack's limit
            raise Refused("invalid_arguments", "alt_txt")
        return {"upload_url": f"{self.base}/upload/{key}", "file_id": key}

    async def _upload(self, request: web.Request) -> web.Response:
        kept = self._uploads[request.match_info["key"]]
        kept["data"] = await request.read()
        if len(kept["data"]) != kept["length"]:
            return web.Response(status=400, text="length")
        return web.Response(text=f"OK - {kept['length']}")

    def _files_completeUploadExternal(self, a: Json) -> Json:  # noqa: N802  Slack's name
        listed = json.loads(a["files"]) if isinstance(a["files"], str) else a["files"]
        if not a.get("channel_id"):
            return self._keep_pictures(listed)
        self._joined(a["channel_id"])
        for item in listed:
            kept = self._uploads[item["id"]]
            if "data" not in kept:
                raise Refused("file_upload_incomplete", "no bytes")
            comment = a.get("initial_comment", "")
            where = {"channel": a["channel_id"], "thread_ts": a.get("thread_ts")}
            self.files.append({**kept, **where, "comment": comment})
        return {"files": [{"id": item["id"], "title": item.get("title")} for item in listed]}

    def _keep_pictures(self, listed: list[Json]) -> Json:
        self.pictures |= {item["id"]: self._uploads[item["id"]] for item in listed}
        return {"files": [{"id": item["id"], "title": item.get("title")} for item in listed]}

    def _files_info(self, a: Json) -> Json:
        if "files:read" not in self.scopes:
            raise Refused("missing_scope", "")
        kept = self.pictures.get(a["file"])
        if kept is None:
            raise Refused("file_not_found", "")
        kept["looks"] = kept.get("looks", 0) + 1  # taken in behind the answer
        return {"file": {"id": a["file"], "mimetype": "image/png" if kept["looks"] > 1 else ""}}

    def _files_delete(self, a: Json) -> Json:
        if self.pictures.pop(a["file"], None) is None:
            raise Refused("file_not_found", "")
        return {}

    def hand_in(self, name: str, data: bytes, media_type: str = "image/png") -> Json:
        """Give a file of a member as payloads hold it."""
        self.handed_in[name] = data
        return {
            "id": f"F{next(self._ids)}",
            "name": name,
            "mimetype": media_type,
            "size": len(data),
            "url_private": f"{self.base}/files-pri/{name}",
        }

    async def _file(self, request: web.Request) -> web.Response:
        has_token = request.headers.get("Authorization") == f"Bearer {BOT_TOKEN}"
        if not has_token or "files:read" not in self.scopes:
            return web.Response(text="<html>log in</html>", content_type="text/html")
        return web.Response(body=self.handed_in[request.match_info["name"]])

    # --- response addresses -------------------------------------------------------------------

    async def _respond(self, request: web.Request) -> web.StreamResponse:
        fault = self._fault("response_url")
        if fault and not fault.is_lost:
            return self._failed(fault)
        body = await request.json()
        self.calls.append(("response_url", body))
        address = self._urls.get(request.match_info["key"])
        if address is None or address.uses >= 5 or self.now - address.issued_at > 1800:
            self.problems += ["response_url used up"] if address and address.uses >= 5 else []
            return web.Response(status=404, text="used_url")
        address.uses += 1
        try:
            self._say(address, body)
        except Refused as refused:
            self.problems.append(f"response_url: {refused}")
            return web.Response(status=400, text=refused.error)
        self._change()
        return web.Response(text="ok")

    def _say(self, address: ResponseUrl, body: Json) -> None:
        message = self._message(body)
        if body.get("replace_original"):
            self._replace(address, message)
        elif body.get("response_type") == "in_channel":
            self.messages[address.channel].append(message)
        else:
            more = {"to": address.user, "channel": address.channel}
            self.ephemeral.append({**message, **more})

    def _replace(self, address: ResponseUrl, message: Json) -> None:
        everywhere = [*self.messages[address.channel], *self.ephemeral]
        old = next((m for m in everywhere if m["ts"] == address.message_ts), None)
        if old is None:
            raise Refused("message_not_found", "nothing to replace")
        old.update({k: v for k, v in message.items() if k in {"text", "blocks"}})
        old["edited"] = old.get("edited", 0) + 1

    # --- Socket Mode --------------------------------------------------------------------------

    def _apps_connections_open(self, _: Json) -> Json:
        ticket = f"ticket{next(self._ids)}"
        self._tickets.add(ticket)
        return {"url": f"{self.base.replace('http', 'ws')}/socket/{ticket}"}

    async def _socket(self, request: web.Request) -> web.WebSocketResponse:
        if request.match_info["ticket"] not in self._tickets:
            raise web.HTTPForbidden
        self._tickets.remove(request.match_info["ticket"])
        socket = web.WebSocketResponse(heartbeat=None)
        await socket.prepare(request)
        await socket.send_json({"type": "hello", "num_connections": 1})
        self._sockets.append(socket)
        self.hellos += 1
        self._change()
        async for message in socket:
            if message.type is WSMsgType.TEXT:
                ack = json.loads(message.data)
                self.acks[ack["envelope_id"]] = ack.get("payload")
                self._change()
        self._sockets.remove(socket)
        return socket

    @property
    def connections(self) -> int:
        return len(self._sockets)

    async def send_envelope(self, kind: str, payload: Json) -> Json | None:
        """Send over the newest connection; returns the payload of the acknowledgement."""
        envelope_id = f"e{next(self._ids)}"
        envelope = {
            "envelope_id": envelope_id,
            "type": kind,
            "payload": payload,
            "accepts_response_payload": kind != "events_api",
        }
        await self.until(lambda: self._sockets)
        await self._sockets[-1].send_json(envelope)
        await self.until(lambda: envelope_id in self.acks)
        return self.acks[envelope_id]

    async def send_raw(self, text: str) -> None:
        await self._sockets[-1].send_str(text)

    async def disconnect(self, reason: str = "refresh_requested") -> None:
        """Tell the newest connection that it ends, as Slack does every few hours."""
        await self._sockets[-1].send_json({"type": "disconnect", "reason": reason})

    async def drop(self) -> None:
        """Close all connections without a word."""
        for socket in list(self._sockets):
            await socket.close()


def _error(error: str) -> Json:
    return {"ok": False, "error": error}


async def _arguments(request: web.Request) -> Json:
    if request.content_type == "application/json":
        return dict(await request.json())
    arguments: Json = {**request.query, **dict(await request.post())}
    for name in ("blocks", "view", "metadata"):
        if isinstance(arguments.get(name), str):
            arguments[name] = json.loads(arguments[name])
    return arguments


Handler = Callable[[Json], Awaitable[Json]]

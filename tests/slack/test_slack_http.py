"""The port: signatures, sizes, nonsense; and what stops the program before it starts."""

import json
import time
from pathlib import Path
from urllib.parse import urlencode

import aiohttp
import pytest

from bot.core.errors import MissingSetting, OperatorError
from storage import Store
from tests.fakes.slack_people import SlackPeople, sign
from tests.fakes.slack_server import SlackServer
from tests.slack.conftest import running, services_for, settings_for
from tests.slack.features import Seen

BODY = urlencode({"command": "/ask", "text": "how long?", "user_id": "UMIA", "team_id": "T1"})
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@pytest.mark.parametrize(
    "headers",
    [
        {},
        sign(BODY, secret="another"),
        sign(BODY + "x"),
        sign(BODY, at=time.time() - 3600),
        sign(BODY, at=time.time() + 3600),
        {**sign(BODY), "X-Slack-Request-Timestamp": "soon"},
        {**sign(BODY), "X-Slack-Request-Timestamp": "9" * 400},
        {**sign(BODY), "X-Slack-Request-Timestamp": "-1"},
        {**sign(BODY), "X-Slack-Request-Timestamp": "١٢٣"},
        {**sign(BODY), "X-Slack-Signature": "v0=é"},
        {**sign(BODY), "X-Slack-Signature": ""},
        {"X-Slack-Signature": sign(BODY)["X-Slack-Signature"]},
    ],
)
async def test_a_request_that_is_not_signed_is_refused_without_effect(
    people: SlackPeople, seen: Seen, headers: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    ack = await people.send_http(BODY, {**FORM, **headers})

    assert ack.status == 401
    assert not seen.requests
    logged = capsys.readouterr()
    assert "Traceback" not in logged.out + logged.err
    assert "how long" not in logged.out + logged.err


async def test_a_fresh_signature_is_taken(
    slack: SlackServer, people: SlackPeople, seen: Seen
) -> None:
    late = sign(BODY, at=time.time() - 290)

    assert (await people.send_http(BODY, {**FORM, **late})).status == 200
    await slack.until(lambda: seen.requests)


async def test_a_body_over_a_megabyte_is_refused(people: SlackPeople) -> None:
    body = "text=" + "x" * 1_000_001

    assert (await people.send_http(body, {**FORM, **sign(body)})).status == 413


@pytest.mark.parametrize(
    "body", ["", "{", "[]", '"x"', "null", "payload=%7B", "payload=[]", "a=b", "{}", "payload="]
)
@pytest.mark.parametrize("kind", ["application/json", "application/x-www-form-urlencoded"])
async def test_nonsense_with_a_good_signature_harms_nothing(
    slack: SlackServer, people: SlackPeople, body: str, kind: str
) -> None:
    ack = await people.send_http(body, {"Content-Type": kind, **sign(body)})

    assert ack.status in {200, 400, 404}
    assert (await people.slash("UMIA", "/ask how long?")).status == 200


@pytest.mark.parametrize(
    "payload",
    [
        {"type": "block_actions"},
        {"type": "block_actions", "actions": []},
        {"type": "block_actions", "actions": [{"action_id": "v1|ask|"}], "user": None},
        {"type": "view_submission", "view": {"callback_id": "f1|ask|", "state": None}},
        {"type": "view_submission", "view": {}},
        {"type": "view_submission", "view": {"callback_id": "f1|ask|", "private_metadata": "["}},
        {"type": "block_suggestion", "view": {"callback_id": "f1|ask|"}},
        {"type": "view_closed", "view": {"callback_id": "f1|ask|"}},
        {"type": "shortcut", "callback_id": "nothing"},
        {"type": "message_action", "callback_id": "capture"},
        {"type": "event_callback", "event": {"type": "message"}},
        {"type": "event_callback", "event": {"type": "unheard_of"}},
        {"type": "event_callback", "event": {"type": "app_mention", "user": "UMIA", "text": None}},
        {"type": "interactive_message", "actions": [{"name": "x"}], "callback_id": "y"},
        {"type": "unheard_of"},
    ],
)
async def test_payloads_that_lack_what_they_should_have_harm_nothing(
    slack: SlackServer, people: SlackPeople, payload: dict[str, object]
) -> None:
    body = urlencode({"payload": json.dumps(payload)})
    ack = await people.send_http(body, {**FORM, **sign(body)})

    assert ack.status in {200, 404, 500}
    assert (await people.slash("UMIA", "/ask how long?")).status == 200


async def test_slack_checks_the_address_with_a_challenge(people: SlackPeople) -> None:
    body = json.dumps({"type": "url_verification", "challenge": "c1", "token": "t"})

    ack = await people.send_http(body, {"Content-Type": "application/json", **sign(body)})

    assert (ack.status, ack.body["challenge"]) == (200, "c1")


async def test_other_paths_and_methods_are_not_there(people: SlackPeople) -> None:
    base = f"http://127.0.0.1:{people.port}"
    async with people.session.get(f"{base}/slack/events") as answer:
        assert answer.status == 405
    async with people.session.post(f"{base}/") as answer:
        assert answer.status == 404


async def test_a_refused_token_is_a_clear_message(
    slack: SlackServer, store: Store, tmp_path: Path
) -> None:
    settings = settings_for(slack, tmp_path, slack_bot_token="xoxb-wrong")

    with pytest.raises(OperatorError, match=r"REELBANK_SLACK_BOT_TOKEN \(invalid_auth\)") as caught:
        async with running(services_for(store, settings)):
            pass
    assert "xoxb-wrong" not in str(caught.value)


async def test_a_refused_app_token_is_a_clear_message(
    slack: SlackServer, store: Store, tmp_path: Path
) -> None:
    settings = settings_for(slack, tmp_path, slack_app_token="xapp-wrong")

    with pytest.raises(OperatorError, match="REELBANK_SLACK_APP_TOKEN"):
        async with running(services_for(store, settings)):
            pass


async def test_a_missing_secret_is_a_clear_message(
    slack: SlackServer, store: Store, tmp_path: Path
) -> None:
    settings = settings_for(slack, tmp_path, slack_signing_secret=None)

    with pytest.raises(MissingSetting, match="REELBANK_SLACK_SIGNING_SECRET"):
        async with running(services_for(store, settings)):
            pass


async def test_a_taken_port_is_a_clear_message(
    slack: SlackServer, store: Store, tmp_path: Path, people: SlackPeople
) -> None:
    settings = settings_for(slack, tmp_path, slack_port=people.port)

    with pytest.raises(OperatorError, match="REELBANK_SLACK_PORT"):
        async with running(services_for(store, settings)):
            pass


async def test_an_unreachable_slack_is_tried_again_by_whoever_supervises(
    slack: SlackServer, store: Store, tmp_path: Path
) -> None:
    slack.fail("auth.test", status=503, times=9)

    with pytest.raises(ConnectionError):
        async with running(services_for(store, settings_for(slack, tmp_path))):
            pass


async def test_a_client_that_hangs_up_does_not_stop_what_it_began(
    slack: SlackServer, people: SlackPeople, seen: Seen
) -> None:
    slack.fail("users.info", delay_s=0.2)
    patience = aiohttp.ClientTimeout(total=0.05)
    async with aiohttp.ClientSession(timeout=patience) as hasty:
        with pytest.raises(TimeoutError):
            await SlackPeople(slack, people.port, hasty).slash("UMIA", "/idea vote 1")

    await slack.until(lambda: slack.ephemeral)
    assert len(seen.named("idea vote")) == 1

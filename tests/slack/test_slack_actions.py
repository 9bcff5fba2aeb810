"""Buttons, menus and shortcuts, which work without anything remembered in the process."""

import json
from pathlib import Path

import aiohttp

from storage import Store
from tests.fakes.slack_people import SlackPeople
from tests.fakes.slack_server import SlackServer
from tests.slack.conftest import running, services_for, settings_for
from tests.slack.features import Seen


async def test_a_button_runs_its_command_with_its_values(
    slack: SlackServer, people: SlackPeople, seen: Seen
) -> None:
    await people.slash("UMIA", "/idea search words")
    [message] = await slack.until(lambda: slack.ephemeral)

    await people.click("UMIA", message, "Vote")

    await slack.until(lambda: len(slack.ephemeral) == 2)
    [request] = seen.named("idea vote")
    assert (request.number("number"), request.number("vote")) == (1, 1)
    assert "Voted 1" in slack.ephemeral[1]["text"]


async def test_a_reply_that_replaces_edits_the_message_under_the_button(
    slack: SlackServer, people: SlackPeople, seen: Seen
) -> None:
    await people.slash("UMIA", "/idea search words")
    [message] = await slack.until(lambda: slack.ephemeral)

    await people.click("UMIA", message, "Next")

    await slack.until(lambda: slack.ephemeral[0].get("edited"))
    assert len(slack.ephemeral) == 1
    assert "Page 2" in str(slack.ephemeral[0]["blocks"])
    assert seen.named("idea search")[1].text("words") == "a b"


async def test_a_menu_runs_its_command_with_the_choice(
    slack: SlackServer, people: SlackPeople, seen: Seen
) -> None:
    await people.slash("UMIA", "/idea search words")
    [message] = await slack.until(lambda: slack.ephemeral)

    await people.click("UMIA", message, "Industry", value="law")

    await slack.until(lambda: len(seen.named("idea search")) == 2)
    assert seen.named("idea search")[1].values["industry"] == "law"


async def test_a_private_reply_never_replaces_a_public_message(
    slack: SlackServer, people: SlackPeople
) -> None:
    await people.slash("UMIA", "/ask how long?")
    [message] = await slack.until(lambda: slack.messages["C1"])
    button = {"type": "button", "action_id": "v1|idea vote|number=1&replace=true#0"}
    button["text"] = {"type": "plain_text", "text": "Replace"}  # type: ignore[assignment]
    message["blocks"].append({"type": "actions", "elements": [button]})

    await people.click("UBEN", message, "Replace")

    [answer] = await slack.until(lambda: slack.ephemeral)
    assert answer["to"] == "UBEN"
    assert "edited" not in message


async def test_a_button_can_open_a_form_whose_values_travel_with_it(
    slack: SlackServer, people: SlackPeople, seen: Seen
) -> None:
    await people.slash("UMIA", "/ask how long?")
    [message] = await slack.until(lambda: slack.messages["C1"])

    await people.click("UMIA", message, "Not helpful")
    [view] = await slack.until(lambda: list(slack.views.values()))
    await people.submit("UMIA", view, reason="Too short")

    [request] = await slack.until(lambda: seen.named("feedback"))
    assert request.values["value"] == -1
    assert request.values["reason"] == "Too short"


async def test_a_week_old_button_and_an_open_modal_survive_a_restart(
    slack: SlackServer, store: Store, tmp_path: Path, seen: Seen
) -> None:
    services = services_for(store, settings_for(slack, tmp_path))
    async with aiohttp.ClientSession() as session:
        async with running(services) as first:
            people = SlackPeople(slack, first.port, session)
            await people.slash("UMIA", "/idea search words")
            await people.slash("UMIA", "/idea add")
            [message] = await slack.until(lambda: slack.ephemeral)
            [view] = await slack.until(lambda: list(slack.views.values()))
        slack.now += 7 * 86400
        async with running(services) as second:
            people = SlackPeople(slack, second.port, session)
            await people.click("UMIA", message, "Vote")
            await people.submit("UMIA", view, title="Crash", text="From the police report")
            await slack.until(lambda: seen.named("idea vote") and seen.named("idea add"))


async def test_an_unreadable_button_says_so(slack: SlackServer, people: SlackPeople) -> None:
    for action_id in ("v1@gone#0", "v1|no such command|#0", "something else", "v1|", ""):
        button = {"type": "button", "text": {"type": "plain_text", "text": "Old"}}
        block = {"type": "actions", "elements": [{**button, "action_id": action_id}]}
        ack = await people.click("UMIA", {"ts": "1.1", "to": "UMIA", "blocks": [block]}, "Old")
        assert ack.status == 200

    await slack.until(lambda: len(slack.ephemeral) == 5)
    assert all("too old" in m["text"] for m in slack.ephemeral)


async def test_a_link_button_is_only_acknowledged(
    slack: SlackServer, people: SlackPeople, seen: Seen
) -> None:
    button = {"type": "button", "text": {"type": "plain_text", "text": "Open"}}
    block = {"type": "actions", "elements": [{**button, "action_id": "link#3"}]}

    ack = await people.click("UMIA", {"ts": "1.1", "blocks": [block]}, "Open")

    assert ack.status == 200
    assert not seen.requests
    assert not slack.ephemeral


async def test_one_press_delivered_again_has_one_effect(
    slack: SlackServer, people: SlackPeople, seen: Seen, monkeypatch
) -> None:
    await people.slash("UMIA", "/idea search words")
    [message] = await slack.until(lambda: slack.ephemeral)
    trigger_id = slack.trigger()
    monkeypatch.setattr(slack, "trigger", lambda: trigger_id)

    for _ in range(4):
        assert (await people.click("UMIA", message, "Vote")).status == 200

    await slack.until(lambda: len(slack.ephemeral) == 2)
    assert len(seen.named("idea vote")) == 1


async def test_one_form_delivered_again_has_one_effect(
    slack: SlackServer, people: SlackPeople, seen: Seen
) -> None:
    await people.slash("UMIA", "/idea add")
    [view] = await slack.until(lambda: list(slack.views.values()))

    for _ in range(4):
        await people.submit("UMIA", view, title="Crash", text="From the police report")

    assert len(seen.named("idea add")) == 1


async def test_completions_come_from_the_command(slack: SlackServer, people: SlackPeople) -> None:
    block = {
        "type": "input",
        "block_id": "number",
        "element": {"type": "external_select", "action_id": "value"},
    }
    view = {"id": "V9", "type": "modal", "callback_id": "f1|idea edit|", "blocks": [block]}

    options = await people.complete("UMIA", view, "number", "adv")

    assert [o["value"] for o in options] == ["12"]
    assert await people.complete("UMIA", {**view, "callback_id": "f1|no|"}, "number", "a") == []


async def test_a_message_shortcut_credits_the_author_and_asks_in_the_channel(
    slack: SlackServer, people: SlackPeople, seen: Seen
) -> None:
    said = people.said("UBEN", "Localise one ad for <#C2|twelve> cities &amp; towns")

    await people.message_shortcut("UMIA", "capture", said)

    await slack.until(lambda: slack.ephemeral and len(slack.messages["C1"]) == 2)
    [request] = seen.named("capture")
    assert request.source is not None
    assert request.source.author_key == "slack:T1:UBEN"
    assert request.source.author_name == "Ben"
    assert request.source.text == "Localise one ad for #twelve cities & towns"
    stamp = said["ts"].replace(".", "")
    assert request.source.permalink == f"https://acme.slack.com/archives/C1/p{stamp}"
    asked = slack.messages["C1"][1]
    assert "Ben" in asked["text"]
    assert asked["thread_ts"] == said["ts"]

    await people.click("UBEN", asked, "Yes")
    await slack.until(lambda: asked.get("edited"))
    assert "Thank you" in asked["text"]


async def test_a_message_of_a_bot_is_marked_as_such(
    slack: SlackServer, people: SlackPeople, seen: Seen
) -> None:
    said = {"ts": "5.5", "bot_id": "B9", "username": "feed", "text": "news"}

    await people.message_shortcut("UMIA", "capture", said)

    [request] = await slack.until(lambda: seen.named("capture"))
    assert request.source is not None
    assert request.source.author_is_bot


async def test_a_global_shortcut_opens_the_form(slack: SlackServer, people: SlackPeople) -> None:
    await people.shortcut("UMIA", "idea add")

    [view] = await slack.until(lambda: list(slack.views.values()))
    await people.submit("UMIA", view, title="Crash", text="From the police report")
    assert "Kept as" in str(slack.views[view["id"]])


async def test_a_button_inside_a_modal_shows_its_reply_there(
    slack: SlackServer, people: SlackPeople
) -> None:
    await people.slash("UMIA", "/idea add")
    [view] = await slack.until(lambda: list(slack.views.values()))
    await people.submit("UMIA", view, title="Crash", text="From the police report")

    await people.click_in_view("UMIA", slack.views[view["id"]], "Up")

    await slack.until(lambda: "Voted 1" in str(slack.views[view["id"]]))


async def test_metadata_of_a_modal_cannot_send_us_elsewhere(
    slack: SlackServer, people: SlackPeople, seen: Seen
) -> None:
    await people.slash("UMIA", "/ask")
    [view] = await slack.until(lambda: list(slack.views.values()))
    kept = json.loads(view["private_metadata"])
    view["private_metadata"] = json.dumps({**kept, "r": "http://169.254.169.254/latest"})

    await people.submit("UMIA", view, question="how long?")

    assert await slack.until(lambda: slack.messages["C1"])
    assert slack.counted()["response_url"] == 0


async def test_what_is_private_stays_so_between_two_members(
    slack: SlackServer, people: SlackPeople
) -> None:
    await people.slash("UMIA", "/idea search words", channel="DTWO")
    [message] = await slack.until(lambda: slack.ephemeral)

    await people.click("UMIA", message, "Vote", channel="DTWO")
    public = {**message, "ts": slack.next_ts()}
    del public["to"]
    slack.messages["DTWO"].append(public)
    await people.click("UMIA", public, "Next", channel="DTWO")

    await slack.until(lambda: len(slack.ephemeral) == 3)
    assert slack.messages["DTWO"] == [public]
    assert "Page 2" not in str(public)


async def test_a_message_of_our_own_direct_messages_can_be_replaced(
    slack: SlackServer, people: SlackPeople
) -> None:
    await people.event(people.said("UMIA", "/idea search words", channel="DUMIA"))
    await slack.until(lambda: len(slack.messages["DUMIA"]) == 2)
    message = slack.messages["DUMIA"][1]

    await people.click("UMIA", message, "Next", channel="DUMIA")

    await slack.until(lambda: message.get("edited"))
    assert "Page 2" in str(message["blocks"])


async def test_a_button_of_the_home_tab_answers_in_a_modal(
    slack: SlackServer, people: SlackPeople
) -> None:
    await people.event({"type": "app_home_opened", "user": "UMIA", "tab": "home"})
    home = (await slack.until(lambda: slack.homes))["UMIA"]
    button = {"type": "button", "text": {"type": "plain_text", "text": "Vote"}}
    button["action_id"] = "v1|idea vote|number=3#7"
    home["blocks"].append({"type": "actions", "elements": [button]})

    await people.click_in_view("UMIA", home, "Vote")

    [view] = await slack.until(lambda: list(slack.views.values()))
    assert "Voted 3" in str(view)

import asyncio
from datetime import UTC, datetime

import pytest

from storage import Store, Write
from tests.fakes.slack_people import SlackPeople
from tests.fakes.slack_server import SlackServer
from tests.slack.features import Seen


async def grant_group(store: Store, group: str) -> None:
    now = datetime.now(UTC)
    community = await store.communities.ensure("slack:T1", "Acme", now)
    write = Write(person_id=None, community_id=community.id, now=now)
    await store.communities.set_settings(write, community.id, {"moderator_roles": [group]})


async def test_a_public_answer_shows_the_command_and_goes_to_the_channel(
    slack: SlackServer, people: SlackPeople, seen: Seen
) -> None:
    ack = await people.slash("UMIA", "/ask how long?")

    assert ack.status == 200
    assert ack.body["response_type"] == "in_channel"
    [message] = await slack.until(lambda: slack.messages["C1"])
    shown = message["blocks"][0]["text"]["text"]
    assert shown == "About how long?: 60 seconds <https://example.org/a?b=1&amp;c=2|[1]>."
    assert seen.requests[0].actor.key == "slack:T1:UMIA"
    assert seen.requests[0].actor.display_name == "Mia"


async def test_an_error_after_a_public_acknowledgement_is_private(
    slack: SlackServer, people: SlackPeople
) -> None:
    await people.slash("UMIA", "/ask secret?")

    [message] = await slack.until(lambda: slack.ephemeral)
    assert message["to"] == "UMIA"
    assert not slack.messages["C1"]


async def test_missing_fields_open_the_form(slack: SlackServer, people: SlackPeople) -> None:
    ack = await people.slash("UMIA", "/idea add")

    assert ack.body == ""
    [view] = await slack.until(lambda: list(slack.views.values()))
    assert view["title"]["text"] == "Share a use case"
    assert [b["block_id"] for b in view["blocks"]] == [
        "title", "text", "industry", "anonymous", "length",
    ]  # fmt: skip
    kinds = [b["element"]["type"] for b in view["blocks"]]
    assert kinds == [
        "plain_text_input", "plain_text_input", "static_select", "checkboxes", "number_input",
    ]  # fmt: skip


async def test_a_submitted_form_is_run_and_its_reply_shown_in_the_modal(
    slack: SlackServer, people: SlackPeople, seen: Seen
) -> None:
    await people.slash("UMIA", "/idea add")
    [view] = await slack.until(lambda: list(slack.views.values()))

    ack = await people.submit(
        "UMIA", view, title="Crash", text="From the police report", anonymous=True, length="20"
    )

    assert ack.body["response_action"] == "update"
    await slack.until(lambda: "Kept as" in str(slack.views))
    [request] = seen.named("idea add")
    assert request.values["anonymous"] is True
    assert request.values["length"] == 20
    assert request.is_form


async def test_field_errors_come_with_the_acknowledgement(
    slack: SlackServer, people: SlackPeople, seen: Seen
) -> None:
    await people.slash("UMIA", "/idea add")
    [view] = await slack.until(lambda: list(slack.views.values()))

    ack = await people.submit("UMIA", view, title="Crash", text="short")

    assert ack.body["response_action"] == "errors"
    assert list(ack.body["errors"]) == ["text"]
    assert not seen.requests


async def test_a_reply_with_a_form_opens_it_in_the_same_modal_prefilled(
    slack: SlackServer, people: SlackPeople, seen: Seen
) -> None:
    await people.slash("UMIA", "/idea add")
    [view] = await slack.until(lambda: list(slack.views.values()))

    await people.submit("UMIA", view, title="Again", text="From the police report")

    [again] = slack.views.values()
    assert again["blocks"][1]["element"]["initial_value"] == "Better"
    await people.submit("UMIA", again)
    [_, second] = seen.named("idea add")
    assert second.values["title"] == "Better"
    assert second.values["draft"] == "7"


async def test_an_error_of_the_handler_is_shown_in_the_modal(
    slack: SlackServer, people: SlackPeople
) -> None:
    await people.slash("UMIA", "/idea add")
    [view] = await slack.until(lambda: list(slack.views.values()))

    await people.submit("UMIA", view, title="Bad link", text="From the police report")

    assert "Title" in str(slack.views[view["id"]]["blocks"])


async def test_a_slow_form_is_acknowledged_and_its_reply_comes_later(
    slack: SlackServer, people: SlackPeople, seen: Seen
) -> None:
    await people.slash("UMIA", "/idea add")
    [view] = await slack.until(lambda: list(slack.views.values()))
    seen.gate = asyncio.Event()

    ack = await people.submit("UMIA", view, title="Crash", text="From the police report")

    assert ack.seconds < 2.0
    assert "One moment" in str(ack.body)
    seen.gate.set()
    await slack.until(lambda: "Kept as" in str(slack.views))


async def test_a_closed_modal_loses_no_reply(
    slack: SlackServer, people: SlackPeople, seen: Seen
) -> None:
    await people.slash("UMIA", "/idea add")
    [view] = await slack.until(lambda: list(slack.views.values()))
    seen.gate = asyncio.Event()
    await people.submit("UMIA", view, title="Crash", text="From the police report")

    slack.views.clear()
    seen.gate.set()

    [message] = await slack.until(lambda: slack.ephemeral)
    assert "Kept as" in message["text"]


async def test_a_prefilled_form_opens(slack: SlackServer, people: SlackPeople) -> None:
    await people.slash("UMIA", "/idea edit 4")

    [view] = await slack.until(lambda: list(slack.views.values()))
    assert view["blocks"][0]["element"]["initial_value"] == "Title of 4"


async def test_a_modal_opens_before_a_slow_look_up_and_is_filled_after_it(
    slack: SlackServer, people: SlackPeople, seen: Seen
) -> None:
    seen.prefill_gate = asyncio.Event()
    await people.slash("UMIA", "/idea edit 4")

    [loading] = await slack.until(lambda: list(slack.views.values()))
    assert loading["callback_id"] == "screen"
    seen.prefill_gate.set()

    await slack.until(lambda: "Title of 4" in str(slack.views))
    [view] = slack.views.values()
    await people.submit("UMIA", view)
    [request] = seen.named("idea edit")
    assert request.values["number"] == 4


async def test_a_form_that_came_too_late_waits_behind_a_button(
    slack: SlackServer, people: SlackPeople
) -> None:
    slack.fail("views.open", error="expired_trigger_id")
    await people.slash("UMIA", "/idea add title:Crash")

    [message] = await slack.until(lambda: slack.ephemeral)
    await people.click("UMIA", message, "Continue: Share a use case")

    [view] = await slack.until(lambda: list(slack.views.values()))
    assert view["blocks"][0]["element"]["initial_value"] == "Crash"


async def test_all_other_commands_stand_behind_reelbank(
    slack: SlackServer, people: SlackPeople, seen: Seen
) -> None:
    await people.slash("UADA", "/reelbank settings set value:<#C2|cards>")

    await slack.until(lambda: slack.ephemeral)
    [request] = seen.named("settings set")
    assert request.values["value"] == "C2"


async def test_help_for_every_command_and_a_suggestion_for_a_mistyped_one(
    slack: SlackServer, people: SlackPeople, seen: Seen
) -> None:
    for line in ("/ask help", "/idea help", "/reelbank help", "/reelbank"):
        await people.slash("UMIA", line)
    await slack.until(lambda: len(slack.ephemeral) == 4)
    topics = sorted(r.text("topic") for r in seen.named("help"))
    assert topics == ["", "", "ask", "idea"]

    await people.slash("UMIA", "/idea serch crash")
    await slack.until(lambda: len(slack.ephemeral) == 5)
    assert "idea search" in slack.ephemeral[-1]["text"]


async def test_help_me_is_a_question(slack: SlackServer, people: SlackPeople, seen: Seen) -> None:
    await people.slash("UMIA", "/ask help me choose a model for adverts")

    await slack.until(lambda: slack.messages["C1"])
    assert seen.named("ask")[0].text("question") == "help me choose a model for adverts"


async def test_an_unexpected_error_is_answered_without_the_members_words(
    slack: SlackServer, people: SlackPeople, capsys: pytest.CaptureFixture[str]
) -> None:
    await people.slash("UMIA", "/reelbank broken very private words")

    [message] = await slack.until(lambda: slack.ephemeral)
    assert "private words" not in str(message)
    assert "private words" not in capsys.readouterr().out


async def test_the_command_works_where_the_bot_is_not_in_the_channel(
    slack: SlackServer, people: SlackPeople
) -> None:
    await people.slash("UMIA", "/ask how long?", channel="C3")

    assert await slack.until(lambda: slack.messages["C3"])


async def test_roles_come_from_slack_and_strangers_stay_members(
    slack: SlackServer, people: SlackPeople, seen: Seen
) -> None:
    await people.slash("UADA", "/reelbank settings set x y")
    await people.slash("UEXT", "/reelbank settings set x y")
    await people.slash("UMIA", "/reelbank settings set x y")

    await slack.until(lambda: len(slack.ephemeral) == 3)
    [request] = seen.named("settings set")
    assert request.actor.display_name == "Ada"


async def test_a_user_group_makes_moderators(
    slack: SlackServer, people: SlackPeople, seen: Seen, store: Store
) -> None:
    slack.groups["S1"] = ["UMIA"]
    await grant_group(store, "S1")

    await people.slash("UMIA", "/reelbank export")
    await people.slash("UBEN", "/reelbank export")

    await slack.until(lambda: len(slack.ephemeral) == 2)
    [request] = seen.named("export")
    assert request.actor.display_name == "Mia"


async def test_a_file_goes_to_the_askers_direct_messages_and_is_deleted(
    slack: SlackServer, people: SlackPeople, seen: Seen, store: Store
) -> None:
    await grant_group(store, "UMIA")

    await people.slash("UMIA", "/reelbank export")

    [message] = await slack.until(lambda: slack.ephemeral)
    [file] = slack.files
    assert file["channel"] == "DUMIA"
    assert file["data"] == b"number,title\n1,Crash\n"
    assert "direct messages" in message["text"]


async def test_a_failed_upload_is_said(
    slack: SlackServer, people: SlackPeople, store: Store
) -> None:
    await grant_group(store, "UMIA")
    slack.fail("files.completeUploadExternal", error="storage_limit_reached")

    await people.slash("UMIA", "/reelbank export")

    [message] = await slack.until(lambda: slack.ephemeral)
    assert "could not be sent" in message["text"]


async def test_slack_may_be_slow_about_who_it_is(
    slack: SlackServer, people: SlackPeople, seen: Seen
) -> None:
    slack.fail("users.info", delay_s=0.7)

    ack = await people.slash("UADA", "/reelbank settings set x y")

    assert ack.seconds < 1.5
    await slack.until(lambda: slack.ephemeral)
    assert seen.named("settings set")[0].actor.display_name == "Ada"


async def test_a_rate_limit_is_waited_for_and_the_message_sent_once(
    slack: SlackServer, people: SlackPeople
) -> None:
    slack.fail("response_url", status=429, retry_after=0, times=2)

    await people.slash("UMIA", "/ask how long?")

    await slack.until(lambda: slack.messages["C1"])
    assert len(slack.messages["C1"]) == 1


async def test_a_closed_response_address_gives_place_to_the_next_way(
    slack: SlackServer, people: SlackPeople
) -> None:
    await people.slash("UMIA", "/ask how long?", response_url="https://evil.example/x")
    await slack.until(lambda: slack.messages["C1"])

    await people.slash("UMIA", "/reelbank help", response_url=f"{slack.base}/commands/none")
    assert await slack.until(lambda: slack.ephemeral)

    await people.slash("UMIA", "/reelbank help", channel="C3", response_url="")
    assert await slack.until(lambda: slack.messages["DUMIA"])


async def test_a_table_that_slack_refuses_comes_as_text(
    slack: SlackServer, people: SlackPeople
) -> None:
    await people.slash("UMIA", "/idea compare")
    [message] = await slack.until(lambda: slack.messages["C1"])
    assert [b["type"] for b in message["blocks"]] == ["section", "table", "context"]

    event = people.said("UMIA", "/idea compare", channel="DUMIA")
    slack.fail("chat.postMessage", error="invalid_blocks")
    await people.event(event)
    await slack.until(lambda: len(slack.messages["DUMIA"]) == 2)
    blocks = slack.messages["DUMIA"][1]["blocks"]
    assert "table" not in [b["type"] for b in blocks]
    assert "Longest clip: 8 s" in str(blocks)


async def test_a_stalled_handler_does_not_hold_up_the_acknowledgement(
    slack: SlackServer, people: SlackPeople, seen: Seen
) -> None:
    seen.gate = asyncio.Event()

    acks = await asyncio.gather(*(people.slash("UMIA", f"/ask q{n}?") for n in range(20)))

    assert max(ack.seconds for ack in acks) < 1.5
    seen.gate.set()
    await slack.until(lambda: len(slack.messages["C1"]) == 20)

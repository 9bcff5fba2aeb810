from tests.fakes.slack_people import SlackPeople
from tests.fakes.slack_server import SlackServer
from tests.slack.features import Seen


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

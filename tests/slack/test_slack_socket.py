"""Socket Mode over a real WebSocket: acknowledgements, reconnecting, nonsense."""

from tests.fakes.slack_people import SlackPeople
from tests.fakes.slack_server import BOT_USER, SlackServer
from tests.slack.features import Seen


async def test_a_command_is_acknowledged_and_answered(
    slack: SlackServer, socket_people: SlackPeople
) -> None:
    ack = await socket_people.slash("UMIA", "/ask how long?")

    assert ack.body["response_type"] == "in_channel"
    assert await slack.until(lambda: slack.messages["C1"])


async def test_field_errors_travel_in_the_acknowledgement(
    slack: SlackServer, socket_people: SlackPeople
) -> None:
    await socket_people.slash("UMIA", "/idea add")
    [view] = await slack.until(lambda: list(slack.views.values()))

    ack = await socket_people.submit("UMIA", view, title="Crash", text="short")
    assert ack.body["response_action"] == "errors"

    ack = await socket_people.submit("UMIA", view, title="Crash", text="From the police report")
    assert "Kept as" in str(ack.body)


async def test_it_reconnects_when_slack_says_so(
    slack: SlackServer, socket_people: SlackPeople
) -> None:
    await slack.disconnect()
    await slack.until(lambda: slack.hellos == 2)

    assert (await socket_people.slash("UMIA", "/ask how long?")).status == 200


async def test_it_reconnects_when_the_connection_drops(
    slack: SlackServer, socket_people: SlackPeople
) -> None:
    await slack.drop()
    await slack.until(lambda: slack.hellos == 2)

    assert (await socket_people.slash("UMIA", "/ask how long?")).status == 200


async def test_nonsense_on_the_wire_is_survived(
    slack: SlackServer, socket_people: SlackPeople
) -> None:
    for text in (
        "{",
        "[]",
        "null",
        '{"type":"hello"}',
        '{"type":"slash_commands"}',
        "\u0000",
        "{}",
    ):
        await slack.send_raw(text)
    await slack.send_raw('{"envelope_id":"x","type":"events_api","payload":null}')
    await slack.send_raw('{"envelope_id":"y","type":"interactive","payload":{"type":"?"}}')

    assert (await socket_people.slash("UMIA", "/ask how long?")).status == 200


async def test_an_event_sent_again_after_a_reconnect_has_one_effect(
    slack: SlackServer, socket_people: SlackPeople, seen: Seen
) -> None:
    event = socket_people.said("UMIA", f"<@{BOT_USER}> how long?") | {"type": "app_mention"}
    await socket_people.event(event, event_id="Ev1")
    await slack.disconnect()
    await slack.until(lambda: slack.hellos == 2)
    await socket_people.event(event, event_id="Ev1")

    await slack.until(lambda: len(slack.messages["C1"]) == 2)
    assert len(seen.named("ask")) == 1

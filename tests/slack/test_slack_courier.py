"""Cards and notices: once per key, edited, deleted, and every failure named."""

from datetime import UTC, datetime

import pytest

from bot.adapters.slack_app.adapter import SlackAdapter
from bot.adapters.slack_app.courier import SlackCourier
from bot.core.courier import CourierError, Forbidden, Gone, Sent, TryLater
from bot.core.model import Button, Community, Reply, Table
from storage import Store
from tests.fakes.slack_server import SlackServer

CARD = Reply(
    title="#1 Crash",
    text="From the police report",
    buttons=(Button(label="Up", command="idea vote", values={"number": 1, "vote": 1}),),
)


@pytest.fixture
async def community(store: Store) -> Community:
    row = await store.communities.ensure("slack:T1", "Acme", datetime.now(UTC))
    return Community(id=row.id, key=row.key, name=row.name, bank_id=row.bank_id)


@pytest.fixture
def courier(adapter: SlackAdapter) -> SlackCourier:
    return adapter.courier


async def post(courier: SlackCourier, community: Community, channel: str = "C2") -> Sent:
    return await courier.post(community, channel, CARD, key="card:1:1", thread_id=None)


async def test_a_card_is_posted_edited_and_deleted(
    slack: SlackServer, courier: SlackCourier, community: Community
) -> None:
    sent = await post(courier, community)
    message = slack.message("C2", sent.message_id)
    assert message is not None
    assert message["metadata"] == {
        "event_type": "reelbank", "event_payload": {"key": "card:1:1"},
    }  # fmt: skip

    await courier.edit(community, sent, Reply(text="Accepted"))
    assert "Accepted" in str(message["blocks"])

    await courier.delete(community, sent)
    await courier.delete(community, sent)
    assert slack.messages["C2"] == []


async def test_posting_the_same_key_again_finds_the_first(
    slack: SlackServer, courier: SlackCourier, community: Community
) -> None:
    first = await post(courier, community)
    assert await post(courier, community) == first
    assert len(slack.messages["C2"]) == 1


async def test_an_answer_that_was_lost_does_not_post_twice(
    slack: SlackServer, courier: SlackCourier, community: Community
) -> None:
    slack.fail("chat.postMessage", is_lost=True)

    with pytest.raises(TryLater):
        await post(courier, community)
    sent = await post(courier, community)

    assert [m["ts"] for m in slack.messages["C2"]] == [sent.message_id]


async def test_a_duplicate_is_deleted(
    slack: SlackServer, courier: SlackCourier, community: Community
) -> None:
    first = await post(courier, community)
    original = slack.message("C2", first.message_id)
    assert original is not None
    slack.messages["C2"].append({**original, "ts": slack.next_ts()})

    assert await post(courier, community) == first
    assert len(slack.messages["C2"]) == 1


async def test_without_the_history_scope_it_posts_all_the_same(
    slack: SlackServer, courier: SlackCourier, community: Community
) -> None:
    slack.fail("conversations.history", error="missing_scope")

    assert await post(courier, community)


async def test_a_500_may_have_posted_so_it_is_looked_for_before_the_next_try(
    slack: SlackServer, courier: SlackCourier, community: Community
) -> None:
    slack.fail("chat.postMessage", status=500)

    with pytest.raises(TryLater):
        await post(courier, community)
    assert slack.counted()["chat.postMessage"] == 1
    await post(courier, community)
    assert len(slack.messages["C2"]) == 1


async def test_a_short_rate_limit_is_waited_for(
    slack: SlackServer, courier: SlackCourier, community: Community
) -> None:
    slack.fail("chat.postMessage", status=429, retry_after=0, times=2)

    await post(courier, community)
    assert len(slack.messages["C2"]) == 1


async def test_a_long_rate_limit_goes_back_to_the_outbox(
    slack: SlackServer, courier: SlackCourier, community: Community
) -> None:
    slack.fail("chat.postMessage", status=429, retry_after=90)

    with pytest.raises(TryLater) as caught:
        await post(courier, community)
    assert caught.value.seconds == 90


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        ("channel_not_found", Gone),
        ("is_archived", Gone),
        ("not_in_channel", Forbidden),
        ("missing_scope", Forbidden),
        ("restricted_action", Forbidden),
        ("ratelimited", TryLater),
        ("internal_error", TryLater),
        ("service_unavailable", TryLater),
        ("invalid_auth", TryLater),
        ("msg_too_long", Gone),
    ],
)
async def test_every_failure_says_what_can_be_done(
    slack: SlackServer,
    courier: SlackCourier,
    community: Community,
    error: str,
    kind: type[CourierError],
) -> None:
    slack.fail("chat.postMessage", error=error)

    with pytest.raises(kind):
        await post(courier, community)


async def test_editing_a_message_that_is_gone(courier: SlackCourier, community: Community) -> None:
    with pytest.raises(Gone):
        await courier.edit(community, Sent("C2", "1.1"), CARD)


async def test_a_direct_message_and_one_that_cannot_be_sent(
    slack: SlackServer, courier: SlackCourier, community: Community
) -> None:
    sent = await courier.tell(community, "slack:T1:UMIA", Reply(text="Accepted"), key="n1")
    assert sent.channel_id == "DUMIA"
    assert len(slack.messages["DUMIA"]) == 1

    slack.users["UMIA"]["deleted"] = True
    with pytest.raises(Gone):
        await courier.tell(community, "slack:T1:UMIA", Reply(text="x"), key="n2")
    with pytest.raises(Gone):
        await courier.tell(community, "discord:5", Reply(text="x"), key="n3")


async def test_what_does_not_fit_follows_in_the_thread(
    slack: SlackServer, courier: SlackCourier, community: Community
) -> None:
    long = Reply(text="\n\n".join(f"Paragraph {n} " + "word " * 500 for n in range(9)))

    sent = await courier.post(community, "C2", long, key="k", thread_id=None)

    first, *rest = slack.messages["C2"]
    assert first["ts"] == sent.message_id
    assert rest
    assert all(m["thread_ts"] == sent.message_id for m in rest)


async def test_a_refused_table_is_posted_as_text(
    slack: SlackServer, courier: SlackCourier, community: Community
) -> None:
    slack.fail("chat.postMessage", error="invalid_blocks")
    table = Reply(text="Two", table=Table(("A", "B"), (("1", "2"),)))

    await courier.post(community, "C2", table, key="k", thread_id=None)

    assert "table" not in str([b["type"] for b in slack.messages["C2"][0]["blocks"]])


async def test_missing_names_scopes_and_channels(
    slack: SlackServer, adapter: SlackAdapter, community: Community
) -> None:
    assert await adapter.courier.missing(community) == []
    settings = {"cards_channel": "C3", "staff_channel": "C9"}
    lacking = await adapter.courier.missing(
        Community(
            id=community.id,
            key=community.key,
            name=community.name,
            bank_id=community.bank_id,
            settings=settings,
        )
    )
    assert [lack.setting for lack in lacking] == ["cards_channel", "staff_channel"]
    assert "`/invite @Reelbank`" in lacking[0].text
    assert "#elsewhere" in lacking[0].text

    slack.scopes = "chat:write,commands"
    lacking = await adapter.courier.missing(community)
    assert "**usergroups:read**" in [lack.text.partition(" ")[0] for lack in lacking]
    assert {lack.url for lack in lacking} == {"https://api.slack.com/apps/A1/install-on-team"}

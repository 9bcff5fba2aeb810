"""What Tab offers after a `#`: only what this person may see."""

from prompt_toolkit.completion import CompleteEvent
from prompt_toolkit.document import Document

from bot.adapters.console.completion import ChatCompleter
from bot.core.model import Request
from tests.fakes.house import House, Visitor

TEXT = "Show juries how the crash happened, from the police report"


async def offered(house: House, visitor: Visitor, typed: str) -> list[str]:
    asked = await visitor.request("help", {})

    def request(_command: str) -> Request:
        return asked

    found = ChatCompleter(house.services, request).get_completions_async(
        Document(typed), CompleteEvent(completion_requested=True)
    )
    return [one.text async for one in found]


async def test_ideas_that_wait_are_offered_to_moderators_only(house: House) -> None:
    await house.set("review", "before")
    await house.person("ann").does("idea add", text=TEXT)

    assert await offered(house, house.moderator(), "what about #1") == ["#1"]
    assert await offered(house, house.person("ben"), "what about #1") == []

"""Which conversation a Discord message belongs to, so that a reply to an answer continues it."""

from __future__ import annotations

from collections import OrderedDict

import discord

_REMEMBERED = 5000
_LONGEST_CHAIN = 12
"""Messages that are followed back after a restart; a longer talk begins anew."""


class Threads:
    """Maps our messages to conversations: from memory, or by following the replies back.

    A conversation that began with a command has the id of its interaction, which Discord keeps
    with the answer; one that began with a message has the id of that message. So both are found
    again after a restart.
    """

    def __init__(self) -> None:
        self._known: OrderedDict[int, str] = OrderedDict()

    def remember(self, message_id: int, thread: str) -> None:
        """Note that one of our messages belongs to a conversation."""
        self._known[message_id] = thread
        self._known.move_to_end(message_id)
        while len(self._known) > _REMEMBERED:
            self._known.popitem(last=False)

    def known(self, message_id: int) -> str | None:
        """Give the conversation of one of our messages, from memory only."""
        return self._known.get(message_id)

    async def of(self, message: discord.Message, own_id: int) -> str:
        """Give the conversation of a member's message: that of our message it replies to, or new.

        Args:
            message: by a member.
            own_id: the bot's user id.
        """
        answered = await referenced(message)
        if answered is None or answered.author.id != own_id:
            return str(message.id)
        return await self._of_ours(answered, own_id)

    async def _of_ours(self, ours: discord.Message, own_id: int) -> str:
        for _ in range(_LONGEST_CHAIN):
            known = self._known.get(ours.id)
            if known is not None:
                return known
            metadata = ours.interaction_metadata
            if metadata is not None:
                return str(metadata.id)
            asked = await referenced(ours)
            if asked is None:
                return str(ours.id)
            before = await referenced(asked)
            if before is None or before.author.id != own_id:
                return str(asked.id)
            ours = before
        return str(ours.id)


async def referenced(message: discord.Message) -> discord.Message | None:
    """Give the message that another replies to, or None where there is none or it is gone."""
    reference = message.reference
    if reference is None or reference.message_id is None:
        return None
    if reference.type is not discord.MessageReferenceType.reply:
        return None
    if isinstance(reference.resolved, discord.Message):
        return reference.resolved
    if isinstance(reference.resolved, discord.DeletedReferencedMessage):
        return None
    try:
        return await message.channel.fetch_message(reference.message_id)
    except discord.HTTPException:
        return None

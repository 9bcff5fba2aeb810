"""Which conversation a Discord message belongs to, so that a reply to an answer continues it."""

from __future__ import annotations

from collections import OrderedDict

import discord

_REMEMBERED = 5000
_LONGEST_CHAIN = 12
"""Messages that are followed back after a restart; a longer talk begins anew."""


class Threads:
    """Maps our messages to conversations: from memory, or by following the replies back.

    A conversation has the id of the message that began it. What began with a command has none:
    core then takes what the same person asked there before, as it does in direct messages.
    """

    def __init__(self) -> None:
        self._known: OrderedDict[int, str] = OrderedDict()

    def remember(self, message_id: int, thread: str) -> None:
        """Note that one of our messages belongs to a conversation."""
        self._known[message_id] = thread
        self._known.move_to_end(message_id)
        while len(self._known) > _REMEMBERED:
            self._known.popitem(last=False)

    async def of(self, message: discord.Message, own_id: int) -> str | None:
        """Give the conversation of a member's message: that of our message it replies to, or new.

        Args:
            message: by a member.
            own_id: the bot's user id.

        Returns:
            None for "whatever this person asked here before".
        """
        if message.guild is None:
            return None
        answered = await referenced(message)
        if answered is None or answered.author.id != own_id:
            return str(message.id)
        return await self._of_ours(answered, message.author.id, own_id)

    async def _of_ours(self, ours: discord.Message, asker_id: int, own_id: int) -> str | None:
        for _ in range(_LONGEST_CHAIN):
            known = self._known.get(ours.id)
            if known is not None:
                return known
            metadata = ours.interaction_metadata
            if metadata is not None:
                return None if metadata.user.id == asker_id else str(ours.id)
            asked = await referenced(ours)
            before = await referenced(asked) if asked is not None else None
            if asked is None or before is None or before.author.id != own_id:
                return str((asked or ours).id)
            ours = before
        return str(ours.id)

    def of_click(self, message: discord.Message | None) -> str | None:
        """Give the conversation of our message whose button was clicked, without asking Discord."""
        if message is None:
            return None
        reference = message.reference.message_id if message.reference else None
        return self._known.get(message.id) or (str(reference) if reference else None)


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

"""Every command, in the order in which help lists them; a new one is one module and one line."""

from bot.core.commands.answers import FEEDBACK, SHARE
from bot.core.commands.ask import ASK
from bot.core.commands.consent import CONSENT
from bot.core.commands.decide import ACCEPT, DECLINE
from bot.core.commands.help import HELP
from bot.core.commands.idea_add import ADD_IDEA, CAPTURE, KEEP_DRAFT
from bot.core.commands.idea_change import EDIT_IDEA, WITHDRAW_IDEA
from bot.core.commands.idea_list import MY_IDEAS, SEARCH_IDEAS
from bot.core.commands.idea_react import FOLLOW, NOTE, STAFF_NOTE, VOTE
from bot.core.commands.idea_show import EXPLAIN_RANK, RANDOM_IDEA, SHOW_IDEA, SIMILAR_IDEAS
from bot.core.commands.industries import RETAG
from bot.core.commands.moderate import BLOCK, LOG, MERGE, UNDO, UNMERGE, VOTES
from bot.core.commands.queue import QUEUE
from bot.core.commands.settings import SET, SHOW
from bot.core.model import Command

ALL: tuple[Command, ...] = (
    ASK,
    ADD_IDEA,
    KEEP_DRAFT,
    CAPTURE,
    CONSENT,
    SHOW_IDEA,
    SEARCH_IDEAS,
    MY_IDEAS,
    RANDOM_IDEA,
    SIMILAR_IDEAS,
    EXPLAIN_RANK,
    VOTE,
    FOLLOW,
    NOTE,
    EDIT_IDEA,
    RETAG,
    WITHDRAW_IDEA,
    QUEUE,
    ACCEPT,
    DECLINE,
    MERGE,
    UNMERGE,
    UNDO,
    STAFF_NOTE,
    BLOCK,
    LOG,
    VOTES,
    SHOW,
    SET,
    FEEDBACK,
    SHARE,
    HELP,
)

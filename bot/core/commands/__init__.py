"""Every command, in the order in which help lists them; a new one is one module and one line."""

from bot.core.commands.answers import FEEDBACK, SHARE
from bot.core.commands.appeal import APPEAL, UPHOLD
from bot.core.commands.ask import ASK
from bot.core.commands.claim import CLAIM
from bot.core.commands.consent import CONSENT
from bot.core.commands.decide import ACCEPT, DECLINE, RESTORE
from bot.core.commands.digest import DIGEST
from bot.core.commands.export import EXPORT
from bot.core.commands.gaps import FOLLOW_GAP, GAPS, SETTLE_GAPS
from bot.core.commands.help import HELP
from bot.core.commands.idea_add import ADD_IDEA, CAPTURE, KEEP_DRAFT
from bot.core.commands.idea_change import EDIT_IDEA, WITHDRAW_IDEA
from bot.core.commands.idea_files import ATTACH, DETACH, FILES
from bot.core.commands.idea_list import MY_IDEAS, SEARCH_IDEAS, TOP_IDEAS
from bot.core.commands.idea_notes import NOTE, NOTE_BELOW, NOTES, RENOTE, STAFF_NOTE, UNNOTE
from bot.core.commands.idea_react import FOLLOW, VOTE
from bot.core.commands.idea_show import EXPLAIN_RANK, RANDOM_IDEA, SHOW_IDEA, SIMILAR_IDEAS
from bot.core.commands.link import LINK_CODE, LINK_JOIN, LINK_LEAVE, LINK_ME
from bot.core.commands.log import LOG
from bot.core.commands.market import (
    ADD_FACT,
    CORRECT_FACT,
    DECIDE_FACT,
    EXPORT_FACTS,
    RETIRE_FACT,
)
from bot.core.commands.me import NOTICES
from bot.core.commands.moderate import BLOCK, KEEP_APART, MERGE, UNMERGE, VOTES
from bot.core.commands.privacy import DELETE_MINE, EXPORT_MINE, SHOW_PRIVACY
from bot.core.commands.queue import QUEUE
from bot.core.commands.retag import RETAG, RETAG_SEVERAL
from bot.core.commands.review import REVIEW
from bot.core.commands.settings import SET, SHOW
from bot.core.commands.setup import RESEND, SETUP, SETUP_CHOOSE, SETUP_ZONE
from bot.core.commands.stats import STATS
from bot.core.commands.taxonomy import ADD, LIST, RENAME, RETIRE
from bot.core.commands.taxonomy import MERGE as MERGE_INDUSTRIES
from bot.core.commands.undo import UNDO
from bot.core.model import Command

ALL: tuple[Command, ...] = (
    ASK,
    ADD_IDEA,
    KEEP_DRAFT,
    CAPTURE,
    CONSENT,
    SHOW_IDEA,
    SEARCH_IDEAS,
    TOP_IDEAS,
    MY_IDEAS,
    RANDOM_IDEA,
    SIMILAR_IDEAS,
    EXPLAIN_RANK,
    VOTE,
    FOLLOW,
    NOTE,
    NOTES,
    RENOTE,
    UNNOTE,
    NOTE_BELOW,
    EDIT_IDEA,
    ATTACH,
    FILES,
    DETACH,
    RETAG,
    WITHDRAW_IDEA,
    APPEAL,
    QUEUE,
    REVIEW,
    CLAIM,
    ACCEPT,
    DECLINE,
    RESTORE,
    UPHOLD,
    MERGE,
    RETAG_SEVERAL,
    KEEP_APART,
    UNMERGE,
    UNDO,
    STAFF_NOTE,
    BLOCK,
    LOG,
    VOTES,
    EXPORT,
    STATS,
    DIGEST,
    LIST,
    ADD,
    RENAME,
    MERGE_INDUSTRIES,
    RETIRE,
    ADD_FACT,
    CORRECT_FACT,
    RETIRE_FACT,
    EXPORT_FACTS,
    GAPS,
    DECIDE_FACT,
    SETTLE_GAPS,
    FOLLOW_GAP,
    SETUP,
    SETUP_CHOOSE,
    SETUP_ZONE,
    RESEND,
    SHOW,
    SET,
    LINK_CODE,
    LINK_JOIN,
    LINK_LEAVE,
    LINK_ME,
    NOTICES,
    SHOW_PRIVACY,
    EXPORT_MINE,
    DELETE_MINE,
    FEEDBACK,
    SHARE,
    HELP,
)

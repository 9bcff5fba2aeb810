"""The play: a table of steps that reaches every command; the same on all platforms."""

from __future__ import annotations

from bot.core.services import Services
from storage import Write
from tests.contract.stage import ADA, ANN, BEN, MOE, Forge, Notes, Press, Save, Step, Use

CRASH = (
    "Reconstruct a traffic accident from the police report, to show the jury what happened before "
    "the cars met at the crossing."
)
CRASH_AGAIN = (
    "Reconstruct a traffic accident from police reports, to show a jury what happened before the "
    "cars met at a crossing."
)
CRASH_EDITED = (
    "Reconstruct a traffic accident from three witnesses, to show the jury what happened before "
    "the cars met at the crossing."
)
MENU = "A menu that moves: every dish of our restaurant as a five second clip for the *tablet*."
SAFETY = "Show newcomers in the factory each machine's dangers with short generated safety films."
SAID = "We could animate the old photographs of the village for the local museum's audio guide."
CHOSEN = {"name": "answers", "value": "mention", "step": "answers"}
FACT = "Sora 2 is offered to the members of our club at a special price of 3 dollars."
STUDY = "https://example.org/study"
SOURCE = "https://example.org/club-price"


async def hold_out_votes(services: Services, notes: Notes) -> None:
    """Put a burst of votes aside, as `idea vote` does with those of many new accounts."""
    voters = []
    for number in range(3):
        key = f"{notes.words['account']}{number}"
        ensure = services.store.members.ensure
        person = await ensure(notes.community_id, key, f"Newcomer {number}", notes.now)
        voters.append(person.id)
        write = Write(person_id=person.id, community_id=notes.community_id, now=notes.now)
        await services.store.votes.set(write, notes.bank_id, 1, 1, notes.words["platform"])
    write = Write(person_id=None, community_id=notes.community_id, now=notes.now)
    await services.store.votes.hold_out(write, notes.bank_id, 1, voters)


async def make_neighbours_code(services: Services, notes: Notes) -> None:
    """Let a community of another platform make a code."""
    row = await services.store.communities.ensure("elsewhere:1", "Neighbours", notes.now)
    write = Write(person_id=None, community_id=row.id, now=notes.now)
    notes.words["link_code"] = await services.store.communities.make_link_code(write, row.id)


SCRIPT = (
    Step("help", Use(ANN, "help")),
    Step("help", Use(ANN, "help", {"command": "idea add"})),
    # --- setting up
    Step("setup", Use(ADA, "setup")),
    Step("setup", Press(ADA, "Skip")),
    Step("setup", Use(ADA, "setup", {"step": "answers"})),
    Step("settings choose", Forge(ADA, "settings choose", CHOSEN)),
    Step("setup", Use(ADA, "setup", {"step": "digest"})),
    Step("settings zone", Press(ADA, "Search a time zone", form={"zone": "Spain"})),
    Step("setup", Use(ADA, "setup", {"step": "done"})),
    Step("settings resend", Forge(ADA, "settings resend")),
    Step("settings show", Use(ADA, "settings show"), has_table=True),
    Step("settings set", Use(ADA, "settings set", {"name": "digest_day", "value": "friday"})),
    Step("settings set", Use(ADA, "settings set", {"name": "digest_day", "value": "someday"})),
    Step("settings set", Use(ADA, "settings set", {"name": "cards_channel", "value": "{cards}"})),
    # --- asking
    Step("ask", Use(ANN, "ask", {"question": "How long can a Veo 3 clip be?"})),
    Step("feedback", Press(ANN, "Helpful")),
    Step("ask", Use(ANN, "ask", form={"question": "Does Sora 2 have audio?"})),
    Step("feedback", Press(ANN, "Not helpful", form={"reason": "Which kinds of sound?"})),
    Step("ask", Use(BEN, "ask", {"private": True, "question": "Who makes Kling?"})),
    Step("share", Press(BEN, "Share")),
    Step(
        "ask",
        Use(BEN, "ask", {"question": "Compare Veo 3 and Sora 2 on length and price"}),
        has_table=True,
    ),
    Step("ask", Use(BEN, "ask", {"question": "What does the Zorbotron 9 cost per month?"})),
    Step("market follow", Press(BEN, "Tell me when you know")),
    # --- ideas
    Step("idea add", Use(ANN, "idea add", form={"title": "Crash *clips*", "text": CRASH})),
    Step("idea random", Use(BEN, "idea random")),
    Step("idea add", Use(BEN, "idea add", {"text": CRASH_AGAIN})),
    Step("idea keep", Press(BEN, "Mine is different, keep it")),
    Step("idea add", Use(BEN, "idea add", {"industry": "food", "anonymous": True, "text": MENU})),
    Step("idea add", Use(BEN, "idea add", {"industry": "no such industry", "text": SAFETY})),
    Step("idea add", Use(BEN, "idea add", {"title": "Safety films", "text": SAFETY})),
    Step("idea add", Use(BEN, "idea add", {"text": "ok"})),
    Step("idea show", Use(BEN, "idea show", {"number": 1})),
    Step("idea show", Use(BEN, "idea show", {"number": 99})),
    Step("idea search", Use(BEN, "idea search", {"sort": "new", "query": "accident jury"})),
    Step("idea top", Use(BEN, "idea top")),
    Step("idea mine", Use(BEN, "idea mine")),
    Step("idea similar", Use(ANN, "idea similar", {"number": 1})),
    Step("idea vote", Use(BEN, "idea vote", {"number": 1, "vote": "1"})),
    Step("idea vote", Use(BEN, "idea vote", {"number": 1, "vote": "1"})),
    Step("idea why", Use(ANN, "idea why", {"number": 1})),
    Step("idea follow", Use(ANN, "idea follow", {"number": 3})),
    Step("idea note", Use(ANN, "idea note", {"number": 3}, form={"text": "Also for *allergies*"})),
    Step("idea note", Use(BEN, "idea note", {"number": 1, "text": "Ask the insurers first"})),
    Step("idea notes", Use(BEN, "idea notes", {"number": 1})),
    Step("idea renote", Press(BEN, "Change", form={"text": "Ask the insurers *twice*"})),
    Step("idea notes", Use(MOE, "idea notes", {"number": 1})),
    Step("idea unnote", Press(MOE, "Remove")),
    Step("idea noted", Forge(ANN, "idea noted", {"number": 1, "text": "And the police."})),
    Step("me notices", Use(ANN, "me notices", {"about": "all"})),
    Step("idea edit", Use(ANN, "idea edit", {"number": 1}, form={"title": "Crash clips & maps"})),
    Step("idea edit", Use(ANN, "idea edit", {"number": 1, "beneficiaries": "Courts"})),
    Step("idea attach", Use(ANN, "idea attach", {"number": 1}, form={"link": STUDY})),
    Step("idea attach", Use(ANN, "idea attach", {"number": 1, "link": "gopher://hole"})),
    Step("idea attach", Use(BEN, "idea attach", {"number": 1, "link": STUDY})),
    Step("idea files", Use(BEN, "idea files", {"number": 1})),
    Step("idea detach", Use(ANN, "idea detach", {"number": 1, "which": 1})),
    Step("idea retag", Use(ANN, "idea retag", {"number": 1})),
    Step("idea retag", Press(ANN, "More …")),
    Step("idea retag", Use(ANN, "idea retag", {"number": 1, "industry": "legal,insurance"})),
    Step("idea withdraw", Use(BEN, "idea withdraw", {"number": 4})),
    # --- somebody else's words
    Step("capture", Save(ANN, BEN, SAID)),
    Step("capture", Save(ANN, BEN, SAID)),
    Step("consent", Press(ANN, "Yes, keep it with my name")),
    Step("consent", Press(BEN, "Yes, keep it with my name")),
    # --- moderating
    Step("queue", Use(MOE, "queue")),
    Step("queue", Press(MOE, "Filter", form={"whose": "unclaimed", "age": ""})),
    Step("mod accept", Use(MOE, "mod accept", {"number": "1"})),
    Step("mod accept", Use(MOE, "mod accept", {"number": "1"})),
    Step("mod decline", Use(MOE, "mod decline", {"number": "3"}, form={"reason": "off_topic"})),
    Step("mod undo", Press(MOE, "Undo")),
    Step("mod claim", Use(MOE, "mod claim", {"number": "3"})),
    Step("mod review", Use(ADA, "mod review", {"number": 3})),
    Step("mod accept", Use(ADA, "mod accept", {"number": "3"})),
    Step("mod claim", Use(MOE, "mod claim", {"number": "3", "lift": True})),
    Step("mod decline", Use(MOE, "mod decline", {"number": "3"}, form={"template": "off_topic"})),
    Step("idea appeal", Use(BEN, "idea appeal", {"number": 3}, form={"text": "It *is* about it"})),
    Step("queue", Use(ADA, "queue", {"kind": "appeals"})),
    Step("mod uphold", Press(ADA, "Let it stand", form={"reason": "Not for *us*"})),
    Step("mod undo", Use(ADA, "mod undo")),
    Step("mod accept", Use(ADA, "mod accept", {"number": "3"})),
    Step("mod accept", Press(ADA, "Accept all the same")),
    Step("mod accept", Use(MOE, "mod accept", {"number": "2,5,99"})),
    Step("mod accept", Press(MOE, "Accept 2")),
    Step("mod retag", Use(MOE, "mod retag", {"number": "2,5,99", "industry": "games"})),
    Step("mod retag", Press(MOE, "Change 2")),
    Step("mod merge", Use(MOE, "mod merge", {"number": 2, "into": 1})),
    Step("mod unmerge", Press(MOE, "Part them again")),
    Step("queue", Use(MOE, "queue", {"kind": "duplicates"})),
    Step("mod apart", Press(MOE, "Not the same")),
    Step("settings set", Use(ADA, "settings set", {"name": "review", "value": "before"})),
    Step("idea edit", Use(ANN, "idea edit", {"number": 1, "text": CRASH_EDITED})),
    Step("queue", Use(MOE, "queue", {"kind": "edits"})),
    Step("mod restore", Press(MOE, "Put back the old words")),
    Step("settings set", Use(ADA, "settings set", {"name": "review", "value": "after"})),
    Step("mod note", Use(MOE, "mod note", {"number": 1, "text": "Ask *Ann* for a film"})),
    Step("queue", Use(MOE, "queue", {"kind": "votes"}), behind=hold_out_votes),
    Step("mod votes", Press(MOE, "Count them")),
    Step("mod block", Use(MOE, "mod block", {"number": 2, "days": 2})),
    Step("idea add", Use(BEN, "idea add", {"text": "Films that teach sign language to parents."})),
    Step("mod block", Use(MOE, "mod block", {"number": 2, "lift": True})),
    Step("export", Use(MOE, "export", {"format": "csv"})),
    Step("export", Use(MOE, "export", {"format": "md", "status": "accepted"})),
    Step("stats", Use(ANN, "stats")),
    Step("digest", Use(MOE, "digest")),
    # --- industries
    Step("industry list", Use(ANN, "industry list")),
    Step(
        "industry add",
        Use(MOE, "industry add", {"keywords": "funeral*, obituar*", "name": "Funeral Services"}),
    ),
    Step("industry add", Press(MOE, "Do it")),
    Step(
        "industry rename",
        Use(MOE, "industry rename", {"industry": "games", "sure": True, "name": "Play & Games"}),
    ),
    Step(
        "industry merge",
        Use(MOE, "industry merge", {"industry": "games", "into": "food", "sure": True}),
    ),
    Step("industry retire", Use(MOE, "industry retire", {"industry": "Funeral Services"})),
    # --- the market
    Step(
        "market add",
        Use(ANN, "market add", form={"entity": "Sora 2", "claim": FACT, "source": SOURCE}),
    ),
    Step("queue", Use(MOE, "queue", {"kind": "facts"})),
    Step("market decide", Press(MOE, "Accept")),
    Step(
        "market correct",
        Use(
            MOE,
            "market correct",
            {
                "entity": "Sora 2",
                "fact": "special price of 3",
                "source": SOURCE,
                "claim": "Sora 2 is offered to the members of our club at 4 dollars a month.",
            },
        ),
    ),
    Step(
        "market retire", Use(MOE, "market retire", {"entity": "Sora 2", "fact": "at 4 dollars a"})
    ),
    Step("market export", Use(MOE, "market export")),
    Step("market gaps", Use(MOE, "market gaps")),
    Step("market close", Press(MOE, "Dismiss")),
    Step("market gaps", Use(MOE, "market gaps", {"state": "dismissed"})),
    Step("market close", Press(MOE, "Open again")),
    Step("queue", Use(MOE, "queue", {"kind": "gaps"})),
    Step("mod log", Use(MOE, "mod log", {"number": 3, "kind": "decisions"})),
    Step("mod log", Use(MOE, "mod log", {"export": "csv", "number": 3})),
    # --- linking
    Step("link code", Use(ADA, "link code")),
    Step("link join", Use(ADA, "link join", {"code": "AAAA-BBBB"})),
    Step("link join", Use(ADA, "link join", {"code": "{link_code}"}), behind=make_neighbours_code),
    Step("link leave", Use(ADA, "link leave")),
    Step("link leave", Press(ADA, "Do it")),
    Step("me link", Use(BEN, "me link")),
    Step("mod log", Use(MOE, "mod log")),
    # --- privacy
    Step("privacy show", Use(BEN, "privacy show")),
    Step("privacy export", Press(BEN, "Get my data")),
    Step("privacy delete", Use(BEN, "privacy delete")),
    Step("privacy delete", Press(BEN, "Yes, forget me")),
)

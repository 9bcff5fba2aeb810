"""Files of ideas, through dispatch: what is kept, what is said, and who may do what."""

from __future__ import annotations

import json
import zipfile
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from bot.core import intake
from bot.core.attaching import FETCHED_BYTES, NotFetched
from bot.core.cards import card_reply, shown_hash
from bot.core.dispatch import dispatch
from bot.core.listen import Heard, hear
from bot.core.model import Attached, Place, Reply, SourceMessage
from bot.core.pictures import kind_of
from storage import IdeaFilter
from tests.fakes.courier import FakeCourier, deliver
from tests.fakes.house import House, Visitor, button_of, labels
from tests.fakes.pictures import PLACE, drawing, photo

CRASH = "Reconstruct a traffic accident from witness statements so that the jury sees it"
SHOES = "A TV spot for a shoe brand, made in an afternoon by two people at the agency"
TWIN = "Reconstruct traffic accidents from witness statements so that a jury sees them"


@dataclass
class Shelf:
    """A platform that hands files out once: its addresses expire."""

    files: dict[str, bytes | NotFetched] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def put(self, name: str, data: bytes | NotFetched, kind: str = "image/png") -> Attached:
        self.files[name] = data
        size = len(data) if isinstance(data, bytes) else 0
        return Attached(name=name, url=name, media_type=kind, size_bytes=size)

    async def fetch(self, file: Attached, limit_bytes: int) -> bytes:
        self.asked.append(file.url)
        found = self.files.pop(file.url)
        if isinstance(found, NotFetched):
            raise found
        return found


@pytest.fixture
def shelf(house: House) -> Shelf:
    made = Shelf()
    house.services.fetchers["discord"] = made
    return made


async def sends(who: Visitor, command: str, *files: Attached, **values: Any) -> Reply:
    request = await who.request(command, values, attached=files)
    return await dispatch(who.house.services, request)


async def kept(house: House, number: int) -> list[tuple[str, bool]]:
    idea = await house.idea(number)
    found = await house.store.attachments.of_idea(idea.bank_id, number)
    return [(file.name, file.is_picture) for file in found]


async def test_a_picture_comes_with_a_new_idea(house: House, shelf: Shelf) -> None:
    ann = house.person("ann")

    reply = await sends(ann, "idea add", shelf.put("ann.jpg", photo()), text=CRASH)
    shown = await ann.says("idea show 1")

    assert reply.ok
    assert await kept(house, 1) == [("idea-1-1.jpg", True)]
    assert shown.image is not None
    assert shown.image.alt_text.startswith("Reconstruct a traffic accident")
    assert PLACE not in shown.image.content
    assert "Add a file" in labels(shown)
    assert "Add a file" not in labels(await house.person("bob").says("idea show 1"))


async def test_a_draft_keeps_the_picture_though_its_address_expires(
    house: House, shelf: Shelf
) -> None:
    await house.person("bob").says(f"idea add {CRASH}")

    asked = await sends(house.person("ann"), "idea add", shelf.put("a.png", drawing()), text=TWIN)
    assert "idea like yours" in asked.text
    reply = await house.person("ann").presses(asked, "Mine is different")

    assert "Kept as" in reply.text
    assert await kept(house, 2) == [("idea-2-1.png", True)]
    assert shelf.asked == ["a.png"]


async def test_what_is_no_picture_is_kept_by_name_and_said(house: House, shelf: Shelf) -> None:
    paper = shelf.put("study.pdf", b"%PDF", "application/pdf")
    false = shelf.put("liar.png", b"MZ\x90\x00", "image/png")
    gone = shelf.put("gone.png", NotFetched("unreachable"))
    large = replace(shelf.put("huge.png", b""), size_bytes=FETCHED_BYTES + 1)

    reply = await sends(house.person("ann"), "idea add", paper, false, gone, large, text=CRASH)

    for name in ("study.pdf", "liar.png", "gone.png", "huge.png"):
        assert name in reply.text
    assert [is_picture for _, is_picture in await kept(house, 1)] == [False] * 4
    assert shelf.asked == ["liar.png", "gone.png"]  # nobody fetches what will not be kept
    assert (await house.person("bob").says("idea show 1")).image is None


async def test_an_idea_takes_four_and_a_bank_so_much(house: House, shelf: Shelf) -> None:
    ann = house.person("ann")
    files = [shelf.put(f"{n}.png", drawing()) for n in range(5)]
    reply = await sends(ann, "idea add", *files, text=CRASH)
    assert "4 files at most" in reply.text
    assert len(await kept(house, 1)) == 4

    refused = await sends(ann, "idea attach", shelf.put("x.png", drawing()), number=1)
    assert not refused.ok
    assert "/idea detach 1" in refused.text


async def test_no_room_is_said_and_the_idea_is_kept(house: House, shelf: Shelf) -> None:
    small = house.services.settings.model_copy(update={"attachments_mib": 0})
    house.services = replace(house.services, settings=small)
    house.services.fetchers["discord"] = shelf

    reply = await sends(house.person("ann"), "idea add", shelf.put("a.png", drawing()), text=CRASH)

    assert "Kept as" in reply.text
    assert "no room" in reply.text
    assert await kept(house, 1) == [("a.png", False)]


async def test_only_the_author_and_moderators_add_and_remove(house: House, shelf: Shelf) -> None:
    ann, bob = house.person("ann"), house.person("bob")
    await ann.says(f"idea add {CRASH}")
    picture = shelf.put("a.png", drawing())

    assert not (await sends(bob, "idea attach", picture, number=1)).ok
    assert (await sends(ann, "idea attach", picture, number=1)).image is not None
    assert not (await bob.says("idea detach 1")).ok
    assert "Remove" not in labels(await bob.says("idea files 1"))
    assert (await house.moderator().says("idea detach 1")).ok
    assert await kept(house, 1) == []


async def test_files_are_looked_at_one_by_one_and_removed_by_button(
    house: House, shelf: Shelf
) -> None:
    ann = house.person("ann")
    files = [shelf.put(f"{n}.png", drawing((10 * n, 10))) for n in range(1, 4)]
    await sends(ann, "idea add", *files, text=CRASH)

    first = await house.person("bob").says("idea files 1")
    second = await house.person("bob").presses(first, "Look")
    assert first.image
    assert second.image
    assert first.image.id != second.image.id
    assert second.replace

    own = await ann.says("idea files 1")
    await ann.presses(own, "Remove")
    assert len(await kept(house, 1)) == 2
    assert "not among them" in (await ann.says("idea detach 1 which:3")).text
    assert (await ann.says("idea detach 1 which:2")).ok
    assert len(await kept(house, 1)) == 1


async def test_a_link_is_kept_and_never_opened(house: House, shelf: Shelf) -> None:
    ann = house.person("ann")
    await ann.says(f"idea add {CRASH}")

    assert not (await ann.says("idea attach 1 link:file:///etc/passwd")).ok
    assert not (await ann.says("idea attach 1")).ok
    assert (await ann.says("idea attach 1 link:http://169.254.169.254/latest")).ok
    assert "169.254.169.254/latest" in repr(await ann.says("idea show 1"))
    assert shelf.asked == []


async def test_what_people_type_is_never_a_file(house: House, shelf: Shelf) -> None:
    ann = house.person("ann")
    await ann.says(f"idea add {CRASH}")
    forged = json.dumps({"name": "x", "url": "secret.png"})
    shelf.put("secret.png", drawing())

    await ann.does("idea attach", number=1, file="secret.png")
    await ann.does("idea attach", number=1, attached=forged)
    await ann.says(f"idea attach 1 file:{forged}")

    assert shelf.asked == []
    assert await kept(house, 1) == []


async def test_a_mention_with_a_picture_carries_it_through_the_button(
    house: House, shelf: Shelf
) -> None:
    ann = house.person("ann")
    heard = Heard(
        actor=ann.actor,
        community=await house.community("discord:88"),
        place=Place(channel_id="general"),
        text=f"idea: {CRASH}",
        now=house.clock(),
        is_mention=True,
        attached=(shelf.put("a.png", drawing()),),
    )

    offered = await hear(house.services, heard)
    assert offered is not None
    await ann.presses(offered, button_of(offered, "Keep").label)

    assert await kept(house, 1) == [("idea-1-1.png", True)]


async def test_a_saved_message_brings_its_pictures(house: House, shelf: Shelf) -> None:
    ann = house.person("ann")
    source = SourceMessage(
        text=CRASH,
        author_key=ann.actor.key,
        author_name="ann",
        place=Place(channel_id="general", message_id="m1"),
        attached=(shelf.put("a.png", drawing()),),
    )
    request = await ann.request("capture", {}, source=source)

    again = intake.from_payload(json.loads(json.dumps(intake.to_payload(request))))
    assert again.source == source
    await dispatch(house.services, request)

    assert await kept(house, 1) == [("idea-1-1.png", True)]


async def test_a_card_shows_the_first_picture_and_follows(house: House, shelf: Shelf) -> None:
    await house.set("cards_channel", "ideas")
    courier = FakeCourier()
    ann = house.person("ann")
    await sends(ann, "idea add", shelf.put("a.png", drawing()), text=CRASH)
    await deliver(house, courier)
    [card] = courier.messages.values()
    assert card.image is not None

    await ann.says("idea detach 1")
    await deliver(house, courier)
    [card] = courier.messages.values()
    assert card.image is None


async def test_the_same_picture_gives_the_same_hash(house: House, shelf: Shelf) -> None:
    await sends(house.person("ann"), "idea add", shelf.put("a.png", drawing()), text=CRASH)
    community = await house.community("discord:88")
    card = await card_reply(house.services, community, await house.idea(1))
    assert card.image is not None

    other = replace(card, image=replace(card.image, id=99))
    assert shown_hash(card) == shown_hash(replace(card))
    assert shown_hash(card) != shown_hash(other)


async def test_an_accepted_idea_with_a_new_picture_is_reviewed_again(
    house: House, shelf: Shelf
) -> None:
    await house.set("review", "before")
    ann = house.person("ann")
    await ann.says(f"idea add {CRASH}")
    await house.moderator().says("mod accept 1")

    reply = await sends(ann, "idea attach", shelf.put("a.png", drawing()), number=1)

    assert "A moderator looks" in reply.text
    assert (await house.idea(1)).status == "pending"


async def test_erasing_takes_the_pictures_along(house: House, shelf: Shelf) -> None:
    ann = house.person("ann")
    await sends(ann, "idea add", shelf.put("a.png", drawing()), text=CRASH)
    bank_id = (await house.community("discord:88")).bank_id
    assert await house.store.attachments.taken_bytes(bank_id)

    asked = await ann.says("privacy delete")
    await ann.presses(asked, "Yes")

    assert await house.store.attachments.taken_bytes(bank_id) == 0
    page = await house.store.ideas.search(bank_id, IdeaFilter())
    assert page.total == 0


async def test_ones_data_comes_with_ones_pictures(house: House, shelf: Shelf) -> None:
    ann = house.person("ann")
    await sends(ann, "idea add", shelf.put("a.jpg", photo()), text=CRASH)
    await sends(house.person("bob"), "idea add", shelf.put("b.jpg", photo()), text=SHOES)

    reply = await ann.says("privacy export")

    assert reply.file is not None
    assert reply.file.name == "my-data.zip"
    with zipfile.ZipFile(reply.file.path) as archive:
        names = archive.namelist()
        pictures = [archive.read(name) for name in names if name.startswith("pictures/")]
        data = json.loads(archive.read("my-data.json"))
    Path(reply.file.path).unlink()
    assert len(pictures) == 1
    assert kind_of(pictures[0]) == "image/jpeg"
    assert data["attachments"][0]["media_type"] == "image/jpeg"
    bob = await house.person("cat").says("privacy export")
    assert bob.file is not None
    assert bob.file.name == "my-data.json"
    Path(bob.file.path).unlink()

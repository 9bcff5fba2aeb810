"""What members see, with the bot in a simulated Discord (simcord refuses what Discord refuses)."""

from __future__ import annotations

from typing import Any

from tests.discord.conftest import Town


def labels(message: Any) -> list[str]:
    return [item.get("label") for row in message.components for item in row["components"]]


async def test_a_public_command_answers_everyone_with_its_sources(town: Town) -> None:
    result = await town.alice.slash(town.general, "echo", words="hi @everyone")

    assert result.acknowledged
    assert not result.ephemeral
    assert (
        "You said hi @\u200beveryone [[1]](<https://example.org/card>)." in result.response.content
    )
    assert "-# \\[1\\] [Model card](<https://example.org/card>)" in result.response.content


async def test_a_private_command_answers_its_asker(town: Town) -> None:
    result = await town.alice.slash(town.general, "quiet")

    assert result.ephemeral
    assert result.response.content == "Only you."


async def test_an_error_after_a_public_placeholder_is_private(town: Town) -> None:
    for name in ("refuse", "crash"):
        result = await town.alice.slash(town.general, name)

        assert result.response is None  # the placeholder is gone
        (private,) = result.followups
        assert private.ephemeral
        assert "member's words" not in str(private.embeds[0].to_dict())


async def test_missing_fields_open_the_form_and_its_values_arrive(town: Town, own: Any) -> None:
    shown = await town.alice.slash(town.general, "idea add", title="Crash scenes")
    assert shown.modal["title"] == "Share a use case"
    assert [c["label"] for c in shown.modal["components"]] == [
        "Title",
        "What would you make?",
        "Kind",
    ]
    assert shown.modal["components"][0]["component"]["value"] == "Crash scenes"

    result = await town.alice.submit_modal(
        shown, {"title": "Crash scenes", "text": "From the report", "kind": ["film"]}
    )

    assert result.ephemeral
    assert result.response.embeds[0].title == "Kept as #7"
    (request,) = own.seen
    assert dict(request.values) == {
        "title": "Crash scenes",
        "text": "From the report",
        "kind": "film",
    }
    assert request.is_form


async def test_a_form_that_was_open_during_a_restart_is_taken(town: Town, own: Any) -> None:
    shown = await town.alice.slash(town.general, "idea add")
    await town.restart()

    result = await town.alice.submit_modal(shown, {"title": "Crash", "text": "From the report"})

    assert result.response.embeds[0].title == "Kept as #7"
    assert len(own.seen) == 1


async def test_a_wrong_field_is_said_and_the_form_comes_back_filled_in(
    town: Town, own: Any
) -> None:
    shown = await town.alice.slash(town.general, "mod decline")
    assert shown.modal is None  # alice is no moderator: no form, a refusal
    assert shown.response.embeds

    shown = await town.alice.slash(town.general, "idea add")
    wrong = await town.alice.submit_modal(shown, {"title": "   x  ", "text": "Typed with care"})
    assert wrong.ephemeral
    assert not own.seen

    again = await town.alice.click(wrong.response, label="Correct it")
    values = {
        c["component"]["custom_id"]: c["component"].get("value") for c in again.modal["components"]
    }
    assert values["text"] == "Typed with care"


async def test_buttons_work_after_a_restart_and_edit_their_message(town: Town, own: Any) -> None:
    shown = await town.alice.slash(town.general, "idea add", title="Crash", text="A report")
    assert labels(shown.response) == ["👍 Vote", "Edit"]
    await town.restart()

    clicked = await town.alice.click(shown.response, label="👍 Vote")

    assert own.seen[-1].values["vote"] == "1"
    assert own.seen[-1].values["number"] == 7
    assert clicked.response.id == shown.response.id
    assert clicked.response.embeds[0].description == "votes: 1"


async def test_a_button_opens_its_form_prefilled(town: Town) -> None:
    shown = await town.alice.slash(town.general, "idea add", title="Crash", text="A report")
    opened = await town.alice.click(shown.response, label="Edit")

    assert opened.modal["components"][0]["component"]["value"] == "Old"


async def test_a_form_after_a_form_is_offered_by_a_button(town: Town, own: Any) -> None:
    first = await town.alice.slash(town.general, "idea step")
    second = await town.alice.click(first.response, label="Continue")
    assert len(second.modal["components"]) == 1
    assert second.modal["components"][0]["component"]["value"] == "Given"


async def test_an_unknown_button_gets_a_friendly_private_reply(town: Town) -> None:
    shown = await town.alice.slash(town.general, "idea add", title="Crash", text="A report")
    stored = town.env.backend.get_message(shown.response.channel_id, shown.response.id)
    for wire_id in ("v1@gone", "v1|no such|", "something else"):
        stored.components[0]["components"][0]["custom_id"] = wire_id
        clicked = await town.alice.click(shown.response, custom_id=wire_id)

        (reply,) = clicked.followups
        assert reply.ephemeral
        assert "too old" in reply.content


async def test_a_menu_runs_its_command_with_the_choice(town: Town, own: Any) -> None:
    shown = await town.alice.slash(town.general, "menu")
    result = await town.alice.select(shown.response, ["sora"])

    assert own.seen[-1].values["words"] == "sora"
    assert result.followups[0].content.startswith("You said sora")


async def test_completions_are_cut_to_what_discord_takes(town: Town) -> None:
    choices = await town.alice.autocomplete(town.general, "idea vote", "number", "rain")

    assert len(choices) == 25
    assert all(len(choice["name"]) <= 100 for choice in choices)
    assert choices[3]["value"] == "3"
    assert choices[3]["name"].startswith("Idea about rain")


async def test_each_kind_of_option_arrives_as_core_expects(town: Town, own: Any) -> None:
    await town.boss.slash(
        town.general, "set up", channel=town.general, person=town.alice, count=3, sure=True
    )

    (request,) = own.seen
    assert dict(request.values) == {
        "channel": str(town.general.id),
        "person": f"discord:{town.alice.id}",
        "count": 3,
        "sure": True,
    }
    assert request.actor.key == f"discord:{town.guild.id}:{town.boss.id}"
    assert request.place.channel_id == str(town.general.id)


async def test_roles_come_from_permissions(town: Town, own: Any) -> None:
    refused = await town.alice.slash(town.general, "mod look")
    assert refused.ephemeral
    assert not own.seen

    allowed = await town.mod.slash(town.general, "mod look")
    assert own.seen[-1].actor.role == 2
    assert [e.description for e in allowed.response.embeds][1:] == [
        f"{n}\ufe0f\u20e3 Idea {n}" for n in (1, 2, 3)
    ]
    rows = allowed.response.components
    assert [row["components"][0]["emoji"]["name"] for row in rows] == [
        f"{n}\ufe0f\u20e3" for n in (1, 2, 3)
    ]


async def test_a_chosen_role_moderates(town: Town, own: Any) -> None:
    helper = town.guild.create_role("Helpers")
    carol = town.guild.add_member(town.env.create_user("carol"), roles=[helper])
    community = await town.services.store.communities.ensure(
        f"discord:{town.guild.id}", "Film club", town.services.clock()
    )
    from storage.rows import Write

    write = Write(person_id=None, community_id=community.id, now=town.services.clock())
    await town.services.store.communities.set_settings(
        write, community.id, {"moderator_roles": [str(helper.id)]}
    )

    await carol.slash(town.general, "mod look")
    assert own.seen[-1].actor.role == 2


async def test_an_export_comes_as_a_private_file_and_leaves_none_behind(
    town: Town, own: Any
) -> None:
    result = await town.mod.slash(town.general, "export")

    assert result.ephemeral
    (attached,) = result.response.attachments
    assert attached.filename == "ideas.csv"
    assert not own.files[0].exists()


async def test_a_message_is_saved_with_its_author_and_the_channel_asked(
    town: Town, own: Any
) -> None:
    said = await town.boss.send(town.general, "Turn claims into films")
    shown = await town.alice.context_menu(town.general, "Save as idea", said)
    assert shown.modal["components"][1]["component"]["value"] == "Turn claims into films"
    await town.restart()

    result = await town.alice.submit_modal(
        shown, {"title": "Claims", "text": "Turn claims into films"}
    )

    assert result.response.content == "Asked."
    source = own.seen[-1].source
    assert (source.text, source.author_key) == (
        "Turn claims into films",
        f"discord:{town.guild.id}:{town.boss.id}",
    )
    announced = town.general.last_message
    assert announced.content == "May we keep this?"
    assert announced.reference.message_id == said.id


async def test_a_long_answer_shows_its_progress_and_ends_whole(town: Town) -> None:
    result = await town.alice.slash(town.general, "long")

    assert result.response.content == "One. Two. Three."


async def test_commands_are_told_again_only_when_they_changed(town: Town) -> None:
    def puts() -> int:
        return sum(r.method == "PUT" for r in town.env.http_requests)

    assert puts() == 1
    await town.restart()
    assert puts() == 1


async def test_no_privileged_intent_is_asked_for(town: Town) -> None:
    intents = town.env.bot.intents

    privileged = (intents.message_content, intents.members, intents.presences)
    assert not any(privileged)

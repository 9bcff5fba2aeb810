"""Every command within the narrowest limits of all platforms, so that each can draw it."""

from __future__ import annotations

import re

import pytest

from bot.core import commands
from bot.core.lines import parse_line, split_command
from bot.core.model import Command, FieldType
from bot.core.validate import validate

EACH = pytest.mark.parametrize("command", commands.ALL, ids=lambda c: c.name)


@EACH
def test_names_and_texts_fit(command: Command) -> None:
    assert re.fullmatch(r"[a-z]{1,32}( [a-z]{1,32})?", command.name)
    assert 0 < len(command.summary) <= 100
    assert not command.summary.endswith(".")
    assert len(command.form_title) <= 24
    assert len(command.message_action) <= 24
    assert len(command.fields) <= 25


@EACH
def test_fields_fit(command: Command) -> None:
    for field in command.fields:
        assert re.fullmatch(r"[a-z_]{1,32}", field.name)
        assert 0 < len(field.label) <= 45
        assert len(field.description) <= 100
        assert len(field.choices) <= 25
        assert field.max_length <= 3000
        for choice in field.choices:
            assert len(choice.label) <= 75
            assert len(choice.value) <= 100


@EACH
def test_forms_fit(command: Command) -> None:
    assert len(command.form_fields) <= 5
    assert bool(command.form_fields) == bool(command.form_title)


@EACH
def test_required_options_come_first_as_discord_wants_or_are_in_the_form(command: Command) -> None:
    names = [f.name for f in command.fields]
    assert len(names) == len(set(names))
    if command.inline:
        assert command.inline in names


def test_names_are_unique_and_families_are_no_commands() -> None:
    names = [c.name for c in commands.ALL]
    assert len(names) == len(set(names))
    families = {n.split()[0] for n in names if " " in n}
    assert not families & set(names)


def test_families_fit_a_group_of_discord() -> None:
    listed = [c.name.split()[0] for c in commands.ALL if c.is_listed and " " in c.name]
    assert all(listed.count(family) <= 25 for family in listed)
    assert len({c.name.split()[0] for c in commands.ALL if c.is_listed}) <= 100


@EACH
def test_examples_lead_to_the_command_and_are_valid(command: Command) -> None:
    if not command.is_listed:
        assert not command.examples
        return
    assert command.examples
    for example in command.examples:
        line = split_command(example, commands.ALL)
        assert line.command is command, example
        values = parse_line(command, line.rest)
        assert "rest" not in values
        if not command.needs_form(values):
            assert validate(command, values)[1] == {}, example


@EACH
def test_whatever_changes_something_is_kept_before_it_is_acknowledged(command: Command) -> None:
    reads = (
        *("show", "list", "search", "mine", "random", "similar", "why", "gaps", "log", "files"),
        *("review", "notes", "top"),
    )
    last = command.name.split()[-1]
    if last in reads or command.name in {
        "ask",
        "help",
        "stats",
        "queue",
        "export",
        "setup",
        "digest",
    }:
        assert not command.is_write
    elif last != "export":
        assert command.is_write


def test_the_agreed_commands_are_there() -> None:
    agreed = """ask|idea add|idea show|idea edit|idea withdraw|idea search|idea mine|idea random|
    idea similar|idea why|idea vote|idea follow|idea note|idea retag|queue|mod accept|mod decline|
    mod merge|mod unmerge|mod undo|mod log|mod block|mod note|export|market gaps|market add|
    market correct|market retire|industry list|industry add|industry rename|industry merge|
    industry retire|settings show|settings set|link code|link join|link leave|me link|privacy show|
    privacy export|privacy delete|stats|help|capture|consent|feedback|share"""
    wanted = {name.strip() for name in agreed.split("|")}

    assert wanted <= {c.name for c in commands.ALL}


@EACH
def test_menus_that_are_bank_specific_complete_instead_of_listing(command: Command) -> None:
    for field in command.fields:
        if field.type is FieldType.CHOICE:
            assert field.choices or field.complete, field.name

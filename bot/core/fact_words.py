"""What a proposed fact would change, in words for whoever decides about it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal

from prompts import render

if TYPE_CHECKING:
    from storage import KnowledgeRow

Action = Literal["add", "correct", "retire"]


def action_of(fact: Mapping[str, Any]) -> Action:
    """Tell what a proposal would do."""
    found = str(fact.get("action") or "add")
    return "correct" if found == "correct" else "retire" if found == "retire" else "add"


def proposal_text(row: KnowledgeRow, locale: str) -> str:
    """Say what somebody proposes, for the queue."""
    fact = row.fact
    return render(
        "market.proposal",
        locale,
        action=action_of(fact),
        name=str(fact.get("name", row.entity_id)),
        claim=str(fact.get("claim", "")),
        wrong=str(fact.get("replaces") or ""),
        value=": ".join(str(fact[key]) for key in ("field", "value") if fact.get(key)),
        link=str(fact.get("source", {}).get("url", "")),
        as_of=str(fact.get("as_of", "")),
    )

"""A bank's own industries, out of an export: what was added, renamed, merged and retired."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

from bot.core.banks import to_change
from bot.core.cleaning import clean_text
from bot.core.export_schema import OWN_INDUSTRIES
from bot.core.import_files import IdeaFile

if TYPE_CHECKING:
    from bot.tagging import Taxonomy
    from storage import Store, Write

_LONGEST = 1000
_MOST = 2000


@dataclass(frozen=True, slots=True)
class Restored:
    """What is to be done to a bank's industries, and what has to be said about it."""

    changes: tuple[Mapping[str, Any], ...] = ()
    notice: str = ""


def changes_in(file: IdeaFile) -> Sequence[Any]:
    """Give the changes that a file carries with its first idea; blocks."""
    first = next((row.values for row in file.rows() if not row.problem), {})
    found = first.get(OWN_INDUSTRIES)
    return found[:_MOST] if isinstance(found, list) else ()


def plan(taxonomy: Taxonomy, had: Sequence[Mapping[str, Any]], found: Sequence[Any]) -> Restored:
    """Tell which changes of an export a bank lacks.

    Args:
        taxonomy: the bank's industries as they are.
        had: the changes that led to them, oldest first.
        found: what the file carries.
    """
    from bot.tagging import TaxonomyError  # noqa: PLC0415  loads word lists, only for imports

    if [*found[: len(had)]] != [*had]:
        return Restored(
            notice="This bank has changed its industries already, so the export's own industries "
            "are left out: ideas keep their tags, names may differ."
        )
    done: list[Mapping[str, Any]] = []
    for change in found[len(had) :]:
        try:
            _check(change)
            taxonomy = taxonomy.with_changes([to_change(change)])
        except (KeyError, TypeError, ValueError, TaxonomyError):
            return Restored(
                tuple(done),
                f"Change {len(had) + len(done) + 1} of {len(found)} of the export's industries "
                "cannot be made here; it and what follows are left out.",
            )
        done.append(change)
    return Restored(tuple(done))


def _check(change: Any) -> None:
    """See that a change is one: known fields, with texts or lists of texts in them."""
    from bot.tagging import Add, Merge, Rename, Retire  # noqa: PLC0415  see above

    kinds = {"add": Add, "rename": Rename, "merge": Merge, "retire": Retire}
    types = {one.name: str(one.type) for one in fields(kinds[change["kind"]])}
    for name, value in change.items():
        if name == "kind":
            continue
        texts = value if types[name].startswith("tuple") and isinstance(value, list) else [value]
        if (types[name] == "str") != isinstance(value, str):
            raise TypeError(name)
        for text in texts:
            if len(text) > _LONGEST or clean_text(text) != text:
                raise ValueError(name)


async def restore(
    store: Store, bank_id: int, taxonomy: Taxonomy, found: Sequence[Any], write: Write | None
) -> str:
    """Change a bank's industries as those of an export were; gives what has to be said, or "".

    Args:
        store: where the bank is.
        bank_id: which one.
        taxonomy: its industries.
        found: what the file carries.
        write: None only looks.
    """
    restored = plan(taxonomy, await store.taxonomy.list(bank_id), found)
    if write is not None:
        for change in restored.changes:
            await store.taxonomy.put(write, bank_id, change)
    return restored.notice

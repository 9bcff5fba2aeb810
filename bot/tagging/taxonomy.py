"""The industries: data that ships with Reelbank and that each bank may change at run time."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from rapidfuzz import fuzz, process

from bot.tagging.model import Industry
from bot.tagging.words import fold, words

BUILT_IN = Path(__file__).parent / "taxonomy.yaml"
OTHER = "other"
_CLOSE = 82.0  # rapidfuzz ratio from which a misspelt name still counts as meant


class TaxonomyError(ValueError):
    """A change that cannot be made; `code` says why, `value` what it was about.

    Codes: "unknown", "exists", "empty", "itself", "other".
    """

    def __init__(self, code: str, value: str) -> None:
        super().__init__(code)
        self.code, self.value = code, value


@dataclass(frozen=True, slots=True)
class Add:
    """A new industry; its id is made from the name where none is given."""

    name: str
    description: str = ""
    keywords: tuple[str, ...] = ()
    naics: tuple[str, ...] = ()
    isic: tuple[str, ...] = ()
    id: str = ""


@dataclass(frozen=True, slots=True)
class Rename:
    """Another name for an industry; its id, and all that is tagged with it, stays."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Merge:
    """One industry goes up in another, with its words and codes."""

    id: str
    into: str


@dataclass(frozen=True, slots=True)
class Retire:
    """An industry is no longer given to any idea."""

    id: str


Change = Add | Rename | Merge | Retire


@dataclass(frozen=True)
class Taxonomy:
    """The industries of one bank, in order of showing, `other` last.

    `merged` leads from the id of an industry that is gone to the one that took its place (None:
    retired), so that old tags, filters and links still mean something.
    """

    version: int
    industries: tuple[Industry, ...]
    merged: Mapping[str, str | None] = field(default_factory=dict)

    @classmethod
    def load(cls, path: Path | None = None) -> Taxonomy:
        """Read a taxonomy file; without a path the built-in one."""
        return _load(path or BUILT_IN)

    @classmethod
    def from_rows(cls, data: Mapping[str, Any]) -> Taxonomy:
        """Rebuild what `to_rows` gave."""
        industries = tuple(_industry(row) for row in data["industries"])
        return cls(int(data["version"]), industries, dict(data.get("merged", {})))

    def to_rows(self) -> dict[str, Any]:
        """Give plain JSON values: version, industries in order, merged ids."""
        rows = [
            {
                "id": i.id,
                "name": i.name,
                "description": i.description,
                "keywords": list(i.keywords),
                "weak": list(i.weak),
                "naics": list(i.naics),
                "isic": list(i.isic),
                "names": dict(i.names),
            }
            for i in self.industries
        ]
        return {"version": self.version, "industries": rows, "merged": dict(self.merged)}

    @property
    def ids(self) -> tuple[str, ...]:
        """List the ids in order of showing, `other` last."""
        return tuple(i.id for i in self.industries)

    def get(self, industry_id: str) -> Industry | None:
        """Find an industry by its id; an id that was merged gives the one that took its place."""
        current = self.current(industry_id)
        return next((i for i in self.industries if i.id == current), None)

    def current(self, industry_id: str) -> str | None:
        """Follow merges: the id that holds today, None for a retired or unknown one."""
        seen: set[str] = set()
        at: str | None = industry_id
        while at is not None and at in self.merged and at not in seen:
            seen.add(at)
            at = self.merged[at]
        return at if at in self.ids else None

    def name(self, industry_id: str, locale: str = "en") -> str:
        """Give the name shown to people; an id that nobody knows comes back as it is."""
        industry = self.get(industry_id)
        if industry is None:
            return industry_id
        return industry.names.get(locale.partition("-")[0], industry.name)

    def naics(self, industry_id: str) -> tuple[str, ...]:
        """Give the NAICS 2022 code prefixes."""
        industry = self.get(industry_id)
        return industry.naics if industry else ()

    def isic(self, industry_id: str) -> tuple[str, ...]:
        """Give the ISIC Rev. 4 code prefixes."""
        industry = self.get(industry_id)
        return industry.isic if industry else ()

    def resolve(self, text: str) -> str | None:
        """Find the industry that a person means: id, name in any locale, or a close misspelling."""
        wanted = _plain(text)
        if not wanted:
            return None
        labels = self._labels()
        if wanted in labels:
            return labels[wanted]
        parts = {label: known for label, known in labels.items() if _is_part(wanted, label)}
        if len(set(parts.values())) == 1:
            return next(iter(parts.values()))
        close = process.extractOne(wanted, labels.keys(), scorer=fuzz.ratio, score_cutoff=_CLOSE)
        return labels[close[0]] if close else None

    def with_changes(self, changes: Iterable[Change]) -> Taxonomy:
        """Give the taxonomy after all changes, one version on.

        Raises:
            TaxonomyError: a change names an unknown industry, or one that exists already.
        """
        result = self
        for change in changes:
            result = _apply(result, change)
        return replace(result, version=self.version + 1)

    def standing_in(self, change: Change) -> Taxonomy:
        """Give the taxonomy in which the industry that has the name of a failed addition is meant.

        Ideas that were tagged with the added one then count under the one that is there.
        """
        if not isinstance(change, Add):
            return self
        there = self._labels().get(_plain(change.name))
        new_id = change.id or _id_of(change.name)
        if there is None or new_id in self.ids or new_id in self.merged:
            return self
        return replace(self, merged={**self.merged, new_id: there})

    def _labels(self) -> dict[str, str]:
        labels: dict[str, str] = {}
        for gone in self.merged:
            current = self.current(gone)
            if current:
                labels[_plain(gone)] = current
        for industry in self.industries:
            for name in industry.names.values():
                labels[_plain(name)] = industry.id
            labels[_plain(industry.name)] = industry.id
            labels[_plain(industry.id)] = industry.id
        return labels


def _plain(text: str) -> str:
    return " ".join(w.folded for w in words(text) if w.folded != "and")


def _is_part(wanted: str, label: str) -> bool:
    return f" {wanted} " in f" {label} "


def _strings(value: object) -> tuple[str, ...]:
    return tuple(str(item) for item in value) if isinstance(value, Sequence) else ()


def _industry(row: Mapping[str, Any]) -> Industry:
    return Industry(
        id=str(row["id"]),
        name=str(row["name"]),
        description=str(row.get("description", "")),
        keywords=_strings(row.get("keywords", ())),
        weak=_strings(row.get("weak", ())),
        naics=_strings(row.get("naics", ())),
        isic=_strings(row.get("isic", ())),
        names={str(k): str(v) for k, v in dict(row.get("names", {})).items()},
    )


@cache
def _load(path: Path) -> Taxonomy:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    data = yaml.load(path.read_text(encoding="utf-8"), Loader=loader)  # noqa: S506  a safe loader
    return Taxonomy.from_rows(data)


def _known(taxonomy: Taxonomy, industry_id: str) -> Industry:
    found = taxonomy.get(industry_id)
    if found is None:
        raise TaxonomyError("unknown", industry_id)
    if found.id == OTHER:
        # What is no idea needs a place to go; everything else counts on its being there.
        raise TaxonomyError("other", industry_id)
    return found


def _apply(taxonomy: Taxonomy, change: Change) -> Taxonomy:
    match change:
        case Add():
            return _add(taxonomy, change)
        case Rename():
            return _rename(taxonomy, change)
        case Merge():
            return _merge(taxonomy, change)
        case Retire():
            gone = _known(taxonomy, change.id)
            return _without(taxonomy, gone.id, None)


def _id_of(name: str) -> str:
    return re.sub(r"[^\w]+", "-", fold(" ".join(name.split()))).strip("-")


def _add(taxonomy: Taxonomy, change: Add) -> Taxonomy:
    name = " ".join(change.name.split())
    new_id = change.id or _id_of(name)
    if not new_id:
        raise TaxonomyError("empty", change.name)
    if new_id in taxonomy.ids or _plain(name) in taxonomy._labels():
        raise TaxonomyError("exists", name)
    # Somebody who names an industry and nothing else still expects its name to be recognised.
    keywords = change.keywords or (" ".join(w.folded for w in words(name)),)
    new = Industry(new_id, name, change.description, keywords, (), change.naics, change.isic)
    kept = [i for i in taxonomy.industries if i.id != OTHER]
    last = [i for i in taxonomy.industries if i.id == OTHER]
    merged = {k: v for k, v in taxonomy.merged.items() if k != new_id}
    return replace(taxonomy, industries=(*kept, new, *last), merged=merged)


def _rename(taxonomy: Taxonomy, change: Rename) -> Taxonomy:
    industry = _known(taxonomy, change.id)
    name = " ".join(change.name.split())
    if not name:
        raise TaxonomyError("empty", change.name)
    if taxonomy._labels().get(_plain(name), industry.id) != industry.id:
        raise TaxonomyError("exists", name)
    return _replaced(taxonomy, replace(industry, name=name, names={}))


def _merge(taxonomy: Taxonomy, change: Merge) -> Taxonomy:
    gone, target = _known(taxonomy, change.id), _known(taxonomy, change.into)
    if gone.id == target.id:
        raise TaxonomyError("itself", change.id)
    joined = replace(
        target,
        description=f"{target.description} {gone.description}".strip(),
        keywords=_union(target.keywords, gone.keywords),
        weak=_union(target.weak, gone.weak),
        naics=_union(target.naics, gone.naics),
        isic=_union(target.isic, gone.isic),
    )
    return _without(_replaced(taxonomy, joined), gone.id, target.id)


def _union(first: tuple[str, ...], second: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*first, *second)))


def _replaced(taxonomy: Taxonomy, industry: Industry) -> Taxonomy:
    swapped = tuple(industry if i.id == industry.id else i for i in taxonomy.industries)
    return replace(taxonomy, industries=swapped)


def _without(taxonomy: Taxonomy, gone: str, target: str | None) -> Taxonomy:
    left = tuple(i for i in taxonomy.industries if i.id != gone)
    return replace(taxonomy, industries=left, merged={**taxonomy.merged, gone: target})

"""The shape of the knowledge: entities, dated facts, sources, and how their YAML is read.

Every scalar is kept as the text that stands in the file, so a date such as 2026-03-01 or a
value such as `no` never turns into something else. A file whose name starts with `_` holds no
entities (`_fields.yaml` lists the fields and their vocabulary, see values.py).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml

from bot.market.merging import extend

FACTS_FOLDER = Path(__file__).parent / "facts"

# What an entity can be. A `family` is a line of models (Veo) and a `name` is a word that means
# more than one thing (Luma: the firm or its model): both list `may_mean`, likeliest first.
ENTITY_KINDS = (
    "model",
    "product",
    "plan",
    "company",
    "figure",
    "regulation",
    "usecase",
    "hardware",
    "term",
    "guide",
    "family",
    "name",
)

# How near a source is to the thing it speaks of; the first is preferred when facts disagree.
SOURCE_KINDS = (
    "vendor",  # the maker, its documentation, price list, repository, model card, paper
    "official",  # a law, court, authority, standards body
    "press",  # newspapers, agencies, trade press
    "reference",  # rankings, encyclopaedias, papers by others
    "reseller",  # platforms that sell access, and price lists of code libraries
    "blog",  # guides, personal pages, forums, everything else
)


class KnowledgeError(ValueError):
    """A knowledge file that cannot be read; says file, entity and line."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where a fact was read; `date` is YYYY, YYYY-MM, YYYY-MM-DD or n.d. (none given)."""

    url: str
    title: str
    publisher: str
    date: str
    kind: str = "blog"

    @property
    def rank(self) -> int:
        """0 for the most trusted kind of source, more for less trusted ones."""
        return SOURCE_KINDS.index(self.kind)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One dated statement; `field` and `value` are its machine form where it has one.

    The keys `variant` to `condition` say for what the value holds; where one is None, the value
    holds in general. Two facts of one field whose keys differ do not contradict each other.
    """

    claim: str
    as_of: str  # YYYY, YYYY-MM or YYYY-MM-DD: the day the fact held
    source: Source
    verified: bool = True
    field: str | None = None
    value: str | None = None
    variant: str | None = None  # tier or edition: "Fast", "Pro", "14B", "distilled"
    resolution: str | None = None  # "720p", "4K": the value holds at this size
    sound: str | None = None  # "yes" or "no": the value holds with or without sound
    seconds: str | None = None  # "6 s": length of the clip that a price per clip buys
    seller: str | None = None  # who sells at this price, or where the limit applies
    region: str | None = None  # a country or region, as in the vocabulary of `region`
    condition: str | None = None  # any other condition, in words
    until: str | None = None  # the day from which the fact no longer held
    superseded: bool = False  # a newer fact of the same field replaces it
    conflict: bool = False  # a better supported fact says otherwise: to be shown, not reckoned with
    line: int = 0

    @property
    def is_current(self) -> bool:
        """Whether nothing in the knowledge says that the fact no longer holds."""
        return not self.superseded and self.until is None

    @property
    def qualifiers(self) -> tuple[str | None, ...]:
        """What the value holds for; equal for facts that compete with each other."""
        return (
            self.variant,
            self.resolution,
            self.sound,
            self.seconds,
            self.seller,
            self.region,
            self.condition,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Entity:
    """One thing that is known about, with its facts in the order of the file."""

    id: str
    name: str
    kind: str
    aliases: tuple[str, ...] = ()
    family: str | None = None  # id of a family entity
    predecessor: str | None = None  # id of the version before this one
    successor: str | None = None
    may_mean: tuple[str, ...] = ()  # of a family or a name: entity ids, likeliest first
    members: tuple[str, ...] = ()  # of a family: entity ids, oldest first
    related: tuple[str, ...] = ()  # ids that people mix it up with or want beside it
    regions: tuple[str, ...] = ()  # of a regulation: where it holds
    industries: tuple[str, ...] = ()  # of a use case: ids of the industry list, primary first
    topics: tuple[str, ...] = ()  # words that it is filed under; no names of it
    facts: tuple[Fact, ...] = ()
    extends: bool = False  # to be laid over the entity of this id in another file
    file: str = ""
    line: int = 0

    def values(self, field: str) -> tuple[Fact, ...]:
        """Give the facts of one field that have a value, in the order of the file."""
        return tuple(f for f in self.facts if f.field == field and f.value is not None)


_FLAGS = ("verified", "superseded", "conflict")
_FACT_TEXTS = (
    *("claim", "as_of", "field", "value", "variant", "resolution", "sound", "seconds"),
    *("seller", "region", "condition", "until"),
)
_ENTITY_TEXTS = ("id", "name", "kind", "family", "predecessor", "successor")
_ENTITY_LISTS = (*("aliases", "may_mean", "members", "related", "regions", "industries", "topics"),)
_SOURCE_TEXTS = ("url", "title", "publisher", "date", "kind")


def load_entities(folder: Path) -> list[Entity]:
    """Read every *.yaml of a folder (not below it) in the order of the file names.

    Raises:
        KnowledgeError: a file is no YAML or not of the shape above; says where.
    """
    files = sorted(p for p in folder.glob("*.yaml") if not p.name.startswith("_"))
    found = [entity for path in files for entity in parse_entities(path.read_text("utf-8"), path)]
    extra = [entity for entity in found if entity.extends]
    return extend((e for e in found if not e.extends), extra) if extra else found


def parse_entities(text: str, path: Path | str = "<text>") -> list[Entity]:
    """Read the entities of one file's text; `path` is only used in errors and `Entity.file`."""
    file = Path(path).name
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)(text)
    try:
        root = loader.get_single_node()
    except yaml.YAMLError as error:
        raise KnowledgeError(_yaml_problem(file, error)) from error
    finally:
        loader.dispose()
    if root is None:
        return []
    if not isinstance(root, yaml.SequenceNode):
        raise KnowledgeError(f"{file}: a knowledge file is a list of entities")
    return [_Reader(file, node).entity() for node in root.value]


def _yaml_problem(file: str, error: yaml.YAMLError) -> str:
    if isinstance(error, yaml.MarkedYAMLError) and error.problem_mark:
        return f"{file}, line {error.problem_mark.line + 1}: {error.problem}"
    return f"{file}: {error}"


class _Reader:
    """Turns one entity's YAML nodes into values; knows file and entity for the errors."""

    def __init__(self, file: str, node: yaml.Node) -> None:
        self._file = file
        self._node = node
        self._id = "?"

    def entity(self) -> Entity:
        allowed = (*_ENTITY_TEXTS, *_ENTITY_LISTS, "facts", "extends")
        items = self._mapping(self._node, allowed)
        if "id" in items:
            self._id = self._text(items["id"])
        self._require(items, self._node, ("id", "name", "kind"))
        texts = {k: self._text(items[k]) for k in _ENTITY_TEXTS if k in items}
        lists = {k: tuple(map(self._text, self._items(items, k))) for k in _ENTITY_LISTS}
        facts = tuple(self._fact(node) for node in self._items(items, "facts"))
        return Entity(
            **texts,  # type: ignore[arg-type]
            **lists,  # type: ignore[arg-type]
            facts=facts,
            extends="extends" in items and self._flag(items["extends"]),
            file=self._file,
            line=self._node.start_mark.line + 1,
        )

    def _fact(self, node: yaml.Node) -> Fact:
        items = self._mapping(node, (*_FACT_TEXTS, *_FLAGS, "source"))
        self._require(items, node, ("claim", "as_of", "source"))
        texts = {k: self._text(items[k]) for k in _FACT_TEXTS if k in items}
        flags = {k: self._flag(items[k]) for k in _FLAGS if k in items}
        source = self._source(items["source"])
        line = node.start_mark.line + 1
        return Fact(**texts, **flags, source=source, line=line)  # type: ignore[arg-type]

    def _source(self, node: yaml.Node) -> Source:
        items = self._mapping(node, _SOURCE_TEXTS)
        self._require(items, node, ("url", "title", "publisher", "date"))
        source = Source(**{k: self._text(v) for k, v in items.items()})
        if source.kind not in SOURCE_KINDS:
            raise self._error(node, f"unknown kind of source {source.kind!r}")
        return source

    def _mapping(self, node: yaml.Node, allowed: tuple[str, ...]) -> Mapping[str, yaml.Node]:
        if not isinstance(node, yaml.MappingNode):
            raise self._error(node, "expected keys with values here")
        items: dict[str, yaml.Node] = {}
        for key_node, value_node in node.value:
            key = self._text(key_node)
            if key not in allowed:
                raise self._error(key_node, f"unknown key {key!r}")
            if key in items:
                raise self._error(key_node, f"key {key!r} stands twice")
            items[key] = value_node
        return items

    def _items(self, items: Mapping[str, yaml.Node], key: str) -> Iterator[yaml.Node]:
        node = items.get(key)
        if node is None:
            return
        if not isinstance(node, yaml.SequenceNode):
            raise self._error(node, f"{key!r} is a list")
        yield from node.value

    def _require(self, items: Mapping[str, object], node: yaml.Node, keys: tuple[str, ...]) -> None:
        for key in keys:
            if key not in items:
                raise self._error(node, f"key {key!r} is missing")

    def _text(self, node: yaml.Node) -> str:
        if not isinstance(node, yaml.ScalarNode):
            raise self._error(node, "expected a single text here")
        return str(node.value).strip()

    def _flag(self, node: yaml.Node) -> bool:
        text = self._text(node)
        if text not in ("true", "false"):
            raise self._error(node, f"expected true or false, found {text!r}")
        return text == "true"

    def _error(self, node: yaml.Node, problem: str) -> KnowledgeError:
        return KnowledgeError(
            f"{self._file}, line {node.start_mark.line + 1}, entity {self._id}: {problem}"
        )

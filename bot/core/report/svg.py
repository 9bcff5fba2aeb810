"""A chart's SVG as part of the page: small, without scripts or references, with tooltips."""

from __future__ import annotations

from xml.etree import ElementTree

_SVG = "http://www.w3.org/2000/svg"
_KEPT = frozenset({
    "d", "fill", "fill-opacity", "font-size", "height", "opacity", "stroke", "stroke-dasharray",
    "stroke-width", "text-anchor", "transform", "viewBox", "width", "x", "x2", "y", "y2",
})  # fmt: skip
_TAGS = frozenset({"svg", "g", "path", "line", "text", "tspan", "rect", "title"})
_COLOURS = {"#1d2129": "ink", "#d9dde3": "faint", "#fefefe": "ground", "#a5abb5": "rest"}
"""Colours of the page's theme, which the style sheet gives by class, for light and dark."""


def inlined(svg: bytes) -> str:
    """Take from a drawing what a page needs; what is no shape or text falls out.

    Marks get their description as `<title>`, which browsers show when one points at them.
    """
    # Drawn by our own process; what people wrote is in it as text and attributes only.
    root = ElementTree.fromstring(svg)  # noqa: S314
    _clean(root)
    for name in ("width", "height"):
        root.attrib.pop(name, None)
    root.set("aria-hidden", "true")  # the figure says it in words
    root.set("focusable", "false")
    return ElementTree.tostring(root, encoding="unicode", short_empty_elements=True).replace(
        f' xmlns="{_SVG}"', "", 1
    )


def _clean(element: ElementTree.Element) -> None:
    element.tag = element.tag.rpartition("}")[2]
    given = dict(element.attrib)
    tip = given.get("aria-label") if given.get("role") == "graphics-symbol" else None
    is_mark = element.tag == "path" and tip is not None
    element.attrib.clear()
    element.attrib.update({name: given[name] for name in given if name in _KEPT})
    classes = [
        f"{prefix}-{_COLOURS[given[name]]}"
        for name, prefix in (("fill", "f"), ("stroke", "s"))
        if given.get(name) in _COLOURS
    ]
    if classes:
        element.set("class", " ".join(classes))
    for child in list(element):
        if child.tag.rpartition("}")[2] not in _TAGS or child.get("display") == "none":
            element.remove(child)
        else:
            _clean(child)
    if is_mark:
        title = ElementTree.SubElement(element, "title")
        title.text = tip

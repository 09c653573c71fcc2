"""Read a page as a browser would, strictly: every element that is opened is closed, in order."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = {"meta", "link", "input", "br", "hr", "img"}


@dataclass
class Node:
    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    children: list[Node | str] = field(default_factory=list)

    def all(self, *tags: str) -> Iterator[Node]:
        for child in self.children:
            if isinstance(child, Node):
                if child.tag in tags or not tags:
                    yield child
                yield from child.all(*tags)

    def one(self, tag: str) -> Node:
        return next(self.all(tag))

    def text(self, *, without: frozenset[str] = frozenset()) -> str:
        parts = []
        for child in self.children:
            if isinstance(child, str):
                parts.append(child)
            elif child.attributes.get("class", "").split(" ")[0] not in without and child.tag not in without:
                parts.append(child.text(without=without))
        return " ".join("".join(parts).split())


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Node("root")
        self.open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert len({name for name, _ in attrs}) == len(attrs), f"{tag} has an attribute twice: {attrs}"
        node = Node(tag, {name: value or "" for name, value in attrs})
        self.open[-1].children.append(node)
        if tag not in VOID:
            self.open.append(node)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open[-1].children.append(Node(tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        assert self.open[-1].tag == tag, f"</{tag}> closes <{self.open[-1].tag}> at {self.getpos()}"
        self.open.pop()

    def handle_data(self, data: str) -> None:
        self.open[-1].children.append(data)


def read(page: str) -> Node:
    """Return the tree of a page."""
    reader = _Reader()
    reader.feed(page)
    reader.close()
    assert reader.open == [reader.root], f"never closed: {[node.tag for node in reader.open[1:]]}"
    return reader.root


def cells(row: Node) -> list[str]:
    """Return the cells of a row, without the small print and the marks in them."""
    small = frozenset({"sub", "chip", "ref", "svg", "button"})
    return [cell.text(without=small) for cell in row.children if isinstance(cell, Node) and cell.tag in ("th", "td")]


def table(node: Node) -> tuple[list[str], list[list[str]], list[str] | None]:
    """Return the heads of a table, its rows, and its last row of totals if it has one."""
    heads = cells(node.one("thead").one("tr"))
    rows = [cells(row) for row in node.one("tbody").all("tr")]
    feet = list(node.all("tfoot"))
    return heads, rows, cells(feet[0].one("tr")) if feet else None


def figure(text: str) -> float | None:
    """Return the number that a cell shows; None for words."""
    if text in ("–", "new", "not funded"):
        return 0.0
    match = re.fullmatch(r"([-+−]?)(?:[^\d\s.−+-]{0,3}\s?)([\d,]+(?:\.\d+)?)%?", text)
    if match is None:
        return None
    number = float(match[2].replace(",", ""))
    return -number if match[1] in ("-", "−") else number

"""Read a YAML file into plain values, with the line and column of every key and value.

The reading is that of YAML 1.2: ``true`` and ``false`` are the only truth values, so ``no``, ``yes``, ``on`` and
``off`` are words; ``1e6`` is a number. What begins with a needless zero, such as ``012``, stays a text, because it may
as well be a code; so do ``0x1F`` and ``0o17``. A key is always the text that was written.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path as FilePath
from typing import Any

from budgetopt.errors import Place, Problem, ScenarioError, near
from budgetopt.reading.input_file import check_limit
from budgetopt.reading.text_file import read_text
from budgetopt.reading.yaml_problems import syntax_problem
from budgetopt.scenario.places import Path, Places
from budgetopt.scenario.words import visible

__all__ = ["YamlFile", "parse_yaml", "read_yaml", "scalar"]

_HALF = re.compile(r"[\ud800-\udfff]")
"""A surrogate, which is a character only together with another."""
_DEEPEST = 64
"""Nothing in a scenario stands inside so many others; more is a slip or an attack."""
_MOST_COPIES = 100_000
"""How many values all aliases of a file together may stand for."""
_INTEGER = re.compile(r"[-+]?(0|[1-9][0-9]{0,30})")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|(0|[1-9][0-9]*)(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_THOUSANDS = re.compile(r"[0-9]{3}|[0-9]{1,3}\s?[kKmMbB%]")
_INFINITY = re.compile(r"[-+]?\.(inf|Inf|INF)")
_WORDS: dict[str, Any] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
    **dict.fromkeys((".nan", ".NaN", ".NAN"), float("nan")),
}
_YAML_TAG = "tag:yaml.org,2002:"
_PLAIN_TAGS = {f"{_YAML_TAG}{name}" for name in ("int", "float", "bool", "null", "map", "seq")}


@dataclass(frozen=True, slots=True)
class YamlFile:
    """What a YAML file says as plain values, and where every key and value stands.

    ``problems`` do not keep it from being read: duplicate keys, unknown tags. ``sha256`` is that of the file.
    """

    tree: Any
    places: Places
    problems: tuple[Problem, ...] = ()
    sha256: str = ""


def read_yaml(path: FilePath, file: str = "") -> YamlFile:
    """Read a YAML file, which messages call ``file``; raise ScenarioError if it cannot be read, or is not YAML."""
    text, sha256 = read_text(path, file or str(path))
    return replace(parse_yaml(text, file or str(path)), sha256=sha256)


def parse_yaml(text: str, file: str = "") -> YamlFile:
    """Read the text of a YAML file; see :func:`read_yaml`."""
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    # each key ends in a colon: a file with too many is not even parsed
    check_limit("keys", text.count(":"), file, hint="keep long lists of programs in a CSV file: see `tables`")
    composer = _Composer(file)
    try:
        tree = composer.document(YAML(typ="safe", pure=True).parse(text))
    except YAMLError as error:
        raise ScenarioError([*composer.problems, syntax_problem(error, text, file)]) from None
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        # the parser trips over a few malformed escapes and directives without saying so
        place = Place(file, composer.line)
        hint = "the mistake is here or in one of the next lines: look for backslashes and lines that begin with '%'"
        problem = Problem("yaml", "this is not well-formed YAML", place, "", hint)
        raise ScenarioError([*composer.problems, problem]) from error
    return YamlFile(tree, Places(composer.keys, composer.values), tuple(composer.problems))


def scalar(text: str) -> Any:
    """Return what a word without quotation marks stands for."""
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.fullmatch(text):
        return int(text)
    if _FLOAT.fullmatch(text):
        number = float(text)
        # what no float is so large or so small as stays a text, so that it is not read as another number
        is_lost = not number and any(digit in "123456789" for digit in text.lower().partition("e")[0])
        return text if is_lost or number in (float("inf"), float("-inf")) else number
    if _INFINITY.fullmatch(text):
        return float("-inf" if text[0] == "-" else "inf")
    return text


@dataclass
class _Composer:
    """Makes values of the parser's events, which come one by one: so that depth and size are held in check."""

    file: str
    keys: dict[Path, Place] = field(default_factory=dict)
    values: dict[Path, Place] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    anchors: dict[str, tuple[Path, Any]] = field(default_factory=dict)
    unfinished: set[str] = field(default_factory=set)
    copies: int = 0
    line: int = 0
    line_of_pieces: int = 0

    def document(self, events: Iterator[Any]) -> Any:
        next(events)  # the stream's start
        start = next(events)
        if type(start).__name__ == "StreamEndEvent":
            raise ScenarioError([_empty(self.file)])
        if start.version is not None and tuple(start.version) != (1, 2):
            written = ".".join(str(part) for part in start.version)
            message, expected = f"the file asks for YAML {written}", "YAML 1.2, which needs no %YAML line"
            self.problems.append(Problem("yaml", message, self.place(start), expected))
        first = next(events)
        if type(first).__name__ == "ScalarEvent" and not first.value and first.anchor is None:
            raise ScenarioError([*self.problems, _empty(self.file)])
        tree = self.value(first, events, (), None)
        next(events)  # the document's end
        after = next(events)
        if type(after).__name__ == "DocumentStartEvent":
            hint = "keep each scenario in a file of its own, and take the line '---' away"
            self.stop("the file holds several documents", self.place(after), "one document", hint)
        return tree

    def place(self, event: Any) -> Place:
        return Place(self.file, event.start_mark.line + 1, event.start_mark.column + 1)

    def stop(self, message: str, place: Place, expected: str = "", hint: str = "") -> None:
        raise ScenarioError([*self.problems, Problem("yaml", message, place, expected, hint)])

    def value(self, event: Any, events: Iterator[Any], path: Path, key_place: Place | None) -> Any:
        kind = type(event).__name__
        self.line = event.start_mark.line + 1
        if kind == "AliasEvent":
            return self.alias(event, path)
        if len(path) > _DEEPEST:
            self.stop(f"more than {_DEEPEST} levels stand inside one another", self.place(event))
        self.tagged(event)
        anchor = visible(event.anchor or "")
        if anchor:
            self.unfinished.add(anchor)
        self.values[path] = key_place if _is_nothing(event) and key_place else self.place(event)
        if kind == "ScalarEvent":
            text = self.text(event)
            plainly = event.style is None and (event.tag is None or str(event.tag) in _PLAIN_TAGS)
            result: Any = scalar(text) if plainly else text
        elif kind == "SequenceStartEvent":
            result = []
            while type(item := next(events)).__name__ != "SequenceEndEvent":
                result.append(self.value(item, events, (*path, len(result)), self.place(item)))
        else:
            result = self.mapping(events, path, bool(event.flow_style))
        if anchor:
            self.unfinished.discard(anchor)
            self.anchors[anchor] = (path, result)
        return result

    def text(self, event: Any) -> str:
        """Return the text of a scalar; two escapes that make one character, as JSON writes it, are that character."""
        text = str(event.value)
        if _HALF.search(text):
            try:
                text = text.encode("utf-16", "surrogatepass").decode("utf-16")
            except UnicodeDecodeError:
                message = f"half of a character ({visible(_HALF.findall(text)[0])}) stands here alone"
                self.problems.append(Problem("encoding", message, self.place(event), "visible characters"))
                text = _HALF.sub("\ufffd", text)
        return unicodedata.normalize("NFC", text)

    def mapping(self, events: Iterator[Any], path: Path, in_brackets: bool) -> dict[str, Any]:
        items: dict[str, Any] = {}
        merged: list[tuple[Path, dict[str, Any]]] = []
        while type(event := next(events)).__name__ != "MappingEndEvent":
            key, place, content = self.key(event), self.place(event), next(events)
            plain = event.style is None
            if key == "<<" and plain:
                below = (*path, f"<< {len(merged)}")
                merged += self.merged(self.value(content, events, below, place), below, place)
            elif in_brackets and plain and _THOUSANDS.fullmatch(key) and _is_nothing(content):
                message = f"'{key}' stands alone between two commas"
                hint = "in brackets a comma ends the value: write 4_200_000 or 4.2M, or '4,200,000' in quotation marks"
                # 4,200,000 is one number, however many pieces it falls into
                if self.line_of_pieces != place.line:
                    self.problems.append(Problem("yaml", message, place, "`key: value`", hint))
                self.line_of_pieces = place.line
            elif key in items:
                first = self.keys[(*path, key)]
                message = f"the key '{visible(key)}' stands here a second time"
                hint = f"the first one is in line {first.line}, column {first.column}: keep one of the two"
                self.problems.append(Problem("duplicate-key", message, place, "each key once", hint))
                # what stands below the second one is read for its own errors, and its places are not kept
                self.value(content, events, (*path, f"{key} again"), place)
            else:
                self.keys[(*path, key)] = place
                items[key] = self.value(content, events, (*path, key), place)
        for source, taken in merged:
            # what is written in the mapping itself goes first, then earlier merges
            for key, value in taken.items():
                if key not in items:
                    items[key] = self.copy(value, (*source, key), (*path, key), self.place(event))
                    self.keys[(*path, key)] = self.keys[(*source, key)]
        return items

    def key(self, event: Any) -> str:
        kind = type(event).__name__
        if kind == "AliasEvent":
            _, named = self.anchors.get(visible(event.anchor), ((), None))
            if isinstance(named, str):
                return named
        if kind != "ScalarEvent":
            found = {"SequenceStartEvent": "a list", "MappingStartEvent": "a mapping"}.get(kind, "an alias")
            hint = "if a text begins with a bracket, put it in quotation marks"
            self.stop(f"{found} is no key", self.place(event), "a word as key", hint)
        key = self.text(event).strip()
        if not key:
            written = event.value or not event.implicit[0]
            message = "the key is empty" if written else "a colon stands here without a key"
            self.stop(message, self.place(event), "`key: value`")
        self.tagged(event)
        if event.anchor:
            anchor = visible(event.anchor)
            self.anchors[anchor] = (("&", anchor), key)
            self.values[("&", anchor)] = self.place(event)
        return key

    def merged(self, value: Any, path: Path, place: Place) -> list[tuple[Path, dict[str, Any]]]:
        """Return the paths of the mappings that a merge key brings in."""
        sources: list[tuple[Path, Any]] = [(path, value)]
        if isinstance(value, list):
            sources = [((*path, at), item) for at, item in enumerate(value)]
        if not all(isinstance(item, dict) for _, item in sources):
            expected = "<<: *name, with &name at a mapping"
            self.stop("'<<' takes over the keys of another mapping", place, expected)
        return sources

    def alias(self, event: Any, path: Path) -> Any:
        name, place = visible(event.anchor), self.place(event)
        if name in self.unfinished:
            self.stop(f"'*{name}' stands inside of what it names", place)
        if name not in self.anchors:
            close = near(name, self.anchors)
            hint = f"did you mean '*{close}'?" if close else "a text that begins with '*' stands in quotation marks"
            self.stop(f"'*{name}' names nothing", place, "the name of an anchor '&name' further up", hint)
        source, value = self.anchors[name]
        return self.copy(value, source, path, place)

    def copy(self, value: Any, source: Path, path: Path, place: Place) -> Any:
        """Return a value again at another path; its places stay those where it is written."""
        self.copies += 1
        if self.copies > _MOST_COPIES:
            self.stop(f"the aliases of this file stand for more than {_MOST_COPIES:,} values", place)
        if len(path) > _DEEPEST:
            self.stop(f"more than {_DEEPEST} levels stand inside one another", place)
        self.values[path] = self.values[source]
        if isinstance(value, dict):
            for key in value:
                self.keys[(*path, key)] = self.keys[(*source, key)]
            return {key: self.copy(item, (*source, key), (*path, key), place) for key, item in value.items()}
        if isinstance(value, list):
            return [self.copy(item, (*source, at), (*path, at), place) for at, item in enumerate(value)]
        return value

    def tagged(self, event: Any) -> None:
        """Refuse tags that ask for anything but the plain values of YAML."""
        tag = None if event.tag is None else str(event.tag)
        if tag is None or tag in ("!", f"{_YAML_TAG}str") or tag in _PLAIN_TAGS:
            return
        written = f"!!{tag.removeprefix(_YAML_TAG)}" if tag.startswith(_YAML_TAG) else tag
        message, expected = f"the tag '{visible(written)}' is not read here", "a plain value"
        hint = "if it is a text that begins with '!', put it in quotation marks"
        self.problems.append(Problem("yaml", message, self.place(event), expected, hint))


def _is_nothing(event: Any) -> bool:
    return type(event).__name__ == "ScalarEvent" and not event.value and bool(event.implicit[0])


def _empty(file: str) -> Problem:
    expected = "a scenario, which begins with a line such as `name: Riverton FY2027`"
    return Problem("empty-file", "the file is empty", Place(file), expected)

"""YAML 1.2 as plain values, each with its place."""

from __future__ import annotations

import hashlib
import math
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from budgetopt.errors import Place, ScenarioError
from budgetopt.reading.yaml_file import parse_yaml, read_yaml, scalar


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("no", "no"),
        ("yes", "yes"),
        ("On", "On"),
        ("off", "off"),
        ("y", "y"),
        ("true", True),
        ("False", False),
        ("null", None),
        ("~", None),
        ("", None),
        ("12", 12),
        ("-12", -12),
        ("+12", 12),
        ("0", 0),
        ("012", "012"),
        ("-012", "-012"),
        ("02134", "02134"),
        ("007.5", "007.5"),
        ("1e6", 1_000_000.0),
        ("1E-3", 0.001),
        (".5", 0.5),
        ("1.", 1.0),
        ("4_200_000", "4_200_000"),
        ("4,200", "4,200"),
        ("4.2M", "4.2M"),
        ("0x1F", "0x1F"),
        ("0o17", "0o17"),
        ("1e999", "1e999"),
        ("9" * 5000, "9" * 5000),
        (".inf", math.inf),
        ("-.INF", -math.inf),
        ("2024-06-01", "2024-06-01"),
        ("12:30", "12:30"),
        ("16%", "16%"),
    ],
)
def test_words_without_quotation_marks(written: str, meant: Any) -> None:
    read = parse_yaml(f"key: {written}\n").tree["key"]
    assert read == meant
    assert type(read) is type(meant)
    assert parse_yaml(f"key: '{written}'\n").tree["key"] == written


def test_not_a_number_is_read_as_one() -> None:
    assert math.isnan(scalar(".nan"))
    assert scalar("nan") == "nan"


def test_keys_are_the_text_that_was_written() -> None:
    tree = parse_yaml("2027: a\n012: b\nno: c\n1e6: d\n'2028': e\n~: f\n true : g\n".replace(" true", "true")).tree
    assert tree == {"2027": "a", "012": "b", "no": "c", "1e6": "d", "2028": "e", "~": "f", "true": "g"}


def test_every_key_and_value_has_its_place() -> None:
    read = parse_yaml("a: 1\nlist:\n  - x\n  - {b: 2, c: }\nempty:\nlast: >\n  text\n", "s.yaml")
    places = read.places
    assert read.tree == {"a": 1, "list": ["x", {"b": 2, "c": None}], "empty": None, "last": "text\n"}
    assert places.of() == Place("s.yaml", 1, 1)
    assert places.of("a") == Place("s.yaml", 1, 4)
    assert places.of_key("a") == Place("s.yaml", 1, 1)
    assert places.of("list") == Place("s.yaml", 3, 3)
    assert places.of("list", 0) == Place("s.yaml", 3, 5)
    assert places.of("list", 1, "b") == Place("s.yaml", 4, 9)
    assert places.of_key("list", 1, "c") == Place("s.yaml", 4, 12)
    assert places.of("list", 1, "c") == Place("s.yaml", 4, 12), "what is not there stands at its key"
    assert places.of("empty") == Place("s.yaml", 5, 1)
    assert places.of("last") == Place("s.yaml", 6, 7)
    assert places.of("list", 1, "nothing", "there") == places.of("list", 1)


def test_aliases_stand_where_they_are_written() -> None:
    read = parse_yaml("a: &x {b: [1, 2]}\nc: *x\nd: *x\n", "s.yaml")
    assert read.tree == {"a": {"b": [1, 2]}, "c": {"b": [1, 2]}, "d": {"b": [1, 2]}}
    assert read.tree["c"] is not read.tree["d"]
    assert read.places.of("d", "b", 1) == Place("s.yaml", 1, 15)
    assert read.places.of_key("d", "b") == Place("s.yaml", 1, 8)
    assert read.places.of_key("d") == Place("s.yaml", 3, 1)


def test_merge_keys_take_over_what_is_not_written() -> None:
    read = parse_yaml("a: &a {x: 1, y: 2}\nb: &b {y: 3, z: 4}\nc: {<<: [*a, *b], x: 5}\nd:\n  <<: *b\n", "s.yaml")
    assert read.tree["c"] == {"x": 5, "y": 2, "z": 4}
    assert read.tree["d"] == {"y": 3, "z": 4}
    assert read.places.of("c", "z") == Place("s.yaml", 2, 17)
    assert read.problems == ()
    assert parse_yaml("'<<': 1").tree == {"<<": 1}
    with pytest.raises(ScenarioError, match="takes over the keys of another mapping"):
        parse_yaml("a: {<<: 3}")


def test_duplicate_keys_and_tags_are_told_together_and_the_rest_is_read() -> None:
    read = parse_yaml("a: 1\nb: !secret x\na: {c: 1, c: 2}\n'a ': 3\n", "s.yaml")
    assert read.tree == {"a": 1, "b": "x"}
    assert [(problem.code, problem.place) for problem in read.problems] == [
        ("yaml", Place("s.yaml", 2, 4)),
        ("duplicate-key", Place("s.yaml", 3, 1)),
        ("duplicate-key", Place("s.yaml", 3, 11)),
        ("duplicate-key", Place("s.yaml", 4, 1)),
    ]


def test_plain_tags_are_no_problem() -> None:
    read = parse_yaml("a: !!str 12\nb: ! 12\nc: !!int 12\nd: !!map {x: !!seq [1]}\n")
    assert read.tree == {"a": "12", "b": "12", "c": 12, "d": {"x": [1]}}
    assert read.problems == ()


def test_equal_words_in_two_encodings_of_an_accent_are_equal() -> None:
    assert parse_yaml("e\u0301: e\u0301").tree == {"\u00e9": "\u00e9"}


TEXT = "name: Cité\r\nfunds:\r\n  général: {revenue: 1}\r\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_usual_encoding_and_line_end_is_read(tmp_path: Path, encoding: str, end: str) -> None:
    file = tmp_path / "s.yaml"
    content = TEXT.replace("\r\n", end).encode(encoding)
    file.write_bytes(content)
    read = read_yaml(file, "s.yaml")
    assert read.tree == {"name": "Cité", "funds": {"général": {"revenue": 1}}}
    assert read.places.of("funds", "général", "revenue") == Place("s.yaml", 3, 22)
    assert read.sha256 == hashlib.sha256(content).hexdigest()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"\xff\xfea", "not text in UTF-16"),
        (b"\x89PNG\r\n\x1a\n\x00", "not text in UTF-8"),
        (b"%PDF-1.7", "a PDF"),
        (b"a: \xc3\xa9\nb: \xe9\n", "the byte 0xe9 is not UTF-8"),
        ("a: 1\nb: \u0085\u200e\n".encode("utf-16-le"), "not text in UTF-8"),
        (b"x" * 17_000_000, "the file has 17,000,000 bytes"),
    ],
)
def test_what_is_no_text_is_refused(tmp_path: Path, content: bytes, message: str) -> None:
    file = tmp_path / "s.yaml"
    file.write_bytes(content)
    with pytest.raises(ScenarioError, match=message):
        read_yaml(file)


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match="it is a folder"):
        read_yaml(tmp_path)


@pytest.mark.parametrize(
    "text", ["[" * 100_000, "{a: " * 50_000, "- " * 100_000, "a:\n" + "".join(" " * n + "- \n" for n in range(1, 200))]
)
def test_depth_is_held_in_check(text: str) -> None:
    with pytest.raises(ScenarioError):
        parse_yaml(text)


def test_aliases_of_aliases_are_held_in_check() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 40)]
    with pytest.raises(ScenarioError, match="stand for more than 100,000 values"):
        parse_yaml("\n".join(lines))
    chain = ["a0: &a0 [x]"] + [f"a{n}: &a{n} [*a{n - 1}]" for n in range(1, 80)]
    with pytest.raises(ScenarioError, match="64 levels"):
        parse_yaml("\n".join(chain))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: 'x", "the quotation mark that is opened here is not closed"),
        ('a: "\\q"', "what follows the backslash is not known"),
        ('a: "\\UFFFFFFFF"', "not well-formed"),
        ("a: &", "cannot begin with"),
        ("a: * b", "cannot begin with"),
        ("a: !<x", "cannot begin with '!'"),
        ("a: !x!y z", "cannot begin with '!'"),
        ("%TAG ! tag:x\n%TAG ! tag:y\n--- a", "cannot begin with"),
        ("%FOO\na: 1", "indented less|cannot begin with '%'|not well-formed|document"),
        ("a: |9x\n b", "what follows '|' or '>'"),
        ("a: ]", "a value is missing here"),
        ("a: [1]]", "without an opening bracket"),
        ("a: [1, 2", "is not closed"),
        ("a: {b: 1\nc: 2", "is not closed"),
        ("a: 1\n}", "not|closed|without"),
        ("a: {? [b] : c}", "a list is no key"),
        ("a: {*b : c}", "an alias is no key|names nothing"),
        ("a\nb", ""),
        ("? a\n: b\n? - c", "a list is no key"),
        ("a: b\n---\nc: d", "several documents"),
        ("a: b\n...\nc: d", "several documents|indented|follows"),
        ("a: b:\n  c: d", "a colon is not possible here"),
    ],
)
def test_syntax_is_told_in_plain_words(text: str, message: str) -> None:
    if not message:
        assert parse_yaml(text).tree == "a b"
        return
    with pytest.raises(ScenarioError, match=message) as caught:
        parse_yaml(text, "s.yaml")
    for problem in caught.value.problems:
        assert problem.place is not None
        assert problem.place.line >= 1


PIECES = st.sampled_from(
    [
        *"abc 012:-[]{},'\"\n\t|>&*!%#?@`~.\\",
        "\n  ",
        ": ",
        "- ",
        "<<: ",
        "&a ",
        "*a",
        "!!str ",
        "---\n",
        "\r\n",
        "é",
        "\u2028",
    ]
)


@given(st.one_of(st.text(max_size=60), st.lists(PIECES, max_size=40).map("".join)))
def test_any_text_is_read_or_told_to_be_wrong(text: str) -> None:
    try:
        read = parse_yaml(text, "s.yaml")
    except ScenarioError as error:
        told = error.problems
    else:
        told = read.problems
    assert all(problem.message and problem.place is not None for problem in told)


@given(st.binary(max_size=60))
def test_any_bytes_are_read_or_told_to_be_wrong(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    file = tmp_path_factory.mktemp("bytes") / "s.yaml"
    file.write_bytes(content)
    try:
        read_yaml(file)
    except ScenarioError as error:
        assert error.problems  # noqa: PT017

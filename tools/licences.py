"""List the licences of what budgetopt needs, and refuse those that are not on the list.

    python tools/licences.py          # of this environment: what is needed, and what the extras for users bring

A licence is what a package says of itself: its expression, its classifiers, or a short text. Whether a licence can be
on the list is a matter for people: all here let anyone use, change and pass on a program that uses the package.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from typing import NamedTuple

from packaging.requirements import Requirement

__all__ = ["ALLOWED", "SAID_ELSEWHERE", "Licensed", "is_allowed", "licence_of", "needed_by"]

ALLOWED = frozenset(
    {
        "0BSD",
        "Apache-2.0",
        "BSD-2-Clause",
        "BSD-3-Clause",
        "CC0-1.0",
        "ISC",
        "MIT",
        "MPL-2.0",
        "PSF-2.0",
        "Unlicense",
        "Zlib",
    }
)
"""Licences by their SPDX names."""

SAID = {
    "2-clause BSD": "BSD-2-Clause",
    "Apache 2.0": "Apache-2.0",
    "Apache Software License": "Apache-2.0",
    "BSD": "BSD-3-Clause",
    "BSD License": "BSD-3-Clause",
    "MIT License": "MIT",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "Python Software Foundation License": "PSF-2.0",
}
"""What packages call their licence that do not use its SPDX name."""

SAID_ELSEWHERE = {"orloge": "MIT"}
"""The licences of packages that have it in their description alone."""

DEVELOPERS = ("test", "docs", "benchmarks")
"""The extras of those who change budgetopt; what they bring is not passed on."""


class Licensed(NamedTuple):
    """A package, its version and licence, and what needs it: "" for budgetopt itself, or an extra."""

    name: str
    version: str
    licence: str
    extra: str


def licence_of(package: Distribution) -> str:
    """Return the licence that a package says it has, as an SPDX expression where it can be told; "" if it says none."""
    about = {name: package.metadata[name] for name in ("License-Expression", "License") if name in package.metadata}
    if expression := about.get("License-Expression"):
        return str(expression)
    classifiers = package.metadata.get_all("Classifier") or []
    told = [line.split(" :: ")[-1] for line in classifiers if line.startswith("License ::")]
    text = (about.get("License") or "").strip()
    if text and "\n" not in text and (text in ALLOWED or text in SAID):
        told = [text]
    return (
        " AND ".join(SAID.get(one, one) for one in told)
        or text.split("\n")[0][:60]
        or SAID_ELSEWHERE.get(package.name, "")
    )


def is_allowed(licence: str) -> bool:
    """Return whether a licence is on the list; of alternatives one must be, of several that hold together each."""
    together = re.split(r"\bAND\b", licence)
    return all(any(one.strip(" ()") in ALLOWED for one in re.split(r"\bOR\b", each)) for each in together)


def needed_by(name: str, extras: tuple[str, ...] = ()) -> Iterator[Licensed]:
    """Yield every package that one needs, and those of its extras, each once and with all that it needs in turn."""
    seen: set[str] = set()
    for extra in ("", *extras):
        open_ones = [(name, extra)]
        while open_ones:
            package, asked = open_ones.pop()
            for text in distribution(package).requires or []:
                needed = Requirement(text)
                key = re.sub(r"[-_.]+", "-", needed.name).lower()
                if key in seen or (needed.marker and not needed.marker.evaluate({"extra": asked})):
                    continue
                try:
                    found = distribution(needed.name)
                except PackageNotFoundError:
                    continue
                seen.add(key)
                yield Licensed(found.metadata["Name"], found.version, licence_of(found), extra)
                open_ones += [(needed.name, part) for part in ("", *needed.extras)]


def main() -> int:
    """Print the licences, and return 1 if one is not on the list."""
    extras = distribution("budgetopt").metadata.get_all("Provides-Extra") or []
    found = sorted(
        needed_by("budgetopt", tuple(one for one in extras if one not in DEVELOPERS)), key=lambda one: one[:1]
    )
    width = max(len(f"{one.name} {one.version}") for one in found)
    refused = 0
    for one in found:
        allowed = is_allowed(one.licence)
        refused += not allowed
        for_what = f"  (extra {one.extra})" if one.extra else ""
        mark = "" if allowed else "  NOT ON THE LIST"
        print(f"{f'{one.name} {one.version}':{width}}  {one.licence or 'says none'}{for_what}{mark}")
    print(f"\n{len(found)} packages, {refused} with a licence that is not on the list")
    return int(refused > 0)


if __name__ == "__main__":
    sys.exit(main())

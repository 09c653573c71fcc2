"""What hatch calls while it builds a wheel: the man pages are made from the parser and packed, for `man budgetopt`.

Nothing but the standard library is imported with the parser, so that the build needs none of the dependencies.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

__all__ = ["ManPages"]


class ManPages(BuildHookInterface[Any]):
    """Writes the man pages into a folder that is packed as ``share/man/man1``."""

    PLUGIN_NAME = "man-pages"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002
        """Write the pages, and name their folder to the builder."""
        sys.path[:0] = [str(Path(self.root, "src")), str(Path(self.root, "tools"))]
        from budgetopt.cli import build_parser
        from docs_site.man_pages import man_pages

        self._folder = tempfile.TemporaryDirectory()
        for name, text in man_pages(build_parser(), self.metadata.version).items():
            Path(self._folder.name, name).write_text(text, encoding="ascii")
        build_data["shared_data"][self._folder.name] = "share/man/man1"

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:  # noqa: ARG002
        """Take the folder away."""
        self._folder.cleanup()

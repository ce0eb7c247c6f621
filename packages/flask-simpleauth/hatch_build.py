"""Compiles the translations at each build, that of an editable install too."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CompileTranslations(BuildHookInterface[Any]):
    """Writes a ``.mo`` beside each ``.po``."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Run before the files are collected."""
        folder = Path(self.root, self.config.get("folder", "src"))

        for po in folder.rglob("*.po"):
            catalog = read_po(po.open("rb"), abort_invalid=True)
            with po.with_suffix(".mo").open("wb") as mo:
                write_mo(mo, catalog)

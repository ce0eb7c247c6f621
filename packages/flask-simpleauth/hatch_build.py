"""Compiles the translations at each build, that of an editable install too."""

from __future__ import annotations

import os
from io import BytesIO
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
        # An app may be reading the old one, and another build may run at this moment.
        draft = Path(self.root, f".{os.getpid()}.draft")

        for po in folder.rglob("*.po"):
            catalog = read_po(po.open("rb"), abort_invalid=True)
            compiled = BytesIO()
            write_mo(compiled, catalog)
            mo = po.with_suffix(".mo")
            if not mo.exists() or mo.read_bytes() != compiled.getvalue():
                draft.write_bytes(compiled.getvalue())
                draft.replace(mo)

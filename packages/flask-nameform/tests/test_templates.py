from __future__ import annotations

import re
from pathlib import Path


def test_templates_have_no_words_of_their_own(package: Path) -> None:
    """All that a template says goes through the catalogs."""
    for file in package.rglob("*.html"):
        source = file.read_text(encoding="utf-8")
        plain = re.sub(r"{[{%#].*?[}%#]}|<[^>]*>", " ", source, flags=re.DOTALL)

        assert not re.findall(r"\w+", plain), file.name

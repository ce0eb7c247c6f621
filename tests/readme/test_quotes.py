"""What the documentation quotes is what the files say."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
QUOTE = re.compile(r"^<!-- (\S+) -->\n```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def test_quotes() -> None:
    """Each quoted program is the whole file that is named above it."""
    pages = (page.read_text(encoding="utf-8") for page in ROOT.glob("docs/**/*.md"))
    quotes = [quote for page in pages for quote in QUOTE.findall(page)]

    assert quotes
    for name, text in quotes:
        assert (ROOT / name).read_text(encoding="utf-8") == text

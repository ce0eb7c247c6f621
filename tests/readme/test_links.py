"""What the texts of the repository point to is there."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import urldefrag, urlsplit

import pytest

ROOT = Path(__file__).parents[2]
TEXTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("packages/*/*.md")])
PAGES = sorted(ROOT.glob("docs/**/*.md"))  # whose links are followed in the site

CODE = re.compile(r"^( *)(`{3,}).*?^\1\2$", re.MULTILINE | re.DOTALL)
SPAN = re.compile(r"`[^`\n]+`")
LINK = re.compile(r'\]\(([^)\s]+)\)|(?:src|srcset)="([^"]+)"')
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
#: A file that is named from the root of the repository.
FILE = re.compile(
    r"`((?:benchmarks|docs|example_app|packages|tests|tools)/[\w./-]*[\w/])`"
)


def prose(file: Path) -> str:
    """Return a text without its programs."""
    return CODE.sub("", file.read_text(encoding="utf-8"))


def anchors(file: Path) -> set[str]:
    """Name the headings of a text as links do."""
    words = (re.sub(r"[^\w -]", "", text) for text in HEADING.findall(prose(file)))
    return {heading.strip().lower().replace(" ", "-") for heading in words}


def name(file: Path) -> str:
    return file.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("text", TEXTS, ids=name)
def test_each_link_leads_somewhere(text: Path) -> None:
    """Files and headings that a text links to, in itself or another one, are there."""
    broken = []
    for found in LINK.finditer(SPAN.sub("", prose(text))):
        link = found[1] or found[2]
        if urlsplit(link).scheme:
            continue
        path, anchor = urldefrag(link)
        target = (text.parent / path).resolve() if path else text
        if not target.exists() or (anchor and anchor not in anchors(target)):
            broken.append(link)

    assert broken == []


@pytest.mark.parametrize("text", [*TEXTS, *PAGES], ids=name)
def test_each_named_file_is_there(text: Path) -> None:
    """A path from the root of the repository leads to a file or a folder."""
    missing = [path for path in FILE.findall(prose(text)) if not (ROOT / path).exists()]

    assert missing == []

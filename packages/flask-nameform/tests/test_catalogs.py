from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import flask_nameform
import pytest
from jinja2 import Environment
from jinja2.ext import extract_from_ast

PACKAGE = Path(flask_nameform.__file__).parent
TRANSLATIONS = PACKAGE / "translations"
LANGUAGES = ["de", "es", "fr", "ja"]

# What a sentence ends in, and what stands before a colon.
ENDS = {"ja": "。"}
COLONS = {"fr": "\u202f:", "ja": "："}

PLACEHOLDER = r"%\(\w+\)\w"
EXAMPLE = r"[a-z@:/]+example\.org"

Entry = tuple[list[str], list[str]]


def entries(language: str) -> Iterator[Entry]:
    """Give the texts of a catalog with their translations, one of each per plural."""
    file = TRANSLATIONS / language / "LC_MESSAGES" / "flask_nameform.po"

    for block in file.read_text(encoding="utf-8").split("\n\n")[1:]:
        found: dict[str, str] = {}
        for key, strings in re.findall(r'^(msg\S+) ((?:".*"\s*)+)', block, re.M):
            text = "".join(re.findall(r'"(.*)"', strings))
            found[key] = text.replace('\\"', '"').replace("\\n", "\n")
        ids = [text for key, text in found.items() if key.startswith("msgid")]
        yield ids, [text for key, text in found.items() if key.startswith("msgstr")]


def texts_in_modules() -> Iterator[str]:
    """Give the texts that are marked in the code."""
    for file in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and is_marked(node.func):
                found = (getattr(argument, "value", 0) for argument in node.args)
                yield from (text for text in found if isinstance(text, str))


def is_marked(function: ast.expr) -> bool:
    return getattr(function, "attr", "") in ("gettext", "lazy", "ngettext")


def texts_in_templates() -> Iterator[str]:
    """Give the texts that are marked in the templates."""
    for file in PACKAGE.rglob("*.html"):
        tree = Environment(autoescape=True).parse(file.read_text(encoding="utf-8"))
        for _, _, found in extract_from_ast(tree, ["form_text"]):
            texts = found if isinstance(found, tuple) else (found,)
            yield from (text for text in texts if isinstance(text, str))


def test_each_text_is_in_the_catalogs() -> None:
    """What is marked in code and templates is in the catalogs, and nothing else."""
    known = {text for ids, _ in entries("de") for text in ids}

    assert {*texts_in_modules(), *texts_in_templates()} == known


@pytest.mark.parametrize("template", [*PACKAGE.rglob("*.html")], ids=lambda p: p.name)
def test_templates_have_no_words_of_their_own(template: Path) -> None:
    """All that a template says goes through the catalogs."""
    source = template.read_text(encoding="utf-8")
    plain = re.sub(r"{[{%#].*?[}%#]}|<[^>]*>", " ", source, flags=re.DOTALL)

    assert not re.findall(r"\w+", plain)


def test_each_language_has_a_catalog() -> None:
    """The languages are those of the README."""
    assert sorted(path.name for path in TRANSLATIONS.iterdir()) == LANGUAGES


@pytest.mark.parametrize("language", LANGUAGES)
def test_catalogs_have_the_same_texts(language: str) -> None:
    """No catalog lacks a text that another one has."""
    assert [ids for ids, _ in entries(language)] == [ids for ids, _ in entries("de")]


@pytest.mark.parametrize("language", LANGUAGES)
def test_catalogs_are_complete(language: str) -> None:
    """Each text is translated, in all its plural forms."""
    plurals = 1 if language == "ja" else 2

    for ids, strings in entries(language):
        assert all(strings), ids
        assert len(strings) == (1 if len(ids) == 1 else plurals)


@pytest.mark.parametrize("language", LANGUAGES)
def test_placeholders_are_kept(language: str) -> None:
    """A translation has the values of its text, each once."""
    for ids, strings in entries(language):
        wanted = sorted(re.findall(PLACEHOLDER, ids[-1]))

        for string in strings:
            assert sorted(re.findall(PLACEHOLDER, string)) == wanted
            assert not re.search(r"%(?![(%])", string)


@pytest.mark.parametrize("language", LANGUAGES)
def test_translations_are_plain_text(language: str) -> None:
    """Nothing looks like markup, and quotation marks are the language's own."""
    for _, strings in entries(language):
        assert not set("".join(strings)) & set("<>&{}\"'`\t")
        assert not any(string != string.strip() for string in strings)


@pytest.mark.parametrize("language", LANGUAGES)
def test_punctuation_is_the_languages_own(language: str) -> None:
    """A sentence ends as its text does, with the marks of the language."""
    end, colon = ENDS.get(language, "."), COLONS.get(language, ":")

    for ids, strings in entries(language):
        for string in strings:
            assert ids[0].endswith(".") == string.endswith(end), string
            rest = re.sub(EXAMPLE, "", string)
            assert rest.count(":") + rest.count("：") == rest.count(colon)
            if language == "ja":
                assert not set(re.sub(f"{PLACEHOLDER}|{EXAMPLE}", "", string)) & set(
                    ",.!?()"
                )


@pytest.mark.parametrize("language", LANGUAGES)
def test_header_says_who_has_read_it(language: str) -> None:
    """A catalog names its reviewer, or says that there is none."""
    file = TRANSLATIONS / language / "LC_MESSAGES" / "flask_nameform.po"

    assert re.search(r'^"Reviewed-By: .+\\n"$', file.read_text(encoding="utf-8"), re.M)

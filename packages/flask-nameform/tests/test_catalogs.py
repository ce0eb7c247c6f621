from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from jinja2 import Environment
from jinja2.ext import extract_from_ast

LANGUAGES = ["de", "es", "fr", "ja"]

# What marks a text, in modules and in templates.
MARKERS = ["_", "gettext", "gettext_noop", "lazy", "ngettext", "ngettext_noop"]
HELPERS = ["auth_text", "form_text"]

# What a text ends in, where that is not what it ends in in English.
ENDS = {
    "fr": {"?": "\u202f?", "!": "\u202f!", ":": "\u202f:"},
    "ja": {".": "。", "?": "？", "!": "！", ":": "："},
}
# What is not written so.
WRONG = {
    "de": r"\s[:;?!]",
    "es": r"\s[:;?!]|^[^¿]*\?|^[^¡]*!",
    "fr": r"[^\u202f][:;?!]",
    "ja": r"[:;?!,.()]",
}

PLACEHOLDER = r"%\(\w+\)\w"
EXAMPLE = r"[a-z@:/]+example\.org"

Entry = tuple[list[str], list[str]]


def catalog(package: Path, language: str) -> str:
    """Read a catalog, from the folder that it has in the package."""
    file = package / "translations" / language / "LC_MESSAGES" / f"{package.name}.po"
    return file.read_text(encoding="utf-8")


def entries(package: Path, language: str) -> Iterator[Entry]:
    """Give the texts of a catalog with their translations, one of each per plural."""
    for block in catalog(package, language).split("\n\n")[1:]:
        found: dict[str, str] = {}
        for key, strings in re.findall(r'^(msg\S+) ((?:".*"\s*)+)', block, re.M):
            text = "".join(re.findall(r'"(.*)"', strings))
            found[key] = text.replace('\\"', '"').replace("\\n", "\n")
        ids = [text for key, text in found.items() if key.startswith("msgid")]
        yield ids, [text for key, text in found.items() if key.startswith("msgstr")]


def texts_in_modules(package: Path) -> Iterator[str]:
    """Give the texts that are marked in the code."""
    for file in package.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and name_of(node.func) in MARKERS:
                found = (getattr(argument, "value", 0) for argument in node.args)
                yield from (text for text in found if isinstance(text, str))


def name_of(function: ast.expr) -> str:
    return str(getattr(function, "attr", getattr(function, "id", "")))


def texts_in_templates(package: Path) -> Iterator[str]:
    """Give the texts that are marked in the templates."""
    for file in (package / "templates").rglob("*.*"):
        tree = Environment(autoescape=True).parse(file.read_text(encoding="utf-8"))
        for _, _, found in extract_from_ast(tree, HELPERS):
            texts = found if isinstance(found, tuple) else (found,)
            yield from (text for text in texts if isinstance(text, str))


def test_each_text_is_in_the_catalogs(package: Path) -> None:
    """What is marked in code and templates is in the catalogs, and nothing else."""
    known = {text for ids, _ in entries(package, "de") for text in ids}

    assert {*texts_in_modules(package), *texts_in_templates(package)} == known


def test_each_language_has_a_catalog(package: Path) -> None:
    """The languages are those of the README."""
    folders = (package / "translations").iterdir()

    assert sorted(folder.name for folder in folders) == LANGUAGES


@pytest.mark.parametrize("language", LANGUAGES)
def test_catalogs_have_the_same_texts(package: Path, language: str) -> None:
    """No catalog lacks a text that another one has."""
    texts = [ids for ids, _ in entries(package, language)]

    assert texts == [ids for ids, _ in entries(package, "de")]


@pytest.mark.parametrize("language", LANGUAGES)
def test_catalogs_are_complete(package: Path, language: str) -> None:
    """Each text is translated, in all its plural forms."""
    plurals = 1 if language == "ja" else 2

    for ids, strings in entries(package, language):
        assert all(strings), ids
        assert len(strings) == (1 if len(ids) == 1 else plurals)


@pytest.mark.parametrize("language", LANGUAGES)
def test_placeholders_are_kept(package: Path, language: str) -> None:
    """A translation has the values of its text, each once."""
    for ids, strings in entries(package, language):
        wanted = sorted(re.findall(PLACEHOLDER, ids[-1]))

        for string in strings:
            assert sorted(re.findall(PLACEHOLDER, string)) == wanted
            assert not re.search(r"%(?![(%])", string)


@pytest.mark.parametrize("language", LANGUAGES)
def test_translations_are_plain_text(package: Path, language: str) -> None:
    """Nothing looks like markup, and quotation marks are the language's own."""
    for _, strings in entries(package, language):
        assert not set("".join(strings)) & set("<>&{}\"'`\t")
        assert not any(string != string.strip() for string in strings)


@pytest.mark.parametrize("language", LANGUAGES)
def test_punctuation_is_the_languages_own(package: Path, language: str) -> None:
    """A text ends as it does in English, with the marks of the language."""
    for ids, strings in entries(package, language):
        for string in strings:
            end = ids[0][-1] if ids[0][-1] in ".?!:" else ""
            rest = re.sub(f"{PLACEHOLDER}|{EXAMPLE}", "x", string)

            assert string.endswith(ENDS.get(language, {}).get(end, end)), string
            assert end or string[-1] not in ".?!:。？！：", string
            assert not re.search(WRONG[language], rest), string


@pytest.mark.parametrize("language", LANGUAGES)
def test_header_says_who_has_read_it(package: Path, language: str) -> None:
    """A catalog names its reviewer, or says that there is none."""
    header = catalog(package, language).split("\n\n")[0]

    assert re.search(r'^"Reviewed-By: .+\\n"$', header, re.MULTILINE)

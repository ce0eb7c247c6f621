"""Brings the catalogs of Flask-NameForm, Flask-SimpleAuth and the example up to date.

Run by ``tox -e i18n``. Finds the texts in the modules and templates of each package,
and gives each ``.po`` file one entry for each of them. Translations of texts that are
still there are kept; new ones are left empty, and the tests name them. To add a
language, make its folder in ``translations`` (``it``, ``pt_BR``) with an empty file of
the package's name (``flask_nameform.po``), and run it.
"""

from __future__ import annotations

import re
from pathlib import Path

from babel import Locale
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.plurals import get_plural
from babel.messages.pofile import normalize, read_po

ROOT = Path(__file__).parents[1]

PACKAGES = {
    "packages/flask-nameform/src/flask_nameform": "Flask-NameForm",
    "packages/flask-simpleauth/src/flask_simpleauth": "Flask-SimpleAuth",
    "example_app": "Flask-Foo-Example",
}

METHODS = [("**.py", "python"), ("**.html", "jinja2"), ("**.txt", "jinja2")]

# How a text is marked: a call of one of these.
KEYWORDS = {
    "_": None,
    "auth_text": None,
    "form_text": None,
    "gettext": None,
    "gettext_noop": None,
    "lazy": None,
    "lazy_gettext": None,
    "ngettext": (1, 2),
    "ngettext_noop": (1, 2),
}

HEADER = """\
# {language}
msgid ""
msgstr ""
"Project-Id-Version: {project}\\n"
"Language: {locale}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=UTF-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: {plural_forms}\\n"
"Reviewed-By: {reviewer}\\n"
"""


def find_texts(folder: Path) -> Catalog:
    """Return the texts of a package, in the order of its files."""
    texts = Catalog()
    found = extract_from_dir(folder, METHODS, keywords=KEYWORDS, comment_tags=["i18n:"])

    for file, _, message, comments, context in sorted(found, key=lambda f: f[:2]):
        texts.add(message, None, [(file, 0)], (), comments, context=context)

    return texts


def write(po: Path, project: str, locale: str, texts: Catalog) -> None:
    """Write a file again: the entries it should have, the translations it has."""
    old = read_po(po.open("rb"))
    reviewer = re.search(r'"Reviewed-By: (.*)\\n"', po.read_text(encoding="utf-8"))
    plural = get_plural(locale)
    entries = [
        HEADER.format(
            language=Locale.parse(locale).english_name,
            project=project,
            locale=locale,
            plural_forms=plural.plural_forms,
            reviewer=reviewer[1] if reviewer else "none",
        )
    ]
    entries += [write_entry(text, old, plural.num_plurals) for text in texts if text.id]
    po.write_text("\n".join(entries), encoding="utf-8")


def write_entry(text: Message, old: Catalog, num_plurals: int) -> str:
    """Write one text with its translation, if that is known."""
    ids = text.id if isinstance(text.id, tuple) else (text.id,)
    known = old.get(ids[0])
    strings = known.string if known else ""
    lines = [f"#. {comment}" for comment in text.auto_comments]
    lines += [f"#: {file}" for file, _ in text.locations]
    lines += ["#, python-format"] * text.python_format
    lines.append(f"msgid {normalize(ids[0])}")

    if len(ids) == 1:
        lines.append(f"msgstr {normalize(str(strings))}")
    else:
        given = strings if isinstance(strings, tuple) else ()
        strings = [*given, *[""] * num_plurals][:num_plurals]
        lines.append(f"msgid_plural {normalize(ids[1])}")
        lines += [f"msgstr[{n}] {normalize(s)}" for n, s in enumerate(strings)]

    return "\n".join(lines) + "\n"


def main() -> None:
    """Update all files."""
    for folder, project in PACKAGES.items():
        texts = find_texts(ROOT / folder)

        for po in sorted(Path(ROOT, folder).glob("translations/*/LC_MESSAGES/*.po")):
            write(po, project, po.parts[-3], texts)


if __name__ == "__main__":
    main()

"""Texts in the language of the page: gettext catalogs, by the standard library.

Ours are in one. An extension that builds on this one, or an app that does without
Flask-Babel, can have its own under the same choice of language:

.. code-block:: python

    texts = Catalog("guestbook")  # guestbook/translations/de/LC_MESSAGES/guestbook.mo

    class EntryForm(Form):
        text = StringField(texts.lazy("Your entry"))
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from gettext import GNUTranslations, NullTranslations
from importlib.util import find_spec
from pathlib import Path
from typing import Any, cast

from markupsafe import Markup, escape
from wtforms.i18n import messages_path

from .locale import Language, current_language, current_locale, use_locale

__all__ = ["Catalog", "LazyText", "current_locale", "use_locale"]

# Who reads one of these reads Traditional Chinese, which a catalog may call zh_TW.
_TRADITIONAL = {"Hant", "HK", "MO", "TW"}


class Catalog:
    """The texts of a package, said in the language of the page.

    They are in English where there is no translation. What an app has in its own folder
    ``translations`` comes first, under the same names, so that it can add a language or
    say something in its own words.

    :param domain: the import name of the package, which is that of its ``.mo`` files.
    :param folder: where they are, as ``<locale>/LC_MESSAGES/<domain>.mo``; by default
        in the package's folder ``translations``.
    """

    def __init__(self, domain: str, folder: str | Path | None = None) -> None:
        self._domain = domain
        self._folder = _translations_of(domain) if folder is None else Path(folder)
        self._loaded: dict[Language, NullTranslations] = {}

    def gettext(self, message: str, /, **values: object) -> str:
        """Return a text, with ``%(name)s`` in it replaced by the value of that name.

        If a value is HTML (``Markup``), so is the text, with all else escaped.
        """
        return _put_in(self.translations().gettext(message), values)

    def ngettext(
        self, singular: str, plural: str, number: int, /, **values: object
    ) -> str:
        """Return the form of a text that goes with a number."""
        return _put_in(self.translations().ngettext(singular, plural, number), values)

    def lazy(self, message: str, /, **values: object) -> str:
        """Return a text that is said when it is used, such as a label of a form class.

        To a type checker it is a string, since that is what labels are. It is a
        :class:`LazyText`.
        """
        return cast(str, LazyText(self.gettext, message, **values))

    def are_spoken(self) -> bool:
        """Return whether these texts are there in the language of the page."""
        language = current_language().tag.partition("-")[0]
        # A catalog of ours is complete, and an app adds to it what it says.
        return language == "en" or isinstance(self.translations(), GNUTranslations)

    def translations(self) -> NullTranslations:
        """Return the catalog in the language of the page, one object per language."""
        language = current_language()
        found = self._loaded.get(language)

        if found is None:
            found = self._loaded[language] = self._load(language)

        return found

    def _load(self, language: Language) -> NullTranslations:
        """Return the catalog of the app, if it has one, before that of the package."""
        found = NullTranslations()
        places = [self._folder]

        if language.root_path is not None:
            places.append(Path(language.root_path, "translations"))

        for place in places:
            file = _find(place, language.tag, self._domain)

            if file is not None:
                with file.open("rb") as opened:
                    nearer = GNUTranslations(opened)
                nearer.add_fallback(found)
                found = nearer

        return found


class LazyText:
    """A text that is said in the language of the page where it is used.

    It prints, formats by ``%``, compares and hashes as the text it says there.
    """

    __slots__ = ("_message", "_say", "_values")

    def __init__(self, say: Callable[..., str], message: str, **values: Any) -> None:
        self._say = say
        self._message = message
        self._values = values

    @property
    def source(self) -> str:
        """The text as it was written, in English and without values."""
        return self._message

    def __str__(self) -> str:
        return self._say(self._message, **self._values)

    def __html__(self) -> Markup:
        return escape(str(self))

    def __repr__(self) -> str:
        return repr(str(self))  # as it stands in a list of errors

    def __mod__(self, values: object) -> str:
        return str(self) % values

    def __eq__(self, other: object) -> bool:
        return str(self) == str(other) if isinstance(other, str | LazyText) else False

    def __hash__(self) -> int:
        return hash(str(self))


def _put_in(text: str, values: dict[str, object]) -> str:
    if any(isinstance(value, Markup) for value in values.values()):
        text = escape(text)

    return text % values if values else text


def _translations_of(package: str) -> Path:
    spec = find_spec(package)

    if spec is None or spec.origin is None:
        raise RuntimeError(
            f"There is no package {package!r} to look for translations in."
            " Name the one that has them, or give the folder."
        )

    return Path(spec.origin).with_name("translations")


def _find(place: Path, locale: str, domain: str) -> Path | None:
    names = _names(place, locale)
    files = (place / name / "LC_MESSAGES" / f"{domain}.mo" for name in names)
    return next(filter(Path.is_file, files), None)


def _names(place: Path, locale: str) -> Iterator[str]:
    """Yield the names that the folder of a locale may have, the best one first."""
    language, *rest = locale.split("-")
    subtags = [tag.title() if len(tag) == 4 else tag.upper() for tag in rest]

    for end in range(len(subtags), 0, -1):
        yield "_".join([language, *subtags[:end]])

    if subtags:
        yield f"{language}_{subtags[-1]}"  # without the script
    if language == "zh" and _TRADITIONAL.intersection(subtags):
        yield from ("zh_Hant", "zh_TW")

    yield language
    # WTForms has cs_CZ and no cs.
    yield from sorted(path.name for path in place.glob(f"{language}_*"))


#: Our texts.
texts = Catalog("flask_nameform")

#: WTForms' own, of its validators and fields.
wtforms_texts = Catalog("wtforms", messages_path())

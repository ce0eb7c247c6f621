"""A trap for programs that send forms: a field that no person sees, and the time.

.. code-block:: python

    class CommentForm(Form):
        text = TextAreaField("Comment")
        homepage = HoneypotField(min_seconds=3)
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

from flask import current_app, has_request_context
from itsdangerous import BadData
from markupsafe import Markup
from wtforms import Field
from wtforms.form import BaseForm
from wtforms.utils import unset_value

from .attributes import as_html
from .i18n import texts
from .settings import signing_keys
from .signing import serializer

# Longer than anybody would want a person to take.
_HOUR = 3600


class _Trap:
    # So it is printed with what is hidden, and by hidden_tag() in HTML by hand.
    input_type = "hidden"

    def __call__(self, field: HoneypotField, **kwargs: Any) -> Markup:
        trap = {
            "id": field.id,
            "name": field.name,
            "type": "text",
            "value": "",
            "tabindex": "-1",
            "autocomplete": "off",
        }
        html = Markup(
            '<div class="visually-hidden" aria-hidden="true">{} <input {}></div>'
        ).format(field.label(), as_html(trap))

        if field.min_seconds <= 0 or not has_request_context():
            return html

        stamp = {"type": "hidden", "name": field.stamp_name, "value": field.stamp()}
        return html + Markup("<input {}>").format(as_html(stamp))


class HoneypotField(Field):
    """A field that has to stay empty, in a form that has to take its time.

    Programs fill in what they find, at once. Whoever fills in this field, or sends the
    form sooner than ``min_seconds`` after it was shown, gets it back with a message of
    the form's own, all that was typed, and a new stamp. So a person whom it hits, such
    as one whose browser fills in forms, sends it again.

    The field is hidden by the class ``visually-hidden``, not by an inline style, which
    a Content-Security-Policy may forbid; where a site has no such class, the label says
    what to do. Screen readers and the Tab key leave it out. Give it a name that
    programs like and browsers do not fill in by themselves, such as ``homepage``.

    The stamp is signed and says when the form was shown. It never expires, so a page
    with it can be cached; then it says how old the page is. It stops no program that
    waits, or keeps a stamp. What comes as JSON needs it too: programs that may send the
    form get a form class without this field.

    :param min_seconds: how long a person takes at least; 0 does without a stamp.
    :param clock: gives the time in seconds.
    :raises RuntimeError: when it is shown in an app without ``SECRET_KEY``, unless it
        does without a stamp.
    """

    widget = _Trap()

    def __init__(
        self,
        label: str | None = None,
        validators: Sequence[Any] | None = None,
        *,
        min_seconds: float = 2,
        clock: Callable[[], float] = time.time,
        **kwargs: Any,
    ) -> None:
        label = texts.lazy("Leave this field empty") if label is None else label
        super().__init__(label, validators, **kwargs)  # type: ignore[arg-type] # the stub wants a list
        self.min_seconds = min_seconds
        self._clock = clock
        self._stamps: list[Any] = []

    @property
    def stamp_name(self) -> str:
        """The name of the hidden field with the stamp."""
        return f"{self.name}-stamp"

    def stamp(self) -> str:
        """Return a stamp that says that the form is shown now."""
        return _sign(self._clock())

    def process(
        self, formdata: Any, data: Any = unset_value, extra_filters: Any = None
    ) -> None:
        super().process(formdata, data, extra_filters)
        self._stamps = [] if formdata is None else formdata.getlist(self.stamp_name)

    def validate(self, form: BaseForm, extra_validators: Any = ()) -> bool:
        reason = self._suspicion()

        if reason is None:
            return super().validate(form, extra_validators)

        current_app.logger.info("Honeypot: %s refused: %s", self.id, reason)
        message = texts.gettext(
            "This was sent faster than people type, or with a field filled in that"
            " people do not see. Nothing is lost: please send it again."
        )

        if message not in form.form_errors:
            form.form_errors = [*form.form_errors, message]

        return False

    def populate_obj(self, obj: object, name: str) -> None:
        """Leave the object alone: this is nothing of it."""

    def _suspicion(self) -> str | None:
        if any(self.raw_data or ()):
            return "the trap was filled in"
        if self.min_seconds <= 0:
            return None

        shown = next(filter(None, map(_read, self._stamps)), None)

        if shown is None:
            return "it has no stamp"

        # One from another server, whose clock is ahead, counts as new.
        seconds = self._clock() - shown
        return None if seconds >= self.min_seconds else f"sent after {seconds:.1f} s"


def older(text: str) -> str:
    """Return a stamp as one of an hour ago, and any other text as it is."""
    shown = _read(text) if current_app.secret_key else None
    return text if shown is None else _sign(shown - _HOUR)


def _sign(seconds: float) -> str:
    return str(serializer("honeypot", _secret_keys()).dumps(round(seconds, 1)))


def _read(text: object) -> float | None:
    try:
        shown: float = serializer("honeypot", _secret_keys()).loads(str(text))
    except (BadData, UnicodeError):
        return None

    return shown


def _secret_keys() -> tuple[Any, ...]:
    return tuple(signing_keys("The stamps of a HoneypotField"))

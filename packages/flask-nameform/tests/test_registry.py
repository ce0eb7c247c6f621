from __future__ import annotations

from functools import partial
from typing import Any

import pytest
import wtforms
from flask import Flask
from flask_nameform import Forms, NameForm
from flask_nameform.registry import Definition, current_state


def nothing(form: NameForm) -> None:
    """Take a form and do nothing."""


@pytest.mark.parametrize("name", ["", "a b", "a.b", "a/b", "ü", "a\n"])
def test_a_name_fits_into_ids_and_urls(forms: Forms, name: str) -> None:
    """A name that needs escaping somewhere is refused where it is given."""
    with pytest.raises(RuntimeError, match="cannot be the name of a form"):
        forms.add(name, NameForm, handler=nothing)


@pytest.mark.parametrize("form_class", [wtforms.Form, NameForm(), "NameForm", None])
def test_only_our_forms_can_be_named(forms: Forms, form_class: Any) -> None:
    """A form that does not bind itself, or no class, is refused with what to use."""
    with pytest.raises(RuntimeError, match=r"subclass of flask_nameform\.Form"):
        forms.add("name", form_class, handler=nothing)


def test_a_loader_is_no_coroutine(forms: Forms) -> None:
    """A template would not wait for it, and show the form of nothing."""

    async def load() -> str:
        return ""

    with pytest.raises(RuntimeError, match=r"'load' of the form 'name'.*'def'"):
        forms.add("name", NameForm, handler=lambda form, text: None, load=load)


@pytest.mark.parametrize("handler", [None, "save"])
def test_a_handler_can_be_called(forms: Forms, handler: Any) -> None:
    """What a decorator without ``return`` leaves would make it a form that asks."""
    with pytest.raises(RuntimeError, match=r"form 'name' is .*forget to return"):
        forms.add("name", NameForm, handler=handler)
    with pytest.raises(RuntimeError, match=r"form 'name' is .*forget to return"):
        forms.handler("name", NameForm)(handler)


def test_a_name_is_taken_once(forms: Forms) -> None:
    """The second form of a name is refused, and the message has both places."""
    forms.add("name", NameForm, handler=nothing)
    line = nothing.__code__.co_firstlineno

    with pytest.raises(RuntimeError) as error:
        forms.add("name", NameForm, handler=lambda form: None)

    places = str(error.value).split("test_registry.py:")
    assert len(places) == 3
    assert places[1].startswith(str(line))


def test_a_name_is_taken_once_per_app(app: Flask) -> None:
    """Two collections with the same name cannot be on one app."""
    other = Forms()
    other.add("name", NameForm, handler=nothing)

    with pytest.raises(RuntimeError, match="Two forms are named 'name'"):
        other.init_app(app)


def test_a_name_taken_later_is_found_at_use(app: Flask) -> None:
    """Collections are looked up live, so a clash that comes later is seen when used."""
    other = Forms(app)
    other.add("name", NameForm, handler=nothing)

    with app.test_client() as client, pytest.raises(RuntimeError, match="Two forms"):
        client.get("/")


def test_the_place_of_any_callable_is_known() -> None:
    """A callable without code of its own is named by what it is."""
    place = Definition(NameForm, partial(nothing), "Name").place
    assert place.startswith("functools.partial(<function nothing")


def test_an_unknown_name_is_answered_with_those_near(app: Flask) -> None:
    """Who mistypes a name is told the right one."""
    with app.app_context(), pytest.raises(RuntimeError, match="mean 'name'"):
        current_state().registry.require("names")


def test_a_name_near_to_none_is_answered_with_all(app: Flask) -> None:
    """Who has the wrong idea is told what there is."""
    with app.app_context(), pytest.raises(RuntimeError, match="mean 'name'"):
        current_state().registry.require("completely-different")


def test_an_app_without_any_form_says_so(forms: Forms) -> None:
    """Handlers in a module that nobody imports are not there."""
    app = Flask(__name__)
    forms.init_app(app)

    with app.app_context(), pytest.raises(RuntimeError, match="handler imported"):
        current_state().registry.require("name")


def test_an_app_without_forms_attached_says_so() -> None:
    """Without ``init_app`` the message has the cure."""
    app = Flask(__name__)

    with app.app_context(), pytest.raises(RuntimeError, match=r"forms\.init_app"):
        current_state()

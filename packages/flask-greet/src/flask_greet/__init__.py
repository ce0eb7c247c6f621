"""Greets the visitor of a Flask app by language, hour and name."""

from .extension import Greet
from .greeting import Greeting
from .language import LANGUAGES
from .name import clean_name
from .signals import greeted

__all__ = ["LANGUAGES", "Greet", "Greeting", "clean_name", "greeted"]

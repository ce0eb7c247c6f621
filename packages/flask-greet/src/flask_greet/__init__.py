"""Greets the visitor of a Flask app by name, safely and politely."""

from .extension import Greet
from .greeting import Greeting, clean_name
from .signals import greeted

__all__ = ["Greet", "Greeting", "clean_name", "greeted"]

"""``flask auth``: accounts from the command line."""

from . import accounts, checking, moving
from .group import auth_cli

__all__ = ["accounts", "auth_cli", "checking", "moving"]

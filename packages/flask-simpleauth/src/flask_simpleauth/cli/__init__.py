"""``flask auth``: accounts from the command line."""

from .group import auth_cli

__all__ = ["auth_cli"]

"""``flask auth check``: what OWASP ASVS 5.0 asks of accounts, looked at in this app.

The standard's numbers are quoted, its text is not; look it up under its number. Nothing
is met because we say so: each row tries, in a rehearsal with made-up accounts, what the
app does, or looks at its configuration, its pages and its store.
"""

from .report import Report, RowResult, Verdict
from .rows import LEVELS, ROWS, check_app

__all__ = ["LEVELS", "ROWS", "Report", "RowResult", "Verdict", "check_app"]

"""WTForms in Flask: forms called by name from any page, safe and accessible."""

from . import csrf
from .extension import Forms
from .form import Form, FormError, NameForm

__all__ = ["Form", "FormError", "Forms", "NameForm", "csrf"]

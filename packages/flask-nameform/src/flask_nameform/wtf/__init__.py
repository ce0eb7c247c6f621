"""Flask-WTF's public names, on Flask-NameForm: change the import lines, and go on.

Not here: reCAPTCHA, which belongs to a vendor.
"""

from wtforms import Form

from .csrf import CSRFProtect
from .form import FlaskForm

__all__ = ["CSRFProtect", "FlaskForm", "Form"]

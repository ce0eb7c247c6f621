"""Accounts for Flask with nothing to set up."""

from .audit import AuditRecord
from .counting import Count, Rule
from .errors import (
    AuthError,
    BadCredentials,
    Busy,
    InUse,
    InvalidIdentity,
    InvalidUsername,
    LinkIsDead,
    Taken,
    Throttled,
    UsernameTaken,
    WeakPassword,
)
from .extension import SimpleAuth
from .forms import SignupForm
from .mail import Mailer, Message
from .signals import (
    active_changed,
    address_changed,
    address_confirmed,
    api_token_created,
    api_token_revoked,
    audited,
    invited,
    password_changed,
    roles_changed,
    sessions_ended,
    signed_in,
    signed_out,
    user_created,
    user_deleted,
    user_deleting,
    user_exported,
)
from .store import Attributes, Store, Token

__all__ = [
    "Attributes",
    "AuditRecord",
    "AuthError",
    "BadCredentials",
    "Busy",
    "Count",
    "InUse",
    "InvalidIdentity",
    "InvalidUsername",
    "LinkIsDead",
    "Mailer",
    "Message",
    "Rule",
    "SignupForm",
    "SimpleAuth",
    "Store",
    "Taken",
    "Throttled",
    "Token",
    "UsernameTaken",
    "WeakPassword",
    "active_changed",
    "address_changed",
    "address_confirmed",
    "api_token_created",
    "api_token_revoked",
    "audited",
    "invited",
    "password_changed",
    "roles_changed",
    "sessions_ended",
    "signed_in",
    "signed_out",
    "user_created",
    "user_deleted",
    "user_deleting",
    "user_exported",
]

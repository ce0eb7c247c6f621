"""``SimpleAuth``: the extension object, and how it is wired into an app."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Mapping
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast, overload

from flask import (
    Blueprint,
    Flask,
    abort,
    current_app,
    has_request_context,
    request_started,
)

from . import confirmation, flows, notices
from .authentication import Attempt, Client, authenticate
from .blueprint import make_blueprint
from .cli import auth_cli
from .current_user import CurrentUser
from .deletion import delete_user
from .ending import end_sessions
from .forms import SignupForm
from .guards import Requirement, check_order, guard, open_to_all
from .joining import invite
from .mail import Mailer
from .permissions import is_in_scope, permissions_of
from .refusals import challenge, forbid
from .secret_text import Secret
from .services import Services
from .state import KEY, State
from .store import Store
from .strength import BreachCheck
from .takeout import Exporter
from .throttling import Clock
from .visit import Visit, current_client, current_visit

if TYPE_CHECKING:
    # Type checkers know this module though it is not installed: defaults of type
    # variables came to typing with Python 3.13.
    from typing_extensions import TypeVar as TypeVarWithDefault

    from .stores.embedded import User
    from .testing import AuthClient

    #: The class of the users; the embedded store's if none is named.
    U = TypeVarWithDefault("U", default=User)
else:
    U = TypeVar("U")

F = TypeVar("F", bound=Callable[..., Any])
ExporterT = TypeVar("ExporterT", bound=Exporter)
Policy = TypeVar("Policy", bound=Callable[[Any, str, Any], bool])


class SimpleAuth(Generic[U]):
    """Accounts for an app.

    .. code-block:: python

        auth = SimpleAuth()                       # with the embedded store
        auth: SimpleAuth[User] = SimpleAuth()     # with users of your own class

        auth.init_app(app)                        # in the application factory
        auth.init_app(app, store=SQLAlchemyStore(db, User))

    :param store: where accounts are kept; by default an SQLite file in the app's
        instance folder.
    :param home: the path to go to after signing in or out.
    :param permissions: what each role permits, by the role's name:
        ``{"editor": {"posts.edit", "posts.delete"}}``.
    :param mailer: a callable that sends a :class:`~flask_simpleauth.Message`; with it,
        who has forgotten their password gets a link to a new one, an address can be
        confirmed and changed, and changes are told by mail.
    :param breached: tells whether a password that somebody wants is known to be stolen;
        what it raises is logged, and the password taken.
    :param sign_up_form: your own subclass of :class:`~flask_simpleauth.SignupForm`.
    :param clock: returns the present instant, seconds since 1970.
    """

    def __init__(
        self,
        app: Flask | None = None,
        *,
        store: Store[U] | None = None,
        home: str = "/",
        permissions: Mapping[str, Collection[str]] | None = None,
        mailer: Mailer | None = None,
        breached: BreachCheck | None = None,
        sign_up_form: type[SignupForm] = SignupForm,
        clock: Clock = time.time,
    ) -> None:
        given: type = sign_up_form
        if not issubclass(given, SignupForm):
            raise RuntimeError(
                f"{given.__name__} cannot be the sign-up form: it has to be a"
                " subclass of flask_simpleauth.SignupForm."
            )
        self._sign_up_form = sign_up_form
        self._store = store
        self._home = home
        self._permissions = permissions
        self._mailer = mailer
        self._breached = breached
        self._policy: Callable[[Any, str, Any], bool] | None = None
        self._exporters: list[Exporter] = []
        self._clock = clock

        if app is not None:
            self.init_app(app)

    def init_app(
        self,
        app: Flask,
        *,
        store: Store[U] | None = None,
        mailer: Mailer | None = None,
    ) -> None:
        """Attach to an app: pages, forms, the template variable, the commands.

        :param store: where this app's accounts are kept, if not as the constructor
            said.
        :param mailer: what sends this app's mails, if not as the constructor said.
        :raises RuntimeError: if the app has a ``SimpleAuth`` already, or for a
            configuration key that is misspelt or has a wrong value.
        """
        if KEY in app.extensions:
            raise RuntimeError(
                "A 'SimpleAuth' is already initialised on this app."
                " Import and use that one."
            )

        state = State(
            app,
            self,
            store or self._store or _embedded_store(app),
            clock=self._clock,
            home=self._home,
            permissions=self._permissions,
            mailer=mailer or self._mailer,
            breached=self._breached,
            exporters=self._exporters,
        )
        state.check()
        app.extensions[KEY] = state
        app.jinja_env.globals.update(auth=self, current_user=CurrentUser())
        request_started.connect(_check_order_once, app)
        prefix = state.settings().url_prefix
        app.register_blueprint(make_blueprint(prefix, self._sign_up_form))
        app.cli.add_command(auth_cli)
        notices.connect(app)

    @property
    def user(self) -> U | None:
        """The user who is signed in, ``None`` if nobody is or there is no request.

        Looked up in the store when first asked for, and once in a request. A program's
        token that is limited to some permissions is nobody, but in a view that asks for
        one of these: ``login_required(permission="posts.edit")``.
        """
        visit = self._visit()
        return None if visit is None else cast("U | None", visit.admitted_user)

    def require_user(self) -> U:
        """Return the user who is signed in, or stop here and ask for signing in.

        For a program's token that is nobody here the answer is 403.
        """
        user = self.user
        if user is None:
            abort(challenge() if current_visit().user is None else forbid())
        return user

    @overload
    def login_required(self, view: F) -> F: ...

    @overload
    def login_required(
        self,
        *,
        role: str | None = None,
        permission: str | None = None,
        fresh: timedelta | None = None,
    ) -> Callable[[F], F]: ...

    def login_required(
        self,
        view: F | None = None,
        *,
        role: str | None = None,
        permission: str | None = None,
        fresh: timedelta | None = None,
    ) -> F | Callable[[F], F]:
        """Let only signed-in users see a view: function, coroutine or class.

        It stands below the route: ``@app.get("/")``, then ``@auth.login_required``.
        Others are led to the sign-in page and back; an API client gets 401.

        :param role: the name of a role the user must have; others get 403.
        :param permission: what one of the user's roles must permit; others get 403.
        :param fresh: how long ago, at most, the user must have shown their password;
            otherwise they are asked for it, and led back to the page.
        """
        requirement = Requirement(role, permission, fresh)
        if view is not None:
            return guard(view, requirement)
        return lambda view: guard(view, requirement)

    def protect(
        self,
        target: Flask | Blueprint,
        *,
        role: str | None = None,
        permission: str | None = None,
    ) -> None:
        """Let only signed-in users see an app or a blueprint; :meth:`public` excepts.

        Static files, our own pages and addresses that lead nowhere stay open.

        :param role: the name of a role the user must have; others get 403.
        :param permission: what one of the user's roles must permit; others get 403.
        """
        target.before_request(Requirement(role, permission).refusal_unless_public)

    def public(self, view: F) -> F:
        """Show a view of a protected app or blueprint to everybody.

        It may stand above or below the route, and on a class view.
        """
        return open_to_all(view)

    def policy(self, decide: Policy) -> Policy:
        """Register the function that decides what :meth:`can` answers.

        It takes the user (``None`` if nobody is signed in), the action and the object,
        and returns whether the user may.
        """
        self._policy = decide
        return decide

    def exporter(self, export: ExporterT) -> ExporterT:
        """Register a function that gives what the app keeps of a user; a decorator.

        It gets the user, and returns a mapping of what JSON can hold. That is in the
        file which the user downloads, beside what we keep. There may be several.
        """
        self._exporters.append(export)
        return export

    def can(self, action: str, obj: object = None) -> bool:
        """Tell whether the visitor may do this, to this object if one is given.

        Without a policy, it is what the user's roles permit. A program's token that is
        limited to some permissions is good for no other action, whatever the policy.
        """
        visit = self._visit()
        user = None if visit is None else cast("U | None", visit.user)
        if not is_in_scope(action):
            return False
        if self._policy is not None:
            return self._policy(user, action, obj)
        return user is not None and action in permissions_of(user)

    def authenticate(self, identity: str, secret: str) -> U:
        """Return the user with this address and password, without signing them in.

        :raises BadCredentials: if they do not match, whatever the reason.
        :raises Throttled: after too many wrong tries.
        :raises Busy: if too many passwords are being hashed.
        :raises RuntimeError: if ``db.session`` has uncommitted changes.
        """
        client = current_client() if has_request_context() else Client()
        return authenticate(self._services(), Attempt(identity, Secret(secret), client))

    def login(self, user: U, *, remember: bool = False) -> None:
        """Sign the user in: a new session, whose key goes into a cookie.

        :param remember: whether the session outlasts the browser's being closed.
        :raises BadCredentials: if the user is deactivated.
        """
        self._state()
        current_visit().sign_in(user, remember=remember)

    def logout(self) -> None:
        """Sign out: the session ends in the store, the cookie goes."""
        self._state()
        current_visit().sign_out()

    def create_user(
        self,
        identity: str,
        secret: str,
        *,
        name: str = "",
        username: str = "",
        confirmed: bool = False,
    ) -> U:
        """Make an account.

        :param username: another name to sign in with, if your class has one.
        :param confirmed: whether the address is known to be theirs.
        :raises InvalidIdentity: if that is no address.
        :raises Taken: if the address has an account.
        :raises WeakPassword: if the password will not do.
        """
        return flows.create_user(
            self._services(),
            identity,
            Secret(secret),
            name=name,
            username=username,
            confirmed=confirmed,
        )

    def invite(self, email: str, *, role: str | None = None) -> str:
        """Invite somebody to sign up, and return the link to hand over.

        It is good for a week and one account, whose address is confirmed by it. If
        there is a mailer it is sent too. Another invitation of the address ends.

        :param role: a role the account will have, made if it is new.
        :raises InvalidIdentity: if that is no address.
        :raises Taken: if the address has an account.
        :raises RuntimeError: if nobody can sign up, or your class has no roles.
        """
        self._state()
        return invite(email, role)

    def is_confirmed(self, user: U) -> bool:
        """Tell whether the user has read a mail that was sent to their address.

        Who is not confirmed may do all that others may; a policy can ask for more.
        """
        return confirmation.is_confirmed(self._services(), user)

    def delete_user(self, user: U) -> None:
        """Delete the user's account, and end its sessions, API tokens and links.

        Rows of yours that point at the user are for a receiver of ``user_deleting``: it
        is part of the same transaction. All of it happens, or nothing.

        :raises InUse: if rows still point at the user.
        """
        delete_user(self._services(), user)

    def grant(self, user: U, role: str) -> None:
        """Give the user a role, which is made if it is new.

        Where your class has one role per user, it takes the place of that.

        :raises RuntimeError: if your class has no roles.
        """
        flows.grant(self._services(), user, role)

    def revoke_role(self, user: U, role: str) -> None:
        """Take a role away from the user, if they have it."""
        flows.revoke_role(self._services(), user, role)

    def deactivate(self, user: U) -> None:
        """Keep the user from signing in, and end their sessions; see :meth:`activate`.

        Where your class has no ``active`` the token store keeps that, and the user's
        API tokens end too.
        """
        flows.set_active(self._services(), user, active=False)

    def activate(self, user: U) -> None:
        """Let the user sign in again."""
        flows.set_active(self._services(), user, active=True)

    def end_sessions(self, user: U) -> int:
        """Sign the user out everywhere, and return how many sessions that ended."""
        return end_sessions(self._services(), user)

    def create_api_token(
        self,
        user: U,
        name: str,
        *,
        scopes: Collection[str] = (),
        lifetime: timedelta | None = None,
    ) -> str:
        """Make a token for a program that acts as the user, and return its text.

        The program sends ``Authorization: Bearer <text>``; cookies do not count then.
        The text is kept nowhere, so show it now. ``flask auth tokens`` lists, and
        ``revoke-token`` ends it; so does deactivating the user.

        :param name: what the owner will know it by.
        :param scopes: permissions it is limited to: it is then good only for views that
            ask for one of them. All that the user may if empty.
        :param lifetime: how long it is good for; until it is revoked if ``None``.
        :raises RuntimeError: if the user is deactivated.
        """
        return flows.create_api_token(
            self._services(), user, name, scopes=scopes, lifetime=lifetime
        )

    def test_client(
        self, user: U | None = None, *, role: str | None = None
    ) -> AuthClient:
        """Return a test client of the current app that the user is signed in with.

        :param user: nobody if ``None``, unless there is a role.
        :param role: a role to give the user; without a user, somebody is made for it.
        """
        # Imported here: only tests need it.
        from .testing import client_for

        self._state()
        app: Any = current_app
        return client_for(app._get_current_object(), user, role=role)

    def _visit(self) -> Visit | None:
        self._state()
        return current_visit() if has_request_context() else None

    def _services(self) -> Services[U]:
        return self._state().services()

    def _state(self) -> State:
        state: State | None = current_app.extensions.get(KEY)

        if state is None or state.extension is not self:
            raise RuntimeError(
                "This app is not initialised with this 'SimpleAuth'."
                " Did you forget 'auth.init_app(app)', or make two instances?"
            )
        return state


def _embedded_store(app: Flask) -> Store[Any]:
    # Imported here: an app with a store of its own may have no use for SQLAlchemy.
    from .stores.embedded import EmbeddedStore

    return EmbeddedStore(Path(app.instance_path) / "simpleauth.sqlite3")


def _check_order_once(app: Flask, **_: object) -> None:
    check_order(app)
    request_started.disconnect(_check_order_once, app)

"""Django, as ``startproject`` makes it, without its admin.

Its middleware, sessions in the database, ``login_required``, ``LoginView``, and
templates through its cached loader. Connections are kept (``CONN_MAX_AGE``), as its
documentation advises for deployment, and ``DEBUG`` is off. One signs in with a user
name, so that is the address here. JSON is read by a view as in its documentation on
authentication; it has no tokens for programs of its own.
"""

from __future__ import annotations

import json
from typing import Any

import django
from django import forms
from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import path
from sqlalchemy import make_url

from . import EMAIL, NAME, PASSWORD, SECRET_KEY, Site

LAYOUT = """{% load static %}<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <title>{% block title %}{% endblock %}</title>
    <link rel="stylesheet" href="{% static 'site.css' %}">
  </head>
  <body>
    <nav>
      <a href="{% url 'index' %}">Home</a>
      <a href="{% url 'index' %}?page=about">About</a>
    </nav>
    <main>{% block content %}{% endblock %}</main>
  </body>
</html>"""

_PAGE = (
    "{{% extends 'layout.html' %}}{{% block title %}}Hello{{% endblock %}}"
    "{{% block content %}}<h1>Hello</h1>{}{{% endblock %}}"
)
_FORM = (
    '<form method="post">{% csrf_token %}{{ form }}'
    '<input type="submit" value="Submit"></form>'
)

TEMPLATES = {
    "layout.html": LAYOUT,
    "index.html": _PAGE.format(""),
    "inside.html": _PAGE.format("{{ user.first_name }}"),
    "form.html": _PAGE.format(_FORM),
    "registration/login.html": _PAGE.format(_FORM),
}

# A module of URLs, as Django wants one; a process has one site of Django's.
urlpatterns: list[Any] = []


def accounts(url: str, method: str | None = None) -> Site:
    """Make the site with accounts."""
    more = {}
    if method is not None:
        more["PASSWORD_HASHERS"] = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    _configure(url, **more)

    # Imported here: models want a configured Django.
    from django.contrib.auth import authenticate, login
    from django.contrib.auth.views import LoginView

    def index(asked: HttpRequest) -> HttpResponse:
        return render(asked, "index.html")

    @login_required
    def inside(asked: HttpRequest) -> HttpResponse:
        return render(asked, "inside.html")

    def json_login(asked: HttpRequest) -> HttpResponse:
        given = json.loads(asked.body)
        user = authenticate(asked, username=given["email"], password=given["password"])
        if user is None:
            return JsonResponse({}, status=401)
        login(asked, user)
        return JsonResponse({"name": user.get_full_name()})

    urlpatterns[:] = [
        path("", index, name="index"),
        path("in", inside, name="inside"),
        path("login", LoginView.as_view(), name="login"),
        path("json-login", json_login, name="json_login"),
    ]
    return Site(
        get_wsgi_application(), _prepare, identity="username", json_login="/json-login"
    )


def _prepare() -> None:
    from django.contrib.auth.models import User
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    if not User.objects.filter(username=EMAIL).exists():
        User.objects.create_user(EMAIL, EMAIL, PASSWORD, first_name=NAME)


def form() -> Site:
    """Make the site with a form."""
    _configure(None)

    class NameForm(forms.Form):
        name = forms.CharField(
            label="What is your name?",
            max_length=100,
            error_messages={"required": "Enter your name"},
        )

    def index(asked: HttpRequest) -> HttpResponse:
        form = NameForm(asked.POST or None)
        if form.is_valid():
            asked.session["name"] = form.cleaned_data["name"]
            return HttpResponseRedirect("/", status=303)
        return render(
            asked, "form.html", {"form": form}, status=422 if asked.POST else 200
        )

    urlpatterns[:] = [path("", index, name="index")]
    return Site(get_wsgi_application())


def _configure(url: str | None, **more: Any) -> None:
    loaders = [("django.template.loaders.locmem.Loader", TEMPLATES)]
    if url is None:
        # As near as it comes to a form on Flask: no database, a signed cookie.
        more["SESSION_ENGINE"] = "django.contrib.sessions.backends.signed_cookies"
    settings.configure(
        SECRET_KEY=SECRET_KEY,
        ALLOWED_HOSTS=["*"],
        ROOT_URLCONF=__name__,
        STATIC_URL="static/",
        LOGIN_URL="/login",
        LOGIN_REDIRECT_URL="/",
        USE_TZ=True,
        DATABASES={} if url is None else {"default": _database(url)},
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        INSTALLED_APPS=[
            "django.contrib.auth",
            "django.contrib.contenttypes",
            "django.contrib.sessions",
            "django.contrib.messages",
            "django.contrib.staticfiles",
        ],
        MIDDLEWARE=[
            "django.middleware.security.SecurityMiddleware",
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.middleware.common.CommonMiddleware",
            "django.middleware.csrf.CsrfViewMiddleware",
            "django.contrib.auth.middleware.AuthenticationMiddleware",
            "django.contrib.messages.middleware.MessageMiddleware",
            "django.middleware.clickjacking.XFrameOptionsMiddleware",
        ],
        TEMPLATES=[
            {
                "BACKEND": "django.template.backends.django.DjangoTemplates",
                "OPTIONS": {
                    "context_processors": [
                        "django.template.context_processors.request",
                        "django.contrib.auth.context_processors.auth",
                        "django.contrib.messages.context_processors.messages",
                    ],
                    "loaders": [("django.template.loaders.cached.Loader", loaders)],
                },
            }
        ],
        **more,
    )
    django.setup()


def _database(url: str) -> dict[str, Any]:
    parts = make_url(url)
    if parts.get_backend_name() == "sqlite":
        return {"ENGINE": "django.db.backends.sqlite3", "NAME": parts.database}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.database,
        "USER": parts.username or "",
        "PASSWORD": parts.password or "",
        "HOST": parts.host or "",
        "PORT": parts.port or "",
        "OPTIONS": {"options": parts.query["options"]},
        "CONN_MAX_AGE": 600,
    }

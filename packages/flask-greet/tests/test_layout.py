from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

SITE = "<title>Site</title>{% block content %}{% endblock %}"
BRIDGE = """\
{% extends "site.html" %}
{% block content %}  {# the block your layout fills #}
{% block page_content %}{% endblock %}{% endblock %}"""


def use_base(app: Flask, templates: Path, **files: str) -> None:
    """Write the templates, and put the pages into the first."""
    templates.mkdir()
    for name, source in files.items():
        (templates / f"{name}.html").write_text(source)
    app.config["GREET_BASE_TEMPLATE"] = f"{next(iter(files))}.html"


@pytest.mark.parametrize(
    "files",
    [
        {"site": "Site {% block page_content %}{% endblock %}"},
        {"bridge": BRIDGE, "site": SITE},
        {
            "themed": "{% extends 'site.html' %}",
            "site": "Site {% block page_content %}{% endblock %}",
        },
        {
            "chosen": "{% extends 'site.html' if true else 'other.html' %}",
            "site": "Site {% block page_content %}{% endblock %}",
        },
    ],
    ids=["own block", "bridge", "block of the parent", "parent chosen at run time"],
)
def test_pages_go_into_the_sites_layout(
    app: Flask, client: FlaskClient, templates: Path, files: dict[str, str]
) -> None:
    """One key puts the pages into the site's own layout, however that is made."""
    use_base(app, templates, **files)

    for _ in range(2):
        page = client.get("/").text
        assert "Site" in page
        assert "<h1>Hello there</h1>" in page


@pytest.mark.parametrize(
    "files", [{"site": SITE}, {"child": "{% extends 'site.html' %}", "site": SITE}]
)
def test_layout_without_the_block_is_refused(
    app: Flask, client: FlaskClient, templates: Path, files: dict[str, str]
) -> None:
    """A layout that would leave the page blank is an error, each time."""
    use_base(app, templates, **files)

    for _ in range(2):
        with pytest.raises(RuntimeError, match="without a block named 'page_content'"):
            client.get("/")


@pytest.mark.parametrize("base", ["nowhere.html", "site.html"])
def test_layout_that_is_not_there_is_said(
    app: Flask, client: FlaskClient, templates: Path, base: str
) -> None:
    """The message has the key and the missing file, be that the layout's own layout."""
    use_base(app, templates, site="{% extends 'nowhere.html' %}")
    app.config["GREET_BASE_TEMPLATE"] = base

    with pytest.raises(RuntimeError, match=r"GREET_BASE_TEMPLATE: .*nowhere\.html"):
        client.get("/")


def test_error_hands_over_the_cure(
    app: Flask, client: FlaskClient, templates: Path
) -> None:
    """The error ends in the three lines that, saved as a template, are the cure."""
    use_base(app, templates, site=SITE)

    with pytest.raises(RuntimeError) as caught:
        client.get("/")

    assert str(caught.value).endswith(
        f" set GREET_BASE_TEMPLATE to its name:\n\n{BRIDGE}"
    )

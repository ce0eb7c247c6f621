"""To do without one of the extensions: what ``docs/example/story.md`` says of it."""

from __future__ import annotations

import ast
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import example_app

#: Runs a copy that is in the working directory, without an extension, if one is named.
PROGRAM = """
import sys

if sys.argv[1]:
    sys.modules[sys.argv[1]] = None

from example_app import create_app
from flask_nameform.testing import FormClient

app = create_app({"SECRET_KEY": "x", "SIMPLEAUTH_PASSWORD_HASH": "scrypt:256:8:1"})
client = FormClient(app, app.response_class)


def see(path, text):
    answer = client.get(path)
    assert answer.status_code == 200, answer.status_code
    assert text in answer.text, answer.text
"""

PRESENT = """
see("/", "Hello there")
client.submit_form("name", name="Kim")
see("/", "<bdi>Kim</bdi>")
"""

WITH_ACCOUNTS = """
data = {"email": "a@b.org", "name": "Ada", "password": "correct horse battery"}
client.submit_form("simpleauth.signup", page="/auth/signup", **data)
client.submit_form("entry", text="A lovely book.")
see("/mine", "A lovely book.")
"""

WITHOUT_ACCOUNTS = """
from example_app.extensions import db
from example_app.models import Entry, User

with app.app_context():
    ada = User(email="a@b.org", name="Ada", password_hash="!")
    db.session.add(Entry(text="A lovely book.", author=ada))
    db.session.commit()

see("/", "A lovely book.")
"""


class Copy:
    """A copy of the example app, to be changed and run."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        shutil.copytree(
            Path(example_app.__file__).parent,
            folder / "example_app",
            # where others may be writing at this moment
            ignore=shutil.ignore_patterns("__pycache__"),
        )

    def delete(self, *names: str) -> None:
        """Take files out, and folders of templates."""
        for name in names:
            path = self.folder / "example_app" / name
            shutil.rmtree(path) if path.is_dir() else path.unlink()

    def change(self, name: str, *changes: tuple[str, str]) -> None:
        """Put one text in the place of another, which must be there once."""
        path = self.folder / "example_app" / name
        text = path.read_text("utf-8")
        for old, new in changes:
            assert text.count(old) == 1, (name, old)
            text = text.replace(old, new)
        path.write_text(text, "utf-8")

    def cut(self, name: str, start: str, end: str) -> None:
        """Take out what is between two texts, and the texts themselves."""
        text = (self.folder / "example_app" / name).read_text("utf-8")
        first = text.index(start)
        last = text.index(end, first) + len(end)
        self.change(name, (text[first:last], ""))

    def drop(self, name: str, *defined: str) -> None:
        """Take functions, classes and values out of a module, by their names."""
        path = self.folder / "example_app" / name
        lines = path.read_text("utf-8").splitlines(keepends=True)
        tree = ast.parse("".join(lines))
        found = {
            known: node for node in tree.body if (known := _name_of(node)) in defined
        }
        assert found.keys() == set(defined)
        for node in found.values():
            first = min(n.lineno for n in [node, *getattr(node, "decorator_list", [])])
            for number in range(first - 1, node.end_lineno or first):
                lines[number] = ""
        path.write_text("".join(lines), "utf-8")

    def run(self, program: str, without: str = "") -> None:
        """Run the copy."""
        done = subprocess.run(
            [sys.executable, "-c", PROGRAM + program, without],
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr


def _name_of(node: ast.stmt) -> str:
    if isinstance(node, ast.AnnAssign):
        return ast.unparse(node.target)
    if isinstance(node, ast.Assign):
        return ast.unparse(node.targets[0])
    return str(getattr(node, "name", ""))


@pytest.fixture
def copy(tmp_path: Path) -> Copy:
    """A copy of the example app."""
    return Copy(tmp_path)


def test_as_it_is(copy: Copy) -> None:
    """The copy itself runs."""
    copy.run(PRESENT + WITH_ACCOUNTS)


def test_without_greet(copy: Copy) -> None:
    """Without Flask-Greet the book has a heading of its own, and all else it had."""
    copy.delete("greetings.py", "templates/greetings.html")
    copy.drop("extensions.py", "greet", "name", "locale")
    copy.change("extensions.py", ("from flask_greet import Greet\n", ""))
    copy.change(
        "__init__.py",
        ("    greetings,\n", ""),
        ("db, forms, greet\n", "db, forms\n"),
        ("    greet.init_app(app)\n", ""),
        ("    app.register_blueprint(greetings.blueprint)\n", ""),
    )
    copy.change(
        "templates/layout.html", ('    {% include "greet/timezone.html" %}\n', "")
    )
    copy.cut("templates/layout.html", "<a href=\"{{ url_for('greetings.index')", "</a>")
    copy.cut("templates/index.html", "{# the greeting", "</h1>\n")
    copy.run('see("/", "What guests wrote")' + WITH_ACCOUNTS, "flask_greet")


def test_without_a_handler(copy: Copy) -> None:
    """Without a named form the view of its page takes the post."""
    copy.drop("book.py", "save_name", "index")
    copy.change(
        "book.py",
        ("flash, render_template,", "flash, redirect, render_template,"),
        (
            '@blueprint.get("/mine")',
            """@blueprint.route("/", methods=["GET", "POST"])
def index():
    form = NameForm()
    if form.validate_on_submit():
        session["name"] = form.name.data
        return redirect(url_for("book.index"))
    return render_template("index.html", form=form, entries=_page_of(select(Entry)))


@blueprint.get("/mine")""",
        ),
    )
    copy.change(
        "templates/index.html", ('{{ show_form("name") }}', "{{ quick_form(form) }}")
    )
    copy.run(PRESENT.replace('submit_form("name"', 'submit_form("NameForm"'))


def test_without_accounts(copy: Copy) -> None:
    """Without Flask-SimpleAuth the book is read, and greets who has left a name."""
    copy.delete("admin.py", "audit.py", "demo.py", "mail.py")
    copy.delete("templates/simpleauth")
    copy.drop("store.py", "make_store")
    copy.change(
        "store.py",
        ("from flask_simpleauth.store import Store\n", ""),
        (
            "from flask_simpleauth.stores.sqlalchemy import"
            " SQLAlchemyStore, SQLAlchemyUsers\n",
            "",
        ),
    )
    copy.drop("extensions.py", "auth", "is_allowed")
    copy.change(
        "extensions.py",
        ("from flask_simpleauth import SimpleAuth\n", ""),
        ("auth.user.name if auth.user else ", ""),
    )
    copy.change(
        "__init__.py",
        ("    admin,\n    audit,\n", ""),
        ("    demo,\n", ""),
        ("import auth, babel", "import babel"),
        ("from .mail import make_mailer\n", ""),
        ("create_tables, make_store", "create_tables"),
        (
            "    auth.init_app(app, store=make_store(app), mailer=make_mailer(app))\n",
            "",
        ),
        ("    app.register_blueprint(admin.blueprint)\n", ""),
        ("    app.cli.add_command(demo.demo)\n", ""),
        ("(audit, errors", "(errors"),
    )
    copy.drop("book.py", "mine", "edit", "write", "save", "delete")
    copy.drop("book.py", "_to_edit", "_to_delete", "_checked", "export")
    copy.change("book.py", ("import auth, db", "import db"))
    copy.cut("templates/layout.html", "{% if auth.user %}", "{% endif %}\n      </nav>")
    copy.change("templates/layout.html", ("    </header>", "</nav></header>"))
    copy.cut("templates/index.html", "{% if auth.user %}", "{% else %}")
    copy.cut("templates/index.html", '<p class="invitation">', "{% endif %}")
    copy.cut("templates/_entry.html", "{% if auth.user", "{% endif %}\n  ")
    copy.run(PRESENT + WITHOUT_ACCOUNTS, "flask_simpleauth")

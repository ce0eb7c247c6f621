"""What the short program of Flask-SimpleAuth's README does: all of it, as it stands."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

README = Path(__file__).parents[2] / "packages" / "flask-simpleauth" / "README.md"

#: Signs up, signs out, gets a new password, signs in, and is let in by a role.
VISITS = """
import logging
import re
from urllib.parse import urlsplit

import program
from flask_nameform.testing import FormClient

log = []
handler = logging.Handler()
handler.emit = lambda record: log.append(record.getMessage())
program.app.logger.addHandler(handler)
program.app.test_client_class = FormClient
client = program.app.test_client()


def send(form, **data):
    headers = {"Sec-Fetch-Site": "same-origin"}
    path = f"/auth/-/forms/{form}"
    answer = client.post(path, data=data, headers=headers, buffered=True)
    assert answer.status_code == 303, (form, answer.text)


def key():
    return urlsplit(re.findall(r"http://\\S+", log[-1])[0]).path.rpartition("/")[2]


assert client.get("/admin").location.startswith("/auth/login")
old, new = "correct horse battery", "staple correct horse"
send("signup", email="ada@example.org")
send("signup", key=key(), name="Ada", password=old)
assert client.get("/auth/account").status_code == 200
send("logout")
assert client.get("/auth/account").status_code == 303
send("forgot", email="ada@example.org")
send("reset", key=key(), new=new)
send("login", email="ada@example.org", password=new)
assert client.get("/admin").status_code == 403
grant = "auth grant ada@example.org admin"
assert program.app.test_cli_runner().invoke(args=grant).exit_code == 0
assert client.get("/admin").text == "For admins only."
"""


def test_short_program_is_a_whole_site(tmp_path: Path) -> None:
    """One registers, signs in and out, gets a new password, and has a role."""
    text = README.read_text(encoding="utf-8")
    programs = re.findall(r"^```python\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    program = next(each for each in programs if 'login_required(role="admin")' in each)
    assert program.count("app.config[") == 1

    (tmp_path / "program.py").write_text(program, encoding="utf-8")
    result = subprocess.run(
        [sys.executable, "-W", "error", "-c", VISITS],
        cwd=tmp_path,
        env={**os.environ, "FLASK_DEBUG": "1"},
        capture_output=True,
        text=True,
    )
    assert result.returncode == 0, result.stderr

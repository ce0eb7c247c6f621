"""Let others look for weaknesses: ``tox -e scan``.

bandit reads the code, wapiti attacks the example app while it runs on this machine, and
pip-audit compares what is installed with known vulnerabilities, where it can ask for
them. What they find is mended, or explained below; an explanation that explains nothing
any more is told too.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

from flask_simpleauth.testing import CHEAP_HASH, client_for
from werkzeug.serving import make_server

from example_app import create_app
from example_app.extensions import auth, db
from example_app.models import Entry

CODE = [
    "packages/flask-greet/src",
    "packages/flask-nameform/src",
    "packages/flask-simpleauth/src",
    "example_app",
]

#: What is wrong with no line that a scanner names: its number, the file, and why.
EXPLAINED = {
    ("B101", "*/testing/stores/*"): "These are tests, which a store's author inherits.",
    ("B105", "*"): "Names of fields, methods and colours, and hashes of nobody.",
    ("B106", "*/check/*"): "A password that is wrong on purpose.",
    ("B107", "*"): "An empty default: no password, or no token, was given.",
    ("B704", "*/flask_nameform/*"): "HTML we have made, of values that are escaped;"
    " ruff's S704 has each with its reason.",
    ("Secure Flag cookie", "*"): "The scan is over http, where Secure cannot be;"
    " tests/security/test_headers.py asserts it over https.",
    ("Clickjacking Protection", "*"): "Content-Security-Policy has frame-ancestors"
    " 'none', which every browser of today follows; X-Frame-Options is older.",
}

#: Those of wapiti that need nothing from the internet.
MODULES = (
    "cookieflags,crlf,csp,csrf,exec,file,htaccess,http_headers,methods,permanentxss,"
    "redirect,sql,timesql,upload,xss"
)

Finding = tuple[str, str, str]


def read_code() -> Iterator[Finding]:
    """Yield what bandit finds."""
    command = [sys.executable, "-m", "bandit", "-q", "-f", "json", "-r", *CODE]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=False)
    for found in json.loads(done.stdout)["results"]:
        place = f"{found['filename']}:{found['line_number']}"
        yield found["test_id"], place, found["issue_text"]


@contextmanager
def running(folder: Path) -> Iterator[tuple[str, str]]:
    """Run the example app, and give its address and the cookie of a user."""
    app = create_app(
        {
            "SECRET_KEY": "for a scan",
            "SIMPLEAUTH_PASSWORD_HASH": CHEAP_HASH,
            "SQLALCHEMY_DATABASE_URI": f"sqlite:///{folder}/book.sqlite3",
        }
    )
    with app.app_context():
        user = auth.create_user("ada@example.org", "correct horse battery", name="Ada")
        db.session.add(Entry(text="A lovely book.", author_id=user.id))
        db.session.commit()
        client = client_for(app, user)
    cookie = client.get_cookie("simpleauth")
    assert cookie is not None  # noqa: S101 # client_for has set it

    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.port}/", f"simpleauth={cookie.value}"
    finally:
        server.shutdown()
        thread.join()


def attack(url: str, folder: Path, *options: str) -> Iterator[Finding]:
    """Yield what wapiti finds at this address, and tell how far it came."""
    report = folder / "wapiti.json"
    command = [
        str(Path(sys.executable).with_name("wapiti")),
        *("--url", url, "--module", MODULES, "--scope", "folder"),
        *("--exclude", f"{url}auth/logout", "--max-links-per-page", "40"),
        *("--max-scan-time", "45", "--max-attack-time", "8", "--level", "1"),
        *("--store-session", str(folder), "--flush-session", "--verbose", "0"),
        *("--format", "json", "--output", str(report), "--no-bugreport"),
        *options,
    ]
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
    told: dict[str, Any] = json.loads(report.read_text("utf-8"))
    print(f"wapiti: {told['infos']['crawled_pages_nbr']} pages of {url}")
    for kind in ("vulnerabilities", "anomalies"):
        for name, findings in told[kind].items():
            for found in findings:
                yield name, f"{found['method']} {found['path']}", found["info"]


def audit_dependencies() -> Iterator[Finding]:
    """Yield known vulnerabilities of what is installed, where they can be asked for."""
    command = [sys.executable, "-m", "pip_audit", "--progress-spinner", "off"]
    done = subprocess.run(
        [*command, "--format", "json", "--local"],
        capture_output=True,
        text=True,
        check=False,
    )
    try:
        packages = json.loads(done.stdout)["dependencies"]
    except (ValueError, KeyError):
        packages = []
    audited = [package for package in packages if "vulns" in package]
    print(f"pip-audit: {len(audited)} of {len(packages)} packages could be audited")
    if not audited:
        print("pip-audit: NOT DONE, since no database of vulnerabilities answers here")
    for package in audited:
        for found in package["vulns"]:
            yield found["id"], f"{package['name']} {package['version']}", str(found)


def explanation_of(finding: Finding) -> tuple[str, str] | None:
    """Return the key of what explains a finding."""
    number, place, _ = finding
    return next(
        (key for key in EXPLAINED if key[0] == number and fnmatch(place, key[1])), None
    )


def judge(findings: Iterable[Finding]) -> int:
    """Print what is not explained, and return how much that is."""
    used: dict[tuple[str, str], int] = {}
    unexplained = 0
    for finding in findings:
        key = explanation_of(finding)
        if key is None:
            unexplained += 1
            print("NOT EXPLAINED: {}: {}: {}".format(*finding))
        else:
            used[key] = used.get(key, 0) + 1
    for key, reason in EXPLAINED.items():
        print(f"{used.get(key, 0):4} x {key[0]} in {key[1]}: {reason}")
    print(f"{unexplained} findings are not explained.")
    return unexplained


def main() -> int:
    """Look, and tell."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with running(folder) as (url, cookie):
            findings = [
                *read_code(),
                *attack(url, folder),
                *attack(url, folder, "--header", f"Cookie: {cookie}"),
                *audit_dependencies(),
            ]
    return 1 if judge(findings) else 0


if __name__ == "__main__":
    sys.exit(main())

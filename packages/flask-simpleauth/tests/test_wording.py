from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

# What takes a text that a visitor reads: first, or by one of these names.
SAYING = {
    "EqualTo",
    "FormError",
    "Length",
    "StopValidation",
    "ValidationError",
    "flash",
}
SAYING |= {"DataRequired", "FileRequired", "InputRequired", "WeakPassword"}
KEYWORDS = {"description", "label", "message", "title"}
LISTS = {"errors", "form_errors", "process_errors"}
# What a terminal shows is for who runs the site.
CLICK = {"option", "progressbar"}

# A mail's templates begin with a line that says which is its subject.
SUBJECT = "Subject"


def test_templates_have_no_words_of_their_own(package: Path) -> None:
    """All that a template says goes through the catalogs."""
    for file in (package / "templates").rglob("*.*"):
        source = file.read_text(encoding="utf-8").removeprefix(SUBJECT)
        plain = re.sub(r"{[{%#].*?[}%#]}|<[^>]*>", " ", source, flags=re.DOTALL)

        assert not re.findall(r"\w+", plain), file.name


def test_code_has_no_words_that_are_not_marked(package: Path) -> None:
    """A label, a hint, a message or a title is in the catalogs wherever it is said."""
    for file in package.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            for text in said_by(node):
                assert not is_written_out(text), f"{file}:{text.lineno}"


def said_by(node: ast.AST) -> Iterator[ast.expr]:
    """Give what a visitor will read of this piece of code."""
    if isinstance(node, ast.Call):
        name = str(getattr(node.func, "attr", getattr(node.func, "id", "")))
        yield from node.args[: name in SAYING or name.endswith("Field")]
        named = () if name in CLICK else node.keywords
        yield from (word.value for word in named if word.arg in KEYWORDS)
    if isinstance(node, ast.Assign) and isinstance(node.value, ast.List):
        names = {getattr(target, "attr", "") for target in node.targets}
        yield from node.value.elts if names & LISTS else []


def is_written_out(text: ast.expr) -> bool:
    """Tell whether it is a text, and not the name of something."""
    if isinstance(text, ast.JoinedStr):
        return True
    return isinstance(text, ast.Constant) and bool(re.search("[A-Z]", str(text.value)))

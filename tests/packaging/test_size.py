"""Flask-Greet stays short enough to be read in one sitting."""

from __future__ import annotations

import ast
import io
import tokenize
from pathlib import Path

GREET = Path(__file__).parents[2] / "packages/flask-greet/src/flask_greet"
LAYOUT = {
    tokenize.COMMENT,
    tokenize.DEDENT,
    tokenize.ENDMARKER,
    tokenize.INDENT,
    tokenize.NEWLINE,
    tokenize.NL,
}


def lines_of_code(source: str) -> set[int]:
    """Return the numbers of the lines that are no blank, comment or docstring."""
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    code = {
        line
        for token in tokens
        if token.type not in LAYOUT
        for line in range(token.start[0], token.end[0] + 1)
    }
    return code - lines_of_docstrings(ast.parse(source))


def lines_of_docstrings(tree: ast.Module) -> set[int]:
    """Return the numbers of the lines of the docstrings."""
    documented = ast.Module | ast.ClassDef | ast.FunctionDef
    return {
        line
        for node in ast.walk(tree)
        if isinstance(node, documented) and ast.get_docstring(node) is not None
        for line in range(node.body[0].lineno, (node.body[0].end_lineno or 0) + 1)
    }


def test_greet_has_at_most_400_lines() -> None:
    """The model of an extension has at most 400 lines of code, its copies included."""
    files = list(GREET.glob("*.py"))
    lengths = [len(lines_of_code(file.read_text(encoding="utf-8"))) for file in files]

    assert files
    assert sum(lengths) <= 400

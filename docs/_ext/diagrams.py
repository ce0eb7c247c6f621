"""Directives that draw from text: layers from ``.importlinter``, and a journey.

The drawings are part of the page, so that they have its colours by day and by night.
"""

from __future__ import annotations

import configparser
from html import escape
from pathlib import Path

from docutils import nodes
from docutils.parsers.rst import Directive
from sphinx.application import Sphinx

ROOT = Path(__file__).parents[2]
WIDTH = 720

#: About what a character takes, and a line.
CHARACTER, LINE = 7.2, 18

TIP = (
    '<defs><marker id="tip" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="8"'
    ' markerHeight="8" orient="auto"><path d="M0 0 8 4 0 8z"/></marker></defs>'
)


class LayersOf(Directive):
    """A package's layers, top to bottom, from its contract in ``.importlinter``."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        contracts = configparser.ConfigParser()
        contracts.read(ROOT / ".importlinter")
        name = self.arguments[0].removeprefix("flask_")
        lines = contracts[f"importlinter:contract:{name}"]["layers"].split("\n")
        layers = [
            sorted(line.replace("|", " ").split()) for line in filter(None, lines)
        ]
        items = "".join(f"<li>{escape(' · '.join(layer))}</li>" for layer in layers)
        return [nodes.raw("", f'<ol class="layers">{items}</ol>', format="html")]


class Journey(Directive):
    """What happens, in order: a first line of places, then ``place -> place: what``.

    It is a picture and, for narrow screens and for ears, a list.
    """

    has_content = True

    def run(self) -> list[nodes.Node]:
        places = [place.strip() for place in self.content[0].split("|")]
        steps = [read_step(line) for line in self.content[1:] if line.strip()]
        step = WIDTH / len(places)
        centre = {place: step * (i + 0.5) for i, place in enumerate(places)}
        height = 64 + 44 * len(steps)
        parts = [TIP]
        for place, x in centre.items():
            parts.append(line(x, 40, x, height, "life"))
            parts.append(box(x - step / 2 + 4, 8, step - 8, 32, "strong"))
            parts.append(text(x, 29, place))
        for i, (start, end, words) in enumerate(steps):
            parts += arrow(centre[start], centre[end], 76 + 44 * i, words)

        picture = (
            f'<svg viewBox="0 0 {WIDTH} {height + 4}" aria-hidden="true">'
            f"{''.join(parts)}</svg>"
        )
        items = "".join(told(*step) for step in steps)
        html = f'<div class="journey">{picture}<ol>{items}</ol></div>'
        return [nodes.raw("", html, format="html")]


def read_step(line: str) -> tuple[str, str, str]:
    """Return from where, to where, and what; at one place it is the same twice."""
    way, _, words = line.partition(": ")
    start, _, end = (place.strip() for place in way.partition("->"))
    return start, end or start, words


def told(start: str, end: str, words: str) -> str:
    """Return one step in words."""
    way = start if start == end else f"{start} → {end}"
    return f"<li><strong>{escape(way)}</strong>: {escape(words)}</li>"


def arrow(x1: float, x2: float, y: int, words: str) -> list[str]:
    """Draw one step: an arrow between two places, or a note at one."""
    middle, width = (x1 + x2) / 2, CHARACTER * len(words) + 8
    if x1 == x2:
        note = box(middle - width / 2 - 4, y - 20, width + 8, LINE + 8, "note")
        return [note, text(middle, y - 2, words)]

    # What the caption stands on, so that no other line crosses it.
    paper = box(middle - width / 2, y - 6 - LINE + 4, width, LINE, "paper")
    return [paper, text(middle, y - 6, words), line(x1, y, x2, y, "way")]


def line(x1: float, y1: float, x2: float, y2: float, kind: str) -> str:
    return f'<line class="{kind}" x1="{x1}" y1="{y1}" x2="{x2}" y2="{y2}"/>'


def box(x: float, y: float, width: float, height: float, kind: str) -> str:
    place = f'x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}"'
    return f'<rect class="{kind}" {place} rx="6"/>'


def text(x: float, y: float, words: str) -> str:
    return f'<text x="{x:g}" y="{y:g}">{escape(words)}</text>'


def setup(app: Sphinx) -> dict[str, bool]:
    """Add the directives."""
    app.add_directive("layers-of", LayersOf)
    app.add_directive("journey", Journey)
    return {"parallel_read_safe": True}

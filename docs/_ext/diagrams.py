"""Directives that draw SVG from text: layers from ``.importlinter``, and a journey.

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


def wrap(words: list[str], most: int) -> list[str]:
    """Put words into lines of at most so many characters."""
    lines = [""]
    for word in words:
        longer = f"{lines[-1]} {word}".strip()
        if len(longer) <= most or not lines[-1]:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def picture(height: int, title: str, parts: list[str]) -> list[nodes.Node]:
    """Return the SVG as a node of the page."""
    svg = (
        f'<div class="diagram"><svg viewBox="0 0 {WIDTH} {height}" role="img">'
        f"<title>{escape(title)}</title>{''.join(parts)}</svg></div>"
    )
    return [nodes.raw("", svg, format="html")]


def box(x: float, y: float, width: float, height: float, kind: str = "") -> str:
    place = f'x="{x}" y="{y}" width="{width}" height="{height}" rx="6"'
    return f'<rect class="{kind}" {place}/>'


def text(x: float, y: float, words: str, anchor: str = "start", kind: str = "") -> str:
    return (
        f'<text class="{kind}" x="{x}" y="{y}" text-anchor="{anchor}">'
        f"{escape(words)}</text>"
    )


class LayersOf(Directive):
    """A package's layers, top to bottom, from its contract in ``.importlinter``."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        contracts = configparser.ConfigParser()
        contracts.read(ROOT / ".importlinter")
        package = self.arguments[0]
        name = package.removeprefix("flask_")
        lines = contracts[f"importlinter:contract:{name}"]["layers"].split("\n")
        parts, y = [], 8

        for layer in filter(None, lines):
            modules = sorted(layer.replace("|", " ").split())
            rows = wrap(modules, 88)
            height = 14 + 18 * len(rows)
            parts.append(box(8, y, WIDTH - 16, height, "strong" if y == 8 else ""))
            parts += [
                text(WIDTH / 2, y + 20 + 18 * i, row.replace(" ", " · "), "middle")
                for i, row in enumerate(rows)
            ]
            y += height + 6

        return picture(y + 2, f"The layers of {package}", parts)


class Journey(Directive):
    """What happens, in order: a first line of places, then ``place -> place: what``."""

    has_content = True
    required_arguments = 1
    final_argument_whitespace = True

    def run(self) -> list[nodes.Node]:
        places = [place.strip() for place in self.content[0].split("|")]
        step = WIDTH / len(places)
        centre = {place: step * (i + 0.5) for i, place in enumerate(places)}
        steps = [line for line in self.content[1:] if line.strip()]
        height = 64 + 44 * len(steps)
        parts = [
            '<defs><marker id="tip" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="8"'
            ' markerHeight="8" orient="auto"><path d="M0 0 8 4 0 8z"/></marker></defs>'
        ]
        for place, x in centre.items():
            parts.append(
                f'<line x1="{x}" y1="40" x2="{x}" y2="{height}" opacity=".35"/>'
            )
            parts.append(box(x - step / 2 + 4, 8, step - 8, 32, "strong"))
            parts.append(text(x, 29, place, "middle"))
        for i, line in enumerate(steps):
            parts += arrow(line, 76 + 44 * i, centre)

        return picture(height + 4, self.arguments[0], parts)


def arrow(line: str, y: int, centre: dict[str, float]) -> list[str]:
    """Draw one step: an arrow between two places, or words at one."""
    way, _, words = line.partition(": ")
    start, _, end = (place.strip() for place in way.partition("->"))

    if not end:
        anchor = "end" if centre[start] > WIDTH * 0.8 else "middle"
        x = WIDTH - 8 if anchor == "end" else centre[start]
        return [text(x, y - 2, words, anchor)]

    x1, x2 = centre[start], centre[end]
    return [
        text((x1 + x2) / 2, y - 6, words, "middle"),
        f'<line x1="{x1}" y1="{y}" x2="{x2}" y2="{y}" marker-end="url(#tip)"/>',
    ]


def setup(app: Sphinx) -> dict[str, bool]:
    """Add the directives."""
    app.add_directive("layers-of", LayersOf)
    app.add_directive("journey", Journey)
    return {"parallel_read_safe": True}

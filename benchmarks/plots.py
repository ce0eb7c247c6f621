"""Plots of the figures, as SVG."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from .growth import Growth
from .measuring import Figures

_OURS, _OTHERS = "#0b6e4f", "#9aa5b1"

# Text stays text, so that it can be read and found; no date, so that what was measured
# alike looks alike.
_STYLE = {"svg.fonttype": "none", "svg.hashsalt": "benchmarks", "font.size": 9}


def plot_ratios(
    rows: Mapping[str, Sequence[Figures]], ours: Sequence[str], file: Path
) -> None:
    """Draw how each app compares with Flask by hand, a panel for each kind of work."""
    with mpl.rc_context(_STYLE):
        figure, panels = _panels(len(rows), across=3, height=1.9)
        for panel, (title, figures) in zip(panels, rows.items(), strict=True):
            labels = [each.subject.label for each in figures]
            colours = [_OURS if label in ours else _OTHERS for label in labels]
            bars = panel.barh(labels, [each.ratio for each in figures], color=colours)
            panel.bar_label(bars, fmt="%.2f", padding=2)
            panel.axvline(1, color="black", linewidth=0.8)
            # Over the labels, where there is room; centred, it would leave the figure.
            panel.set_title(title, loc="right")
            panel.set(xlim=(0, 1.25 * max(each.ratio for each in figures)))
            panel.invert_yaxis()
        figure.suptitle("Time for a request, to that of Flask by hand")
        _save(figure, file)


def plot_growth(
    grown: Sequence[tuple[str, Growth, Sequence[Figures]]], file: Path
) -> None:
    """Draw what a request costs as something grows, a panel for each."""
    by_growth: dict[str, list[tuple[str, Growth, Sequence[Figures]]]] = {}
    for each in grown:
        by_growth.setdefault(each[1].label, []).append(each)

    with mpl.rc_context(_STYLE):
        figure, panels = _panels(len(by_growth), across=2, height=2.4)
        for panel, (title, lines) in zip(panels, by_growth.items(), strict=True):
            highest = 0.0
            for label, growth, figures in lines:
                times = [each.microseconds / 1000 for each in figures]
                product = label.removeprefix(title).strip(" ()")
                panel.plot(growth.sizes, times, marker="o", label=product)
                highest = max(highest, *times)
            panel.set(title=title, ylabel="ms", ylim=(0, 1.4 * highest))
            if lines[0][1].promised is not None:
                panel.set_xscale("log")  # what should be flat is so on any scale
            if len(lines) > 1:
                panel.legend(frameon=False, loc="upper left", ncols=len(lines))
        figure.suptitle("Time for a request, as there is more of something")
        _save(figure, file)


def _panels(number: int, across: int, height: float) -> tuple[Figure, list[Axes]]:
    """Return a figure with so many panels.

    :param height: of each row of panels. Inches.
    """
    down = -(-number // across)
    figure = Figure(figsize=(10, height * down), layout="constrained")
    panels = list(figure.subplots(down, across, squeeze=False).flat)
    for panel in panels:
        panel.spines[["top", "right"]].set_visible(False)
    for panel in panels[number:]:
        panel.set_visible(False)
    return figure, panels[:number]


def _save(figure: Figure, file: Path) -> None:
    figure.savefig(file, format="svg", metadata={"Date": None, "Creator": None})

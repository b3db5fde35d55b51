"""Numbers → bars of an SVG, which no script draws and which say in words what they show."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

_HEIGHT = 16


def bars(words: str, *rows: Sequence[float]) -> Markup:
    """One bar a number, as high as the number is beside the largest. Later rows stand in front of earlier ones, as parts of
    them. `words` are read to whoever does not see it."""
    most = max((value for row in rows for value in row), default=0) or 1
    paths = [Markup('<path class="part{}" d="{}"/>').format(at, _path(row, most)) for at, row in enumerate(rows)]
    view = f"0 0 {max(map(len, rows), default=0)} {_HEIGHT}"
    shape = Markup('<svg class="bars" viewBox="{}" preserveAspectRatio="none" role="img" aria-label="{}">{}{}</svg>')
    return shape.format(view, words, Markup("<title>{}</title>").format(words), Markup("").join(paths))


def _path(row: Sequence[float], most: float) -> str:
    heights = ((at, value / most * _HEIGHT) for at, value in enumerate(row) if value > 0)
    # A little air between bars, and what is not nothing can be seen.
    return "".join(f"M{at}.1 {_HEIGHT}v-{max(height, 0.5):.4g}h.8V{_HEIGHT}z" for at, height in heights)

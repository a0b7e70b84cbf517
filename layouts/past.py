"""What a tile was: a comparison with a month ago and a line, both from the kept history."""

from collections.abc import Callable
from datetime import date

from data.domain.dashboard import Dashboard
from data.domain.history import Figure
from data.domain.periods import months_before
from layouts import text
from layouts.words import Words, words

WIDTH, HEIGHT = 72, 24
"""The line's own measure; the tile stretches it into the room that is left."""
FEWEST_POINTS = 3
"""Fewer kept days make no line."""
BETTER = {
    Figure.UNPAID: "down",
    Figure.CUSTOMERS: "up",
    Figure.ERROR: "down",
    Figure.WAITING: "down",
    Figure.TICKETS: "down",
}
"""The direction that is good news; the others have none."""


def past_words(slug: str, figure: Figure, shown: Dashboard) -> Words:
    """Return a tile's comparison and line; where nothing was kept there is neither."""
    now = shown.tiles.figures[figure]
    compared, against = _compared(figure, now, shown)
    line = shown.history.line(figure)
    points = [*((day, value) for day, value in line if day < shown.today), (shown.today, now)]
    there = len(points) >= FEWEST_POINTS and shown.customer is None
    return words(
        (
            f"{slug}-change",
            {"children": compared.text, "className": look(compared.sense, BETTER.get(figure))},
        ),
        (f"{slug}-against", {"children": against}),
        (
            f"{slug}-spark",
            {
                "className": "spark" if there else "spark none",
                "style": _line(points) if there else {},
            },
        ),
    )


def look(sense: str, better: str | None) -> str:
    """Return the class of a comparison: good or bad news, or neither."""
    if sense == "same" or better is None:
        return sense if sense == "same" else "neutral"
    return "good" if sense == better else "bad"


def _compared(figure: Figure, now: int, shown: Dashboard) -> tuple[text.Compared, str]:
    before = shown.history.before(figure, months_before(shown.today, 1))
    if before is None or shown.customer is not None:
        return text.Compared("", "same"), ""
    day, value = before
    return text.compared(now, value, _written(figure, shown)), f"vs {text.day(day)}"


def _written(figure: Figure, shown: Dashboard) -> Callable[[int], str]:
    if figure is Figure.UNPAID:
        return text.Money(shown.currency, shown.minor_digits).short
    if figure is Figure.DISK:
        return lambda size_bytes: " ".join(text.bytes_size(size_bytes))
    return text.short_count


def _line(points: list[tuple[date, int]]) -> dict[str, str]:
    """Return a line through the values as a mask, so that its colour follows the theme."""
    first, last = points[0][0], points[-1][0]
    low, high = min(value for _, value in points), max(value for _, value in points)
    across = WIDTH / max(1, (last - first).days)
    up = (HEIGHT - 4) / ((high - low) or 1)
    drawn = " ".join(
        f"{(day - first).days * across:.1f},{HEIGHT - 2 - (value - low) * up:.1f}"
        for day, value in points
    )
    picture = (
        f"%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {WIDTH} {HEIGHT}' "
        f"preserveAspectRatio='none'%3E%3Cpolyline points='{drawn}' fill='none' "
        "stroke='%23000' stroke-width='1.6' stroke-linejoin='round' "
        "vector-effect='non-scaling-stroke'/%3E%3C/svg%3E"
    )
    mask = f'url("data:image/svg+xml,{picture}") 0 0 / 100% 100% no-repeat'
    return {"mask": mask, "WebkitMask": mask}

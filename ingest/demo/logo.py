"""The fictional reseller's logo, drawn: a globe with its meridians, and the name."""

from io import BytesIO
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

import data.documents

FONT = Path(data.documents.__file__).parent / "fonts" / "Inter-SemiBold.ttf"
INK, ACCENT, PAPER = "#12263f", "#1f6feb", "#ffffff"
FINER = 4
"""Drawn so many times larger and then made smaller, so that curves are smooth."""
WIDTH, HEIGHT = 460, 160


def logo() -> bytes:
    """Return the logo as PNG, 460 by 160 pixels on white."""
    image = Image.new("RGB", (WIDTH * FINER, HEIGHT * FINER), PAPER)
    draw = ImageDraw.Draw(image)
    _globe(draw, centre=(80, 80), radius=60)
    _name(draw, at=166)
    small = image.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS)
    made = BytesIO()
    small.quantize(64).save(made, "PNG", optimize=True)
    return made.getvalue()


def _globe(draw: ImageDraw.ImageDraw, *, centre: tuple[int, int], radius: int) -> None:
    across, down = centre[0] * FINER, centre[1] * FINER
    high = radius * FINER
    for share, colour in ((100, INK), (58, INK), (18, ACCENT)):
        wide = high * share // 100
        box = (across - wide, down - high, across + wide, down + high)
        draw.ellipse(box, outline=colour, width=7 * FINER)
    draw.line((across - high, down, across + high, down), fill=INK, width=6 * FINER)


def _name(draw: ImageDraw.ImageDraw, *, at: int) -> None:
    large, small = (ImageFont.truetype(str(FONT), size * FINER) for size in (66, 44))
    draw.text((at * FINER, 14 * FINER), "Meridian", font=large, fill=INK)
    draw.text((at * FINER, 92 * FINER), "Voice", font=small, fill=ACCENT)

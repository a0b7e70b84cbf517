"""The fonts that PDF documents embed, and which stands in for a character that one lacks."""

from functools import cache
from itertools import groupby
from pathlib import Path
from unicodedata import bidirectional
from xml.sax.saxutils import escape

from arabic_reshaper import reshape
from bidi.algorithm import get_display
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.pdfmetrics import getFont, registerFont
from reportlab.pdfbase.ttfonts import TTFont

FONTS = Path(__file__).parent / "fonts"
TEXT = "Inter"
STRONG = "Inter-SemiBold"
STAND_INS = {TEXT: "DejaVuSans", STRONG: "DejaVuSans-Bold"}
_FILES = {
    TEXT: "Inter-Regular.ttf",
    STRONG: "Inter-SemiBold.ttf",
    "DejaVuSans": "DejaVuSans.ttf",
    "DejaVuSans-Bold": "DejaVuSans-Bold.ttf",
}
# Named, not embedded: an East Asian font has tens of megabytes, and the reader's viewer has one.
CHINESE, JAPANESE, KOREAN = "STSong-Light", "HeiseiKakuGo-W5", "HYGothic-Medium"
_KANA = range(0x3040, 0x3100)
_HANGUL = (range(0x1100, 0x1200), range(0x3130, 0x3190), range(0xAC00, 0xD7B0))
_EAST_ASIAN = (range(0x2E80, 0xA4D0), range(0xF900, 0xFB00), range(0xFE30, 0xFE50))
_WIDE_SIGNS = (range(0xFF00, 0xFFF0), range(0x20000, 0x32000))


@cache
def registered() -> None:
    """Make the fonts known to ReportLab; once in a process is enough."""
    for name, file in _FILES.items():
        registerFont(TTFont(name, FONTS / file))
    for name in (CHINESE, JAPANESE, KOREAN):
        registerFont(UnicodeCIDFont(name))


@cache
def _characters(font: str) -> frozenset[int]:
    registered()
    known = getFont(font)
    if not isinstance(known, TTFont):
        raise TypeError(f"{font} is not a TrueType font")
    return frozenset(known.face.charToGlyph)


def is_plain(text: str, font: str = TEXT) -> bool:
    """Tell whether a font has every character of a text."""
    return all(ord(sign) in _characters(font) for sign in text)


def marked(text: str, font: str = TEXT) -> str:
    """Return a text as paragraph markup: escaped, each run in a font that has its characters."""
    if is_plain(text, font):
        return escape(text)
    if any(bidirectional(sign) in {"R", "AL"} for sign in text):
        text = get_display(reshape(text))
    runs = groupby(text, key=lambda sign: _font_for(sign, font, text))
    return "".join(
        escape(run) if name == font else f'<font name="{name}">{escape(run)}</font>'
        for name, run in ((name, "".join(signs)) for name, signs in runs)
    )


def _font_for(sign: str, font: str, text: str) -> str:
    code = ord(sign)
    if code in _characters(font):
        return font
    if any(code in span for span in _HANGUL):
        return KOREAN
    if any(code in span for span in (*_EAST_ASIAN, *_WIDE_SIGNS)):
        return JAPANESE if any(ord(other) in _KANA for other in text) else CHINESE
    return STAND_INS[font]

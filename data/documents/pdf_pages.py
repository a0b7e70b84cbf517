"""The pages of a PDF document: their size, what every page carries, and its number of how many."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from typing import Any

from reportlab.lib.colors import Color, HexColor
from reportlab.lib.pagesizes import A4, LETTER
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import BaseDocTemplate, Flowable, Frame, PageTemplate

from data.documents.paper import is_letter
from data.documents.pdf_fonts import STAND_INS, STRONG, TEXT, is_plain, registered

MARGIN = 18 * mm
FOOT = 18 * mm
INK, INK_2, INK_3 = HexColor("#141a24"), HexColor("#4b5565"), HexColor("#667085")
LINE, SUNKEN = HexColor("#d9dde5"), HexColor("#f4f5f8")
ACCENT, GOOD, BAD = HexColor("#2b59d9"), HexColor("#15734a"), HexColor("#b42318")
_WATERMARK = Color(0.72, 0.14, 0.09, alpha=0.07)
_WATERMARK_PT = 150
_FOOT_PT = 7.5


@dataclass(frozen=True)
class Sheet:
    """What is the same on every page.

    Attributes:
        title: The document's title, in its properties.
        author: Who sends it.
        dated: The date in its properties, so that the same document is the same bytes.
        foot: At the left of every page's foot.
        watermark: Across every page; empty: none.
        country: Of who gets it, ISO 3166-1 alpha-3: it decides the paper.
    """

    title: str
    author: str
    dated: date
    foot: str
    watermark: str = ""
    country: str = ""

    @property
    def size(self) -> tuple[float, float]:
        """The paper, width and height in points."""
        return LETTER if is_letter(self.country) else A4

    @property
    def width(self) -> float:
        """What is left between the margins, in points."""
        return self.size[0] - 2 * MARGIN


def pdf(sheet: Sheet, story: list[Flowable]) -> bytes:
    """Return a document as PDF; the same sheet and story give the same bytes."""
    registered()
    out = BytesIO()
    width, height = sheet.size
    frame = Frame(MARGIN, FOOT, sheet.width, height - FOOT - MARGIN, 0, 0, 0, 0)
    document = BaseDocTemplate(
        out,
        pagesize=(width, height),
        title=sheet.title,
        author=sheet.author,
        creator="Tollboard",
        invariant=1,
        lang="en",
    )
    document.addPageTemplates(PageTemplate(frames=[frame]))
    document.build(story, canvasmaker=_canvas_maker(sheet))
    return out.getvalue()


def _canvas_maker(sheet: Sheet) -> Callable[..., Canvas]:
    def canvas(*args: Any, **options: Any) -> Canvas:  # noqa: ANN401 (ReportLab's own)
        return _NumberedCanvas(*args, sheet=sheet, **options)

    return canvas


class _NumberedCanvas(Canvas):
    """Keeps every page until the last one is known, so that each can say how many there are."""

    def __init__(self, *args: Any, sheet: Sheet, **options: Any) -> None:  # noqa: ANN401 (ReportLab's own)
        super().__init__(*args, **options)
        self._sheet = sheet
        self._kept: list[dict[str, Any]] = []
        self.setDateFormatter(lambda *_now: f"D:{sheet.dated:%Y%m%d}000000Z")

    def showPage(self) -> None:  # noqa: N802 (ReportLab's name)
        """Keep the page that is done and begin the next one."""
        self._kept.append(dict(self.__dict__))
        self._startPage()  # type: ignore[attr-defined] # the stubs leave it out

    def save(self) -> None:
        """Write every page with its number, then the file."""
        pages = self._kept
        for page in pages:
            self.__dict__.update(page)
            self._draw_edges(f"Page {self.getPageNumber()} of {len(pages)}")
            super().showPage()
        super().save()

    def _draw_edges(self, number: str) -> None:
        width, height = self._sheet.size
        self.setFillColor(INK_3)
        self.setFont(_font_of(self._sheet.foot), _FOOT_PT)
        self.drawString(MARGIN, 11 * mm, self._sheet.foot)
        self.setFont(TEXT, _FOOT_PT)
        self.drawRightString(width - MARGIN, 11 * mm, number)
        if self._sheet.watermark:
            self.saveState()
            self.setFillColor(_WATERMARK)
            self.setFont(STRONG, _WATERMARK_PT)
            self.translate(width / 2, height / 2)
            self.rotate(52)
            self.drawCentredString(0, -_WATERMARK_PT / 3, self._sheet.watermark)
            self.restoreState()


def _font_of(text: str) -> str:
    return TEXT if is_plain(text) else STAND_INS[TEXT]

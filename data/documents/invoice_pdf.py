"""An invoice as PDF: paper that a customer keeps."""

from io import BytesIO

from PIL import Image as Picture
from reportlab.lib.units import mm
from reportlab.platypus import (
    CondPageBreak,
    Flowable,
    Image,
    KeepTogether,
    Paragraph,
    Spacer,
    Table,
    TableStyle,
)

from data.documents.invoice_text import (
    InvoiceText,
    LineText,
    SumText,
    TableText,
    foot,
    invoice_text,
)
from data.documents.pdf_pages import (
    ACCENT,
    BAD,
    GOOD,
    INK_2,
    INK_3,
    SUNKEN,
    Sheet,
    pdf,
)
from data.documents.pdf_tables import (
    BODY_PT,
    SMALL_PT,
    Columns,
    Command,
    Rows,
    paragraph,
    style,
    table,
)
from data.documents.wording import one_line
from data.domain.invoice_document import InvoiceDocument

LOGO_WIDTH, LOGO_HEIGHT = 62 * mm, 20 * mm
_CALLS_PT, _PLACES_PT = 7.5, 8.5
_LEAST_TABLE = 45 * mm
"""A table begins on the next page where less than this is left."""


def invoice_pdf(document: InvoiceDocument) -> bytes:
    """Return an invoice as PDF; the same document gives the same bytes.

    A draft bears its mark across every page.
    """
    text = invoice_text(document)
    sheet = Sheet(
        title=one_line(f"{text.heading}, {document.recipient.company}"),
        author=one_line(document.issuer.name),
        dated=document.invoice_date,
        foot=foot(document),
        watermark="DRAFT" if document.is_draft else "",
        country=document.recipient.country,
    )
    return pdf(sheet, _story(document, text, sheet.width))


def _story(document: InvoiceDocument, text: InvoiceText, width: float) -> list[Flowable]:
    story: list[Flowable] = [_head(document, text, width), Spacer(0, 7 * mm)]
    story += [_notice(notice, width) for notice in text.notices]
    story += [
        _parties(text, width),
        Spacer(0, 7 * mm),
        _due(document, text.due, width),
        Spacer(0, 6 * mm),
        _lines(text.lines, width),
        Spacer(0, 2 * mm),
        KeepTogether([_sums(text.sums, width)]),
    ]
    if text.pay:
        story += [Spacer(0, 6 * mm), KeepTogether(_pay(text.pay))]
    story += [paragraph(remark, style(SMALL_PT, colour=INK_3)) for remark in text.remarks]
    for below in text.tables:
        story += [CondPageBreak(_LEAST_TABLE), Spacer(0, 7 * mm), *_table(below, width)]
    return story


def _head(document: InvoiceDocument, text: InvoiceText, width: float) -> Table:
    name = paragraph(document.issuer.name, style(15, strong=True))
    sender: Flowable = _logo(document.issuer.logo) if document.issuer.logo else name
    kind = paragraph(text.title, style(22, strong=True, right=True))
    number = paragraph(text.number or " ", style(11, colour=INK_2, right=True))
    return Table(
        [[sender, [kind, Spacer(0, 1 * mm), number]]],
        colWidths=[width * 0.55, width * 0.45],
        style=_bare(("VALIGN", (0, 0), (-1, -1), "TOP")),
    )


def _logo(image: bytes) -> Image:
    with Picture.open(BytesIO(image)) as opened:
        wide, high = opened.size
    scale = min(LOGO_WIDTH / wide, LOGO_HEIGHT / high)
    return Image(BytesIO(image), wide * scale, high * scale, hAlign="LEFT")


def _notice(text: str, width: float) -> Table:
    return Table(
        [[paragraph(text, style(BODY_PT, strong=True, colour=BAD))]],
        colWidths=[width],
        spaceAfter=4 * mm,
        style=TableStyle(
            [("BOX", (0, 0), (-1, -1), 0.8, BAD), ("LEFTPADDING", (0, 0), (-1, -1), 8)]
        ),
    )


def _parties(text: InvoiceText, width: float) -> Table:
    facts = Table(
        [
            [
                paragraph(label, style(colour=INK_3)),
                paragraph(value, style(BODY_PT, right=True)),
            ]
            for label, value in text.facts
        ],
        colWidths=[width * 0.17, width * 0.21],
        style=_bare(("BOTTOMPADDING", (0, 0), (-1, -1), 2)),
    )
    return Table(
        [[_address("From", text.issuer), _address("Bill to", text.recipient), facts]],
        colWidths=[width * 0.29, width * 0.33, width * 0.38],
        style=_bare(("RIGHTPADDING", (0, 0), (1, 0), 12)),
    )


def _address(label: str, lines: tuple[str, ...]) -> list[Flowable]:
    name, *rest = lines
    return [
        paragraph(label, style(SMALL_PT, colour=INK_3)),
        Spacer(0, 1.2 * mm),
        paragraph(name, style(strong=True)),
        *(paragraph(line, style(colour=INK_2)) for line in rest),
    ]


def _due(document: InvoiceDocument, due: SumText, width: float) -> Table:
    colour = GOOD if document.is_paid else ACCENT
    return Table(
        [
            [
                paragraph(due.label, style(10, colour=INK_2)),
                paragraph(due.amount, style(16, strong=True, colour=colour, right=True)),
            ]
        ],
        colWidths=[width * 0.5, width * 0.5],
        style=TableStyle(
            [
                ("BACKGROUND", (0, 0), (-1, -1), SUNKEN),
                ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
                ("LEFTPADDING", (0, 0), (-1, -1), 10),
                ("RIGHTPADDING", (0, 0), (-1, -1), 10),
                ("TOPPADDING", (0, 0), (-1, -1), 6),
                ("BOTTOMPADDING", (0, 0), (-1, -1), 8),
            ]
        ),
    )


def _lines(lines: tuple[LineText, ...], width: float) -> Flowable:
    columns = Columns(
        heads=("Description", "Calls", "Billed time", "Amount"),
        widths=(width * 0.55, width * 0.11, width * 0.16, width * 0.18),
    )
    rows = [
        (
            f"{line.description}\n{line.detail}" if line.detail else line.description,
            line.calls,
            line.duration,
            line.amount,
        )
        for line in lines
    ]
    return table(columns, Rows(rows))


def _sums(sums: tuple[SumText, ...], width: float) -> Table:
    rows = [
        [
            "",
            paragraph(row.label, style(10 if row.strong else BODY_PT, strong=row.strong)),
            paragraph(
                row.amount, style(10 if row.strong else BODY_PT, strong=row.strong, right=True)
            ),
        ]
        for row in sums
    ]
    lines: list[Command] = [
        ("LINEABOVE", (1, index), (-1, index), 0.8, INK_2)
        for index, row in enumerate(sums)
        if row.strong
    ]
    return Table(
        rows,
        colWidths=[width * 0.42, width * 0.34, width * 0.24],
        style=_bare(
            ("TOPPADDING", (0, 0), (-1, -1), 3.5), ("BOTTOMPADDING", (0, 0), (-1, -1), 3.5), *lines
        ),
    )


def _pay(lines: tuple[str, ...]) -> list[Flowable]:
    asked, *bank = lines
    return [
        paragraph("How to pay", style(SMALL_PT, colour=INK_3)),
        Spacer(0, 1.2 * mm),
        paragraph(asked, style(strong=True)),
        *(paragraph(line, style(colour=INK_2)) for line in bank),
    ]


def _table(below: TableText, width: float) -> list[Flowable]:
    many = len(below.heads) > 4  # noqa: PLR2004 (each call: six columns in smaller type)
    shares = (0.18, 0.17, 0.17, 0.25, 0.11, 0.12) if many else (0.55, 0.11, 0.16, 0.18)
    columns = Columns(below.heads, tuple(width * share for share in shares), below.left)
    above: list[Paragraph] = [paragraph(below.caption, style(11, strong=True))]
    if below.note:
        above.append(paragraph(below.note, style(SMALL_PT, colour=INK_3)))
    size = _CALLS_PT if many else _PLACES_PT
    return [*above, Spacer(0, 2 * mm), table(columns, Rows(below.rows, below.foot, size))]


def _bare(*more: Command) -> TableStyle:
    """Return the look of a table that only places things."""
    return TableStyle(
        [
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ("LEFTPADDING", (0, 0), (-1, -1), 0),
            ("RIGHTPADDING", (0, 0), (-1, -1), 0),
            ("TOPPADDING", (0, 0), (-1, -1), 0),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 0),
            *more,
        ]
    )

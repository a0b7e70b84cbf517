"""The documents of an invoice, linked from its panel for those who may send them."""

from dash import html
from dash.development.base_component import Component

from data.domain.records import Role

PAPERS = (("html", "View"), ("pdf", "PDF"), ("csv", "Calls CSV"))
OF = frozenset({"invoice", "invoice-calls"})


def papers(slug: str, subject: str, role: Role) -> list[Component]:
    """Return the links to an invoice's documents; a viewer has none."""
    if slug not in OF or role is Role.VIEWER:
        return []
    return [html.Span("Document")] + [
        html.A(label, href=f"/invoice/{subject}.{form}", target="_blank", rel="noopener")
        for form, label in PAPERS
    ]

"""The amount owing by its age: one strip in five parts, each of which opens its invoices."""

from dash import html
from dash.development.base_component import Component

from data.domain.dashboard import Ageing, Dashboard
from layouts import text
from layouts.words import Words, attrs, words

BUCKETS = ("Not due", "1–30", "31–60", "61–90", "90+")
BUCKET_SLUGS = ("not-due", "1-30", "31-60", "61-90", "over-90")


def ageing_words(shown: Dashboard) -> Words:
    """Return the words of the strip: what is owed now, whatever the filters."""
    return _words(shown.ageing, text.Money(shown.currency, shown.minor_digits))


def _words(ageing: Ageing, money: text.Money) -> Words:
    amounts = (
        ageing.not_due,
        ageing.days_1_30,
        ageing.days_31_60,
        ageing.days_61_90,
        ageing.over_90,
    )
    parts: list[tuple[str, dict[str, object]]] = []
    for place, (slug, label, amount) in enumerate(zip(BUCKET_SLUGS, BUCKETS, amounts, strict=True)):
        share = amount / ageing.total if ageing.total else 0
        parts += [
            (
                f"age-{slug}-bar",
                {
                    "style": {"flex": f"{share:.4f}", "background": f"var(--age-{place})"},
                    "className": "" if amount else "none",
                    "title": f"{label}: {money.exact(amount)}",
                },
            ),
            (
                f"age-{slug}",
                {"children": money.short(amount) if amount else "–", "title": money.exact(amount)},
            ),
        ]
    said = ", ".join(
        f"{label} {money.exact(amount)}" for label, amount in zip(BUCKETS, amounts, strict=True)
    )
    parts.append(("age-strip", {"aria-label": f"Amount owing by days overdue: {said}"}))
    return words(*parts)


def ageing(said: Words) -> Component:
    """Return the strip with its amounts."""
    bars = [
        said.put(html.Span, f"age-{slug}-bar", **attrs(data_panel=f"age-{slug}"))
        for slug in BUCKET_SLUGS
    ]
    keys = [
        html.Div(
            [
                html.Dt(label, style={"--c": f"var(--age-{place})"}),
                html.Dd(
                    said.put(
                        html.A,
                        f"age-{slug}",
                        href=f"?panel=age-{slug}",
                        **attrs(data_panel=f"age-{slug}"),
                    ),
                    className="num",
                ),
            ]
        )
        for place, (slug, label) in enumerate(zip(BUCKET_SLUGS, BUCKETS, strict=True))
    ]
    strip = said.put(html.Div, "age-strip", children=bars, className="strip", role="img")
    whose = said.put(html.Span, "age-whose", className="whose")
    return html.Div([strip, html.Dl(keys), whose], className="age")

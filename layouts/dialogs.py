"""The dialog that asks once before something is done: what, the sum, what is to be typed."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby

import dash_bootstrap_components as dbc
from dash import html
from dash.development.base_component import Component

from data.domain.naming import LONGEST_NOTE, LONGEST_TEXT
from layouts import ids
from layouts.notices import stopped

YES = "yes"
"""What a ticked flag is read as; one that is not ticked is empty."""


class FieldKind(StrEnum):
    """What is typed or chosen."""

    TEXT = "text"
    AMOUNT = "amount"
    DAY = "date"
    LONG = "long"
    CHOICE = "choice"
    FLAG = "flag"
    FIXED = "fixed"


@dataclass(frozen=True)
class Field:
    """One thing to type or choose.

    Attributes:
        name: What the answer calls it.
        label: What stands above it.
        kind: What it takes.
        value: What is proposed.
        choices: Of a choice: values and their words. Of a text: what is suggested.
        hint: A line below it.
        row: Fields that follow each other with the same row stand on one line.
    """

    name: str
    label: str
    kind: FieldKind = FieldKind.TEXT
    value: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    hint: str = ""
    row: str = ""


@dataclass(frozen=True)
class Fact:
    """One thing to know before it is done; a warning is told apart by word and colour."""

    label: str
    value: str
    warning: bool = False


@dataclass(frozen=True)
class Question:
    """What is asked before it is done.

    Attributes:
        title: What would happen, with the sum.
        text: What it means.
        button: The words of its button: what happens.
        fields: What is to be typed.
        facts: What to know before.
        final: Its button does it; else it leads to the next question.
        grave: It takes something away.
        idle: There is nothing to do: its button only closes it.
    """

    title: str
    text: str
    button: str
    fields: tuple[Field, ...] = ()
    facts: tuple[Fact, ...] = ()
    final: bool = True
    grave: bool = False
    idle: bool = False

    @property
    def size(self) -> str:
        """Return how wide its dialog is."""
        return "lg" if len(self.fields) > 6 or len(self.facts) > 6 else ""  # noqa: PLR2004 (a tall dialog)

    @property
    def button_look(self) -> str:
        """Return the class of its button."""
        if self.idle:
            return "act idle"
        return "act grave" if self.grave else "act"


def question_body(asked: Question) -> list[Component]:
    """Return what stands in the dialog between its title and its buttons."""
    parts: list[Component] = []
    if asked.text:
        parts.append(html.P(asked.text, className="ask-text"))
    if asked.facts:
        parts.append(html.Dl([_fact(fact) for fact in asked.facts], className="facts"))
    if asked.fields:
        parts.append(html.Div(list(_rows(asked.fields)), className="fields"))
    return parts


def _fact(fact: Fact) -> Component:
    mark = [html.Span("attention: ", className="visually-hidden")] if fact.warning else []
    return html.Div(
        [html.Dt(fact.label), html.Dd([*mark, fact.value])],
        className="warning" if fact.warning else "",
    )


def _rows(fields: Iterable[Field]) -> Iterable[Component]:
    given = list(fields)
    first = next((field for field in given if field.kind is not FieldKind.FIXED), None)
    for row, together in groupby(given, key=lambda field: field.row or field.name):
        shown = [_field(field, focused=field is first) for field in together]
        yield html.Div(shown, className=f"field-row of-{len(shown)}", key=row)


def _field(field: Field, *, focused: bool) -> Component:
    if field.kind is FieldKind.FLAG:
        return dbc.Checkbox(
            id=ids.asked_field(field.name),
            label=field.label,
            value=field.value == YES,
            class_name="field flag",
        )
    parts: list[Component | str] = [html.Span(field.label), _input(field, focused=focused)]
    if field.hint:
        parts.append(html.Small(field.hint))
    if field.choices and field.kind is FieldKind.TEXT:
        parts.append(
            html.Datalist(
                [html.Option(words, value=value) for value, words in field.choices],
                id=_list_id(field),
            )
        )
    return html.Label(parts, className=f"field {field.kind}")


def _input(field: Field, *, focused: bool) -> Component:
    name = ids.asked_field(field.name)
    if field.kind is FieldKind.CHOICE:
        options = [{"value": value, "label": words} for value, words in field.choices]
        return dbc.Select(id=name, options=options, value=field.value)
    if field.kind is FieldKind.LONG:
        return dbc.Textarea(id=name, value=field.value, maxLength=LONGEST_NOTE, rows=4)
    return dbc.Input(
        id=name,
        type="date" if field.kind is FieldKind.DAY else "text",
        value=field.value,
        maxLength=LONGEST_TEXT,
        readonly=field.kind is FieldKind.FIXED,
        autocomplete="off",
        autofocus=focused,
        inputmode="decimal" if field.kind is FieldKind.AMOUNT else None,
        list=_list_id(field) if field.choices else None,
    )


def _list_id(field: Field) -> str:
    return f"known-{field.name}"


def dialog() -> Component:
    """Return the dialog, closed."""
    return dbc.Modal(
        [
            dbc.ModalHeader(dbc.ModalTitle("", id=ids.ASK_TITLE, tag="h2")),
            dbc.ModalBody(
                [
                    html.Div([], id=ids.ASK_BODY),
                    stopped(ids.ASK_STOPPED),
                    html.P("", id=ids.ASK_PROBLEM, role="alert", className="problem"),
                ]
            ),
            dbc.ModalFooter(
                [
                    dbc.Button("Cancel", id=ids.ASK_CANCEL, class_name="ghost", n_clicks=0),
                    dbc.Button("", id=ids.ASK_CONFIRM, class_name="act", n_clicks=0),
                ]
            ),
        ],
        id=ids.ASK,
        is_open=False,
        centered=True,
        scrollable=True,
        class_name="ask",
        labelledby=ids.ASK_TITLE,
    )

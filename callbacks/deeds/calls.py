"""Calls that nobody claims or nothing prices: given to a customer, given a rate."""

from sqlalchemy import Connection

from callbacks.deeds.wishes import Deed, Wish, customer_field, customer_said
from data.domain.assignments import NUMBER_FIELDS, Assignment, AssignmentEffect
from data.domain.auth_codes import AuthField
from data.domain.call_ids import CallId, call_id
from data.domain.counting import counted, first_few, worded
from data.domain.errors import Refused, RowRefusal
from data.domain.numbers import SHORT
from data.exchange.decimal_marks import decimal_marks
from data.exchange.deck_columns import DeckColumn, DeckColumns
from data.exchange.decks import Deck, deck_rates
from data.exchange.tables import Refusals, Row
from data.store.connect import Store
from data.store.queries.assignments import assignment_effect
from data.store.queries.call_facts import CallFacts, call_by_id, party
from data.store.queries.rates import rate_table_sizes
from data.store.writes.assignments import call_assigned
from data.store.writes.rates import rates_imported
from data.store.writes.upkeep import files_requeued
from layouts.dialogs import YES, Fact, Field, FieldKind, Question

FIELDS = tuple(
    (field.value, words)
    for field, words in zip(
        NUMBER_FIELDS, ("calling number", "billing number", "called number"), strict=True
    )
)
RATE_COLUMNS = {
    DeckColumn.PREFIX: "pattern",
    DeckColumn.DESTINATION: "destination",
    DeckColumn.PRICE: "price",
    DeckColumn.INITIAL: "initial",
    DeckColumn.INCREMENT: "increment",
    DeckColumn.CONNECTION: "connection",
    DeckColumn.EFFECTIVE: "effective",
}


def _call_ids(wish: Wish) -> list[CallId]:
    if not wish.rows:
        raise Refused("Tick the calls first.")
    try:
        return [call_id(row) for row in wish.rows]
    except ValueError:
        raise Refused("This row is no call.") from None


def _one_call(wish: Wish) -> CallId:
    found = _call_ids(wish)
    if len(found) != 1:
        raise Refused("Tick one call: its number becomes the customer's auth code.")
    return found[0]


def _facts_of(conn: Connection, wish: Wish) -> list[CallFacts]:
    found = [call_by_id(conn, which) for which in _call_ids(wish)]
    known = [facts for facts in found if facts is not None]
    if len(known) != len(found):
        raise Refused("A call is gone meanwhile. Close the panel and look again.")
    return known


def _ask_assign(conn: Connection, wish: Wish) -> Question:
    call = _one_call(wish)
    if wish.typed:
        effect = assignment_effect(conn, _wanted(conn, wish))
        return _assignment(effect, wish.number(effect.code.pattern))
    facts = _facts_of(conn, wish)[0]
    calling, called = wish.number(facts.calling_number), wish.number(facts.called_number)
    return Question(
        f"Whose call is {calling or 'this'} to {called or 'nowhere'}?",
        "The customer gets an auth code for the number, and every call with it is theirs once its "
        "file is processed again.",
        "See what it would bring",
        fields=(
            customer_field(conn),
            Field("field", "Known by its", FieldKind.CHOICE, FIELDS[0][0], FIELDS),
        ),
        facts=(Fact("Call", f"{call}"), Fact("File", f"{facts.file}, line {facts.line}")),
        final=False,
    )


def _wanted(conn: Connection, wish: Wish) -> Assignment:
    try:
        field = AuthField(wish.said("field") or FIELDS[0][0])
    except ValueError:
        raise Refused("A call is not given to a customer by that.") from None
    return Assignment(_one_call(wish), customer_said(conn, wish.said("customer")).id, field)


def _assignment(effect: AssignmentEffect, number: str) -> Question:
    calls = counted(effect.calls, "call")
    kept = [file for file in effect.files if file.kept]
    facts = [
        Fact("New auth code", f"{effect.code.field} equals {number}"),
        Fact("Calls it claims", calls),
        Fact(
            worded(len(effect.files), "Its file", "Their files"),
            first_few([file.name for file in effect.files]) or "none",
        ),
    ]
    if effect.others:
        facts.append(
            Fact("Of other customers, and then claimed twice", f"{effect.others:,}", warning=True)
        )
    if len(kept) < len(effect.files):
        gone = len(effect.files) - len(kept)
        stay = worded(gone, "File no longer kept, which stays", "Files no longer kept, which stay")
        facts.append(Fact(f"{stay} as before", str(gone), warning=True))
    again = f"Process {counted(len(kept), 'file')} again, so that the calls move now"
    return Question(
        f"Give {calls} to {effect.company}?",
        "",
        f"Give {calls} to {effect.company}",
        fields=(Field("again", again, FieldKind.FLAG, YES),) if kept else (),
        facts=tuple(facts),
    )


def _assign(store: Store, wish: Wish) -> str:
    with store.snapshot() as conn:
        wanted = _wanted(conn, wish)
        effect = assignment_effect(conn, wanted)
    again = [file.id for file in effect.files if file.kept] if wish.ticked("again") else []
    with store.writing() as conn:
        call_assigned(conn, wanted, wish.by)
        if again:
            files_requeued(conn, again, wish.by)
    waiting = f"{counted(len(again), 'file')} waiting to be processed again"
    later = worded(effect.calls, "it moves when its file is", "they move when their files are")
    follow = waiting if again else f"{later} processed again"
    return f"{counted(effect.calls, 'call')} of {effect.company}: {follow}"


def _ask_rate(conn: Connection, wish: Wish) -> Question:
    found = _facts_of(conn, wish)
    tables = tuple((name, name) for name, _, _ in rate_table_sizes(conn))
    if not tables:
        raise Refused("There is no rate table yet. Import one: 'python -m data rates import'.")
    of_customer = None
    if found[0].customer_id is not None:
        of_customer = party(conn, found[0].customer_id).rate_table
    called = found[0].called_number.lstrip("+")
    digits = found[0].called_digits
    pattern = digits.removeprefix(SHORT) if digits.startswith(SHORT) else digits[:5]
    whose = worded(len(found), "its file", "their files")
    return Question(
        f"Add a rate for {counted(len(found), 'call')}",
        "It is one more pattern of the table; the longest that fits the called number wins. A "
        "pattern of the same digits and date is replaced.",
        "Add the rate",
        fields=(
            Field("table", "Rate table", FieldKind.CHOICE, of_customer or tables[0][0], tables),
            Field(
                "pattern", "Pattern", value=pattern, hint=f"Of {wish.number(called)}", row="what"
            ),
            Field("destination", "Destination", row="what"),
            Field("price", "Price per minute", FieldKind.AMOUNT, row="price"),
            Field("connection", "Connection charge", FieldKind.AMOUNT, "0", row="price"),
            Field("initial", "First seconds billed", value="60", row="steps"),
            Field("increment", "Then by seconds", value="60", row="steps"),
            Field("effective", "In force from", FieldKind.DAY, hint="Empty: always.", row="steps"),
            Field("again", f"Process {whose} again", FieldKind.FLAG, YES),
        ),
    )


def _add_rate(store: Store, wish: Wish) -> str:
    refusals = Refusals()
    rows = [Row(1, {name: wish.said(name) for name in RATE_COLUMNS.values()})]
    columns = DeckColumns(RATE_COLUMNS, ())
    deck = Deck(columns, decimal_marks("The rate", rows, columns.amounts))
    found = [rate for _, rate in deck_rates(deck, rows, refusals)]
    if refusals.rows:
        raise Refused(_reason(refusals.rows[0]))
    with store.writing() as conn:
        table = wish.said("table")
        if table not in {name for name, _, _ in rate_table_sizes(conn)}:
            raise Refused(f"There is no rate table {table!r}. Nothing was changed.")
        rates_imported(conn, table, found, wish.by, whole=False)
        files = sorted({facts.file_id for facts in _facts_of(conn, wish)})
        if wish.ticked("again"):
            files_requeued(conn, files, wish.by)
    waiting = f": {counted(len(files), 'file')} waiting" if wish.ticked("again") else ""
    return f"{counted(len(found), 'rate')} added to {table}{waiting}"


def _reason(refusal: RowRefusal) -> str:
    return f"{refusal.reason[:1].upper()}{refusal.reason[1:]}. Nothing was changed."


def _ask_again(conn: Connection, wish: Wish) -> Question:
    files = {facts.file_id for facts in _facts_of(conn, wish)}
    what = counted(len(files), "file")
    return Question(
        f"Process the {what} of {counted(len(wish.rows), 'call')} again?",
        f"{worded(len(files), 'It waits', 'They wait')} for the next run of the ingest; today's "
        "customers, codes and rates apply. Calls on recorded invoices keep their customer and "
        "price.",
        f"Process {what} again",
    )


def _again(store: Store, wish: Wish) -> str:
    with store.writing() as conn:
        files = sorted({facts.file_id for facts in _facts_of(conn, wish)})
        files_requeued(conn, files, wish.by)
    return f"{counted(len(files), 'file')} waiting"


ASSIGN = Deed(_ask_assign, _assign)
ADD_RATE = Deed(_ask_rate, _add_rate)
REPROCESS_CALLS = Deed(_ask_again, _again)

"""Sources: added, changed, switched off and on."""

from collections.abc import Callable

from sqlalchemy import Connection

from callbacks.deeds.wishes import Deed, Wish
from data.domain.errors import Refused
from data.domain.own_numbers import SEPARATOR, patterns
from data.domain.source_rules import (
    length_s,
    length_written,
    name_problem,
    prefix_problem,
    zone_problem,
)
from data.store.connect import Store
from data.store.queries.sources import Source, all_sources
from data.store.writes.source_settings import (
    SourceSettings,
    source_added,
    source_edited,
    source_switched,
)
from layouts.dialogs import YES, Field, FieldKind, Question

OWN = ("own_numbers", "toll_free_numbers")
PREFIXES = ("country_code", "international_prefix", "trunk_prefix")


def _ticked(conn: Connection, wish: Wish) -> Source:
    number = wish.one("source")
    found = next((source for source in all_sources(conn) if source.id == number), None)
    if found is None:
        raise Refused("The source is gone meanwhile. Close the panel and look again.")
    return found


def _ask_add(conn: Connection, _wish: Wish) -> Question:
    name = Field("name", "Name", hint="Also its folder in the inbox.")
    return Question(
        "Add a source",
        "A switch or carrier feed: its files arrive in a folder of the inbox.",
        "Add source",
        fields=(name, *_fields(conn, None)),
    )


def _ask_edit(conn: Connection, wish: Wish) -> Question:
    source = _ticked(conn, wish)
    return Question(
        f"Change source {source.name}",
        "Files taken before keep what they were read with until they are processed again.",
        "Save changes",
        fields=tuple(_fields(conn, source)),
    )


def _fields(conn: Connection, source: Source | None) -> list[Field]:
    known = sorted({each.profile for each in all_sources(conn) if each.profile})
    every = length_written(source.expect_every_s) if source and source.expect_every_s else ""
    growing = YES if source is not None and source.growing else ""

    def now(name: str) -> str:
        return str(getattr(source, name) or "") if source is not None else ""

    return [
        Field(
            "profile",
            "Format",
            value=now("profile"),
            choices=tuple((name, name) for name in known),
            hint="Empty: known by content.",
            row="reading",
        ),
        Field(
            "timezone", "Time zone", value=now("timezone"), hint="As Europe/London.", row="reading"
        ),
        Field("every", "Delivers every", value=every, hint="As 15m, 1h, 1d.", row="reading"),
        Field("country_code", "Country code", value=now("country_code"), row="numbers"),
        Field(
            "international_prefix",
            "International prefix",
            value=now("international_prefix"),
            row="numbers",
        ),
        Field("trunk_prefix", "Trunk prefix", value=now("trunk_prefix"), row="numbers"),
        Field(
            "own_numbers",
            "Its own numbers",
            value=now("own_numbers"),
            hint="Patterns, with commas: they tell the direction where the format does not.",
            row="own",
        ),
        Field(
            "toll_free_numbers",
            "Of those, toll-free",
            value=now("toll_free_numbers"),
            hint="Whose owner pays for calls.",
            row="own",
        ),
        Field("growing", "Its files are appended to", FieldKind.FLAG, growing),
    ]


def _typed(wish: Wish) -> SourceSettings:
    """Return what was said; an empty field says nothing, but for the prefixes.

    Raises:
        Refused: A field cannot be taken.
    """
    every, zone = wish.said("every"), wish.said("timezone")
    prefixes = {name: wish.said(name) for name in PREFIXES}
    problems = [zone_problem(zone) if zone else None, *map(prefix_problem, prefixes.values())]
    own = {name: wish.said(name) for name in OWN}
    problems += [_patterns_problem(said) for said in own.values() if said]
    if every and length_s(every) is None:
        problems.append(f"{every!r} is not a length such as 15m, 1h or 1d")
    found = [problem for problem in problems if problem]
    if found:
        raise Refused(f"{found[0].removesuffix('.')}. Nothing was changed.")
    return SourceSettings(
        profile=wish.said("profile") or None,
        timezone=zone or None,
        growing=wish.ticked("growing"),
        expect_every_s=length_s(every) if every else None,
        country_code=prefixes["country_code"],
        international_prefix=prefixes["international_prefix"],
        trunk_prefix=prefixes["trunk_prefix"],
        own_numbers=own["own_numbers"] and SEPARATOR.join(patterns(own["own_numbers"])),
        toll_free_numbers=own["toll_free_numbers"]
        and SEPARATOR.join(patterns(own["toll_free_numbers"])),
    )


def _patterns_problem(said: str) -> str | None:
    try:
        patterns(said)
    except ValueError as error:
        return str(error)
    return None


def _add(store: Store, wish: Wish) -> str:
    name, wanted = wish.said("name"), _typed(wish)
    problem = name_problem(name)
    if problem:
        raise Refused(f"{problem} Nothing was added.")
    with store.writing() as conn:
        source_added(conn, name, wanted, wish.by)
    folder = wish.inbox / name
    folder.mkdir(parents=True, exist_ok=True)
    return f"Source {name} is added; its files go to {folder}"


def _edit(store: Store, wish: Wish) -> str:
    with store.writing() as conn:
        source = _ticked(conn, wish)
        source_edited(conn, source.name, _typed(wish), wish.by)
    return f"Source {source.name} is changed"


def _switching(
    *, on: bool
) -> tuple[Callable[[Connection, Wish], Question], Callable[[Store, Wish], str]]:
    word = "on" if on else "off"
    text = (
        "Its files are taken again." if on else "Its files stay in the inbox until it is on again."
    )

    def asked(conn: Connection, wish: Wish) -> Question:
        title = f"Switch {_ticked(conn, wish).name} {word}"
        return Question(f"{title}?", text, title, grave=not on)

    def done(store: Store, wish: Wish) -> str:
        with store.writing() as conn:
            source = _ticked(conn, wish)
            source_switched(conn, source.name, wish.by, on=on)
        return f"Source {source.name} is {word}"

    return asked, done


ADD_SOURCE = Deed(_ask_add, _add)
EDIT_SOURCE = Deed(_ask_edit, _edit)
SOURCE_OFF = Deed(*_switching(on=False))
SOURCE_ON = Deed(*_switching(on=True))

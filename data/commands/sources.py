"""python -m data source: the switches and carrier feeds that deliver files."""

from typing import Annotated

import typer

from data.commands.arguments import percent_ppm, printed_table, seconds
from data.commands.context import Context, context
from data.domain.errors import Refused
from data.domain.own_numbers import SEPARATOR, patterns
from data.domain.source_rules import name_problem, prefix_problem, zone_problem
from data.formats import format_names
from data.store.queries.sequences import missing
from data.store.queries.sources import all_sources
from data.store.writes.sequences import gaps_dismissed
from data.store.writes.source_settings import (
    SourceSettings,
    source_added,
    source_edited,
    source_switched,
)

app = typer.Typer(no_args_is_help=True, help="Sources: switches and carrier feeds.")


def _zone(text: str) -> str:
    return _right(text, zone_problem(text))


def _digits(text: str) -> str:
    return _right(text, prefix_problem(text))


def _right(text: str, problem: str | None) -> str:
    if problem is not None:
        raise typer.BadParameter(problem)
    return text


def _patterns(text: str) -> str:
    try:
        return SEPARATOR.join(patterns(text))
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None


def _refuse_unknown_format(given: Context, name: str | None) -> None:
    if not name:
        return
    known = format_names(given.read_settings().profiles)
    if name not in known:
        raise Refused(
            f"There is no format {name!r}. There are: {', '.join(known)}. For one of your own set "
            "TOLLBOARD_PROFILES to its folder. Nothing was changed."
        )


Name = Annotated[str, typer.Argument(help="The source's name, and its folder below the inbox.")]
Profile = Annotated[str | None, typer.Option(help="Its format; see 'python -m ingest formats'.")]
Zone = Annotated[
    str | None, typer.Option(parser=_zone, help="What its local times mean, as Europe/London.")
]
Every = Annotated[
    int | None,
    typer.Option(parser=seconds, metavar="LENGTH", help="How often it delivers: 15m, 1h, 1d."),
]
Country = Annotated[str | None, typer.Option(parser=_digits, help="Such as 44.")]
International = Annotated[str | None, typer.Option(parser=_digits, help="Such as 00.")]
Trunk = Annotated[str | None, typer.Option(parser=_digits, help="Such as 0.")]
Own = Annotated[
    str | None,
    typer.Option(
        parser=_patterns,
        help="Its own numbers, by commas: digits, X for any digit, * for the rest. They tell the "
        "direction where the format does not: 442079460*,2XX.",
    ),
]
TollFree = Annotated[
    str | None,
    typer.Option(
        parser=_patterns,
        help="Of its numbers, those whose owner pays for calls from outside: 448000123*.",
    ),
]
Tolerated = Annotated[
    int | None,
    typer.Option(
        parser=percent_ppm,
        metavar="PERCENT",
        help="The part of a file's lines that may be rejected before the file fails: 1%.",
    ),
]
Growing = Annotated[
    bool | None, typer.Option("--growing/--no-growing", help="Its files are appended to.")
]


@app.command()
def add(  # noqa: PLR0913 (all that can be said about a source)
    ctx: typer.Context,
    name: Name,
    *,
    profile: Profile = None,
    timezone: Zone = None,
    growing: Growing = None,
    expect_every: Every = None,
    country_code: Country = None,
    international_prefix: International = None,
    trunk_prefix: Trunk = None,
    own_numbers: Own = None,
    toll_free: TollFree = None,
    reject_at_most: Tolerated = None,
) -> None:
    """Add a source and make its folder in the inbox.

    Example: python -m data source add london --profile asterisk-cdr-csv --timezone Europe/London
    --expect-every 1h --country-code 44 --international-prefix 00 --trunk-prefix 0
    """
    problem = name_problem(name)
    if problem is not None:
        raise Refused(problem)
    wanted = SourceSettings(
        profile=profile,
        timezone=timezone,
        growing=growing,
        expect_every_s=expect_every,
        country_code=country_code,
        international_prefix=international_prefix,
        trunk_prefix=trunk_prefix,
        own_numbers=own_numbers,
        toll_free_numbers=toll_free,
        rejected_ppm_tolerated=reject_at_most,
    )
    given = context(ctx)
    _refuse_unknown_format(given, profile)
    with given.store() as store, store.writing() as conn:
        source_added(conn, name, wanted, given.by())
    folder = given.read_settings().inbox_dir / name
    folder.mkdir(parents=True, exist_ok=True)
    typer.echo(f"Source {name} is added; put its files into {folder}")


@app.command()
def edit(  # noqa: PLR0913 (all that can be said about a source)
    ctx: typer.Context,
    name: Name,
    *,
    profile: Profile = None,
    timezone: Zone = None,
    growing: Growing = None,
    expect_every: Every = None,
    country_code: Country = None,
    international_prefix: International = None,
    trunk_prefix: Trunk = None,
    own_numbers: Own = None,
    toll_free: TollFree = None,
    reject_at_most: Tolerated = None,
) -> None:
    """Change what is said about a source; files follow when they are processed again.

    Example: python -m data source edit london --expect-every 30m --own-numbers 442079460*,2XX
    --toll-free 448000123* --reject-at-most 1%
    """
    wanted = SourceSettings(
        profile=profile,
        timezone=timezone,
        growing=growing,
        expect_every_s=expect_every,
        country_code=country_code,
        international_prefix=international_prefix,
        trunk_prefix=trunk_prefix,
        own_numbers=own_numbers,
        toll_free_numbers=toll_free,
        rejected_ppm_tolerated=reject_at_most,
    )
    given = context(ctx)
    _refuse_unknown_format(given, profile)
    with given.store() as store, store.writing() as conn:
        source_edited(conn, name, wanted, given.by())
    typer.echo(f"Source {name} is changed; files taken before follow when processed again")


@app.command()
def disable(ctx: typer.Context, name: Name) -> None:
    """Switch a source off: its files stay in the inbox.

    Example: python -m data source disable london
    """
    given = context(ctx)
    with given.store() as store, store.writing() as conn:
        source_switched(conn, name, given.by(), on=False)
    typer.echo(f"Source {name} is off")


@app.command()
def enable(ctx: typer.Context, name: Name) -> None:
    """Switch a source on again.

    Example: python -m data source enable london
    """
    given = context(ctx)
    with given.store() as store, store.writing() as conn:
        source_switched(conn, name, given.by(), on=True)
    typer.echo(f"Source {name} is on")


@app.command("list")
def list_(ctx: typer.Context) -> None:
    """List sources by name.

    Example: python -m data source list
    """
    with context(ctx).store() as store, store.snapshot() as conn:
        found = all_sources(conn)
    printed_table(
        ("source", "folder", "profile", "timezone", "every s", "own numbers", "state"),
        (
            (
                each.name,
                each.folder or "(top)",
                each.profile or "by content",
                each.timezone or "",
                each.expect_every_s or "",
                SEPARATOR.join(filter(None, (each.own_numbers, each.toll_free_numbers))),
                "off" if each.disabled_at else "on",
            )
            for each in found
        ),
    )


@app.command()
def gaps(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(help="Only this source's.")] = "",
    *,
    dismiss: Annotated[bool, typer.Option(help="They are lost for good: tell no more.")] = False,
    why: Annotated[str, typer.Option(help="The reason; kept in the audit log.")] = "",
) -> None:
    """List numbers that a source's counter gave and no file brought, or dismiss them.

    Example: python -m data source gaps london --dismiss --why "the switch lost its disk"
    """
    given = context(ctx)
    with given.store() as store:
        if dismiss:
            if not name or not why.strip():
                raise Refused("Name the source, and give the reason with --why.")
            with store.writing() as conn:
                told = gaps_dismissed(conn, name, why.strip(), given.by())
            typer.echo(f"{told} gaps of source {name} are dismissed")
            return
        with store.snapshot() as conn:
            found = [each for each in missing(conn) if name in ("", each.source)]
    printed_table(
        ("source", "missing", "numbers", "passed at (UTC)", "noticed at (UTC)"),
        (
            (
                each.source,
                each.gap.told(),
                each.gap.numbers,
                f"{each.gap.until_at:%F %T}",
                f"{each.noticed_at:%F %T}",
            )
            for each in found
        ),
    )

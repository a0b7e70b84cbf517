"""The commands that make, upgrade, copy and bring back the store."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy import make_url

from data.backup import backed_up, backup_name, backup_noted, backup_target, restored
from data.commands.context import context
from data.domain.errors import Refused, SchemaTooOld, StoreMissing
from data.opening import founded, newly_founded, opened, upgraded
from data.store.connect import open_older
from data.store.sqlite_engine import sqlite_path


def migrate(
    ctx: typer.Context,
    *,
    new: Annotated[
        bool, typer.Option("--new", help="Make a store although this does not look a first use.")
    ] = False,
) -> None:
    """Make the store, or bring it to this version's schema, with a backup taken first.

    Example: python -m data migrate
    """
    given = context(ctx)
    settings, now = given.read_settings(), given.clock()
    where = make_url(settings.store_url).render_as_string(hide_password=True)
    try:
        opened(settings).close()
    except StoreMissing:
        if not (new or settings.may_create):
            raise
        newly_founded(settings, now).close()
        typer.echo(f"Made a store at {where}.")
    except SchemaTooOld as error:
        saved = error.found is not None
        if saved:
            _saved_first(settings.var / "backups", settings.store_url, now)
        store = (upgraded if saved else founded)(settings, now)
        if saved:
            backup_noted(store, now)
        store.close()
        typer.echo(f"Upgraded {where} from schema {error.found or 'none'} to {error.wanted}.")
    else:
        typer.echo(f"{where} is at this version's schema already.")


def _saved_first(folder: Path, url: str, now: datetime) -> None:
    store = open_older(url)
    target = folder / backup_name(store, now)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        backed_up(store, target)
        typer.echo(f"Saved the store as it was: {target}")
    finally:
        store.close()


def backup(
    ctx: typer.Context,
    path: Annotated[
        str, typer.Argument(metavar="PATH", help="A new file, or a folder that gets one.")
    ],
) -> None:
    """Copy the store while it is used, and verify the copy.

    A path that ends in / is a folder, which must be there.

    Example: python -m data backup /var/backups
    """
    given = context(ctx)
    with given.store() as store:
        target = backup_target(store, path, given.clock())
        found = backed_up(store, target)
        backup_noted(store, given.clock())
        verified = (
            "pages, schema and balance of every file verified"
            if sqlite_path(store.url)
            else "a dump of its server, whose list of contents was read back"
        )
    typer.echo(
        f"{target}: {found.size_bytes} bytes, schema {found.revision}, "
        f"data version {found.version}; {verified}."
    )


def restore(
    ctx: typer.Context,
    path: Annotated[Path, typer.Argument(help="A file that backup made.")],
    *,
    discard_newer: Annotated[
        bool, typer.Option("--discard-newer", help="Go back although the store has newer data.")
    ] = False,
) -> None:
    """Put a verified backup in the place of the store; nothing may have it open.

    Example: python -m data restore /var/backups/tollboard-20261123T023000Z.db
    """
    given = context(ctx)
    settings = given.read_settings()
    done = restored(settings.store_url, path, given.by(), discard_newer=discard_newer)
    if done.kept is None and settings.inbox is None:  # a new place: the first ingest looks for it
        settings.inbox_dir.mkdir(parents=True, exist_ok=True)
    typer.echo(f"Restored data {done.found.data}.")
    if done.kept is not None:
        typer.echo(f"What stood there before is kept as {done.kept}.")
    typer.echo("Files processed since are in the archive: python -m ingest recover")
    typer.echo("Everybody must log in again. Look it over with: python -m data doctor --deep")


def new_key(ctx: typer.Context) -> None:
    """Make a new key that signs sessions: everybody must log in again, once the page is restarted.

    Example: python -m data new-key && systemctl restart tollboard
    """
    settings = context(ctx).read_settings()
    if settings.secret_key is not None:
        raise Refused(
            "The key is set by TOLLBOARD_SECRET_KEY: set another one there. Nothing was changed."
        )
    settings.key_made()
    typer.echo(f"Made a new key: {settings.key_file}. Restart the page; everybody must log in.")

"""A backup of a store on PostgreSQL: what pg_dump writes, listed again by pg_restore."""

import subprocess
from pathlib import Path

from sqlalchemy import URL

from data.domain.errors import Refused, StoreDamaged

MISSING = (
    "pg_dump is not on this machine, so no backup was made. Install PostgreSQL's client "
    "(apt-get install postgresql-client, of the server's release or newer), or let the server's "
    "own backups do it."
)


def dumped(url: URL, target: Path) -> None:
    """Write a consistent copy of a database into a new file, while it is used.

    The password goes by a file that only this user can read, never as a word of a command.

    Raises:
        Refused: This machine lacks pg_dump.
        StoreDamaged: The copy could not be made, or cannot be read again; nothing stays of it.
    """
    secret = target.with_name(f"{target.name}.pgpass")
    secret.touch(mode=0o600)
    target.touch(mode=0o600)
    try:
        secret.write_text(f"*:*:*:*:{_escaped(url.password or '')}\n")
        address = URL.create(
            "postgresql",
            username=url.username,
            host=url.host,
            port=url.port,
            database=url.database,
            query={**url.query, "passfile": str(secret.absolute()), "connect_timeout": "5"},
        ).render_as_string()
        _done("pg_dump", "--format=custom", f"--file={target}", f"--dbname={address}")
        _done("pg_restore", "--list", str(target))
    except (Refused, StoreDamaged):
        target.unlink()
        raise
    finally:
        secret.unlink()


def _escaped(password: str) -> str:
    """Return a password as libpq's password file wants it."""
    return password.replace("\\", "\\\\").replace(":", "\\:")


def _done(*command: str) -> None:
    """Run one of PostgreSQL's programs to its end."""
    try:
        ended = subprocess.run(  # noqa: S603  a program's own words, a path and an address
            command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, check=False
        )
    except FileNotFoundError:
        raise Refused(MISSING) from None
    if ended.returncode:
        said = ended.stderr.strip().splitlines()
        raise StoreDamaged(command[0], said[-1] if said else "it failed without a word")

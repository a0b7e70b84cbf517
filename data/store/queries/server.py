"""What a database server says of itself."""

from sqlalchemy import Connection, func, select

KEPT_BY = ("fsync", "full_page_writes", "synchronous_commit")
"""Settings of PostgreSQL without which a commit may not outlive a crash."""


def server_settings(conn: Connection) -> tuple[str, ...]:
    """Return the server's release and then its `KEPT_BY`, as it writes them."""
    shown = (func.current_setting(name) for name in ("server_version", *KEPT_BY))
    return tuple(conn.execute(select(*shown)).one())

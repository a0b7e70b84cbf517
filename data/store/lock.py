"""What a writer's connection does before it waits for the write lock: others go on meanwhile."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection

_BESIDE = "beside_the_lock"


@contextmanager
def beside_the_lock(conn: Connection) -> Iterator[None]:
    """Give a transaction without the write lock, for temporary tables and nothing else."""
    conn.execution_options(**{_BESIDE: True})
    try:
        with conn.begin():
            yield
    finally:
        conn.execution_options(**{_BESIDE: False})


def takes_the_lock(conn: Connection) -> bool:
    """Tell whether a transaction that begins is to hold the write lock."""
    return not conn.get_execution_options().get(_BESIDE)

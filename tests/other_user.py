"""Becoming another user for a while, as the folders of an installation may belong to somebody."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from data.settings import Settings

NOBODY = 65534
only_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")


@contextmanager
def as_nobody() -> Iterator[None]:
    """Be a user without rights; what is loaded late must be loaded before."""
    groups = os.getgroups()
    os.setgroups([])
    os.setresgid(NOBODY, NOBODY, 0)
    os.setresuid(NOBODY, NOBODY, 0)
    try:
        yield
    finally:
        os.setresuid(0, 0, 0)
        os.setresgid(0, 0, 0)
        os.setgroups(groups)


def opened_to_all(settings: Settings) -> None:
    """Let every user do everything in a var folder."""
    for path in (settings.var, *settings.var.rglob("*")):
        path.chmod(0o777 if path.is_dir() else 0o666)

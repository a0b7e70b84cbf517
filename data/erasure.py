"""Erasing a person's data: in the store a block at a time, in the kept files one by one."""

import bz2
import gzip
import lzma
import os
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import IO, Any

from data.domain.authorship import By
from data.domain.erasure import Erased, Eraser, forms_of
from data.domain.errors import Refused
from data.domain.numbers import NumberPlan
from data.store.connect import Store
from data.store.queries.customers import customer
from data.store.queries.erasure import kept_copies, number_plans, places
from data.store.writes.customers import customer_deleted
from data.store.writes.erasure import (
    copy_erased,
    customer_erased,
    erasure_audited,
    numbers_erased,
)

BLOCK_ROWS = 2_000
"""Rows changed in one transaction, so that nobody waits for long."""
LONGEST_PIECE = 1 << 20
SUMS = "sums by day, customer and destination, which name nobody"
BACKUPS = "backups and copies elsewhere: delete them, or erase again after a restore"
INVOICES = (
    "issued invoices with the name and address on them, which tax law has kept: "
    "Regulation (EU) 2016/679, article 17(3)(b)"
)
AUDIT = "the audit log of who changed what, without the values"
_OPENERS: dict[bytes, Callable[..., AbstractContextManager[Any]]] = {
    b"\x1f\x8b": gzip.open,
    b"BZh": bz2.open,
    b"\xfd7zXZ\x00": lzma.open,
}


def number_erased(
    store: Store, numbers: Sequence[str], by: By, archive: Path, *, dry_run: bool = False
) -> Erased:
    """Write phone numbers out of calls, raw lines, texts and kept files; sums stay.

    Raises:
        Refused: One of them is no phone number.
    """
    eraser = _eraser(store, numbers)
    with store.snapshot() as conn:
        found = [(table, keys) for table, keys in places(conn, eraser) if keys]
        copies = kept_copies(conn)
    counts = {table.name: len(keys) for table, keys in found}
    if not dry_run:
        for table, keys in found:
            for start in range(0, len(keys), BLOCK_ROWS):
                with store.writing() as conn:
                    numbers_erased(conn, table, keys[start : start + BLOCK_ROWS], eraser)
    files = [found for found in copies if _holds_number(archive, found[1], eraser)]
    if not dry_run:
        _copies_erased(store, files, eraser, by)
    counts |= {"kept files": len(files)}
    if not dry_run:
        with store.writing() as conn:
            erasure_audited(conn, by, f"{len(numbers)} phone number(s)", counts)
    return Erased(counts, (SUMS, AUDIT, BACKUPS))


def _holds_number(archive: Path, location: str, eraser: Eraser) -> bool:
    path = _below(archive, Path(location))
    return path is not None and _holds(path, eraser)


def _copies_erased(store: Store, copies: Sequence[tuple[int, str]], eraser: Eraser, by: By) -> None:
    for file_id, location in copies:
        path = Path(location).resolve()
        _rewritten(path, eraser)
        with store.writing() as conn:
            copy_erased(conn, by, file_id, path.stat().st_size)


def person_erased(store: Store, custid: str, by: By, *, dry_run: bool = False) -> Erased:
    """Delete a customer and take its contact data away; what it was billed stays.

    Raises:
        Refused: There is no such customer, or it has draft or unpaid invoices, or money on account.
    """
    with store.writing() as conn, conn.begin_nested() as trial:
        whose = customer(conn, custid)
        if whose is None:
            raise Refused(f"There is no customer {custid!r}. Nothing was changed.")
        customer_deleted(conn, whose, by)
        kept = customer_erased(conn, custid, whose.id)
        erasure_audited(conn, by, f"customer {custid}", {"customers": 1})
        if dry_run:
            trial.rollback()
    return Erased({"customers": 1}, (*((INVOICES,) if kept else ()), SUMS, AUDIT, BACKUPS))


def _eraser(store: Store, numbers: Sequence[str]) -> Eraser:
    with store.snapshot() as conn:
        plans = [NumberPlan(*plan) for plan in number_plans(conn)]
    try:
        return Eraser(form for number in numbers for form in forms_of(number, plans))
    except ValueError as error:
        raise Refused(f"{error}. Nothing was changed.") from None


def _below(archive: Path, path: Path) -> Path | None:
    """Return a kept copy that is there, and in the archive, whatever its location says."""
    found = path.resolve()
    return found if found.is_relative_to(archive.resolve()) and found.is_file() else None


def _holds(path: Path, eraser: Eraser) -> bool:
    return any(eraser.raw(piece) != piece for read in _contents(path) for piece in _pieces(read))


def _contents(path: Path) -> Iterator[IO[bytes]]:
    """Give what a file holds, unpacked: one stream, or each member of an archive."""
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as members:
            for name in members.namelist():
                with members.open(name) as read:
                    yield read
        return
    with _opened(path, path) as (read, _):
        yield read


def _pieces(read: IO[bytes]) -> Iterator[bytes]:
    """Give lines; one that is longer than any of ours in pieces."""
    return iter(lambda: read.readline(LONGEST_PIECE), b"")


def _rewritten(path: Path, eraser: Eraser) -> None:
    """Put a copy without the numbers in the place of a file, whole or not at all."""
    new = path.with_name(f"{path.name}.erasing")
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as old, zipfile.ZipFile(new, "w", zipfile.ZIP_DEFLATED) as to:
            for member in old.infolist():
                with old.open(member) as read, to.open(member.filename, "w") as write:
                    write.writelines(map(eraser.raw, _pieces(read)))
    else:
        with _opened(path, path) as (read, _), _opened(path, new, "wb") as (write, raw):
            write.writelines(map(eraser.raw, _pieces(read)))
            raw.flush()
    new.chmod(path.stat().st_mode)
    with new.open("rb") as whole:
        os.fsync(whole.fileno())
    new.replace(path)


@contextmanager
def _opened(like: Path, path: Path, mode: str = "rb") -> Iterator[tuple[IO[bytes], IO[bytes]]]:
    """Open a file, packed as another one is; give its content and itself."""
    with like.open("rb") as begins:
        head = begins.read(6)
    opener = next((each for magic, each in _OPENERS.items() if head.startswith(magic)), None)
    with path.open(mode) as raw:
        if opener is None:
            yield raw, raw
            return
        with opener(raw, mode) as content:
            yield content, raw

"""Compressed files, read as streams into the work folder, with a bound on what comes out."""

import bz2
import gzip
import lzma
import shutil
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO, cast

from data.domain.errors import FileError, NotText, TooLarge, Truncated
from ingest.stopping import Stopping, unless_stopped

CHUNK_BYTES = 1 << 20
MAGIC = {
    ".gz": (b"\x1f\x8b",),
    ".bz2": (b"BZh",),
    ".xz": (b"\xfd7zXZ\x00",),
    ".zip": (b"PK\x03\x04", b"PK\x05\x06"),
}
"""How each kind begins. Source: RFC 1952; the bzip2, xz and zip file format descriptions."""


@dataclass(frozen=True)
class Bounds:
    """How far a compressed file may expand.

    Attributes:
        size_bytes: The most that may come out.
        ratio: The most that may come out of each byte that went in...
        ratio_from_bytes: ...once this much came out: small files may repeat themselves.
        members: The most entries that an archive may list.
        spare_bytes: What must stay free on the disk.
    """

    size_bytes: int = 64 << 30
    ratio: int = 100
    ratio_from_bytes: int = 64 << 20
    members: int = 1_000
    spare_bytes: int = 256 << 20


def compression(path: Path, name: str) -> str | None:
    """Return how a file is compressed, as the ending of its kind; none when it is plain.

    Args:
        path: The file.
        name: As it was delivered; its ending must agree with the content.

    Raises:
        NotText: The name says compressed and the content is not.
    """
    with path.open("rb") as file:
        head = file.read(8)
    for kind, starts in MAGIC.items():
        if head.startswith(starts):
            return kind
    for kind in MAGIC:
        if name.lower().endswith(kind) and head:
            raise NotText(
                f"The name ends in {kind}, but the content is not compressed that way. "
                "Deliver it under its right name."
            )
    return None


def is_packed(path: Path) -> bool:
    """Tell whether a file's content is compressed."""
    with path.open("rb") as file:
        head = file.read(8)
    return any(head.startswith(starts) for starts in MAGIC.values())


def unpacked(path: Path, target: Path, kind: str, bounds: Bounds, stopping: Stopping) -> None:
    """Write what a compressed file holds to a plain file.

    Raises:
        Truncated: It ends too early or is damaged.
        TooLarge: It expands beyond the bounds.
        FileError: An archive that does not hold exactly one file.
    """
    packed_bytes = path.stat().st_size
    try:
        with _opened(path, kind, bounds) as source, target.open("wb") as plain:
            _copied(source, plain, _limit(packed_bytes, bounds), bounds, stopping)
    except (EOFError, zlib.error, lzma.LZMAError, zipfile.BadZipFile, gzip.BadGzipFile) as error:
        raise Truncated(
            f"The {kind} file is cut off or damaged ({error}). Nothing of it was loaded; "
            "have it sent again."
        ) from None
    except (NotImplementedError, RuntimeError) as error:
        raise FileError(f"The {kind} file uses a feature that is not read: {error}.") from None
    except OSError as error:
        if error.errno is not None:  # the disk's, not the decompressor's
            raise
        raise Truncated(
            f"The {kind} file is damaged ({error}). Nothing of it was loaded; have it sent again."
        ) from None


def _limit(packed_bytes: int, bounds: Bounds) -> int:
    by_ratio = max(bounds.ratio_from_bytes, packed_bytes * bounds.ratio)
    return min(bounds.size_bytes, by_ratio)


def _copied(
    source: IO[bytes],
    plain: IO[bytes],
    limit_bytes: int,
    bounds: Bounds,
    stopping: Stopping,
) -> None:
    written = 0
    while chunk := source.read(CHUNK_BYTES):
        written += len(chunk)
        if written > limit_bytes:
            raise TooLarge(
                f"It unpacks to more than {limit_bytes:,} bytes, which no CDR file does. "
                "Nothing was loaded; look at what it is, and deliver it unpacked if it is right."
            )
        if written % (64 * CHUNK_BYTES) == 0:
            _check_room(Path(plain.name), bounds)
        plain.write(chunk)
        unless_stopped(stopping)


def _check_room(target: Path, bounds: Bounds) -> None:
    if shutil.disk_usage(target.parent).free < bounds.spare_bytes:
        raise OSError(28, "No space left to unpack it")


def _opened(path: Path, kind: str, bounds: Bounds) -> IO[bytes]:
    if kind == ".zip":
        return _only_member(path, bounds)
    openers: dict[str, Callable[[Path], object]] = {
        ".gz": gzip.open,
        ".bz2": bz2.open,
        ".xz": lzma.open,
    }
    return cast("IO[bytes]", openers[kind](path))


def _only_member(path: Path, bounds: Bounds) -> IO[bytes]:
    archive = zipfile.ZipFile(path)
    members = archive.infolist()
    if len(members) > bounds.members:
        raise TooLarge(
            f"The zip lists {len(members):,} members; at most {bounds.members:,} are looked at."
        )
    files = [member for member in members if not member.is_dir()]
    if len(files) != 1:
        raise FileError(
            f"The zip holds {len(files)} files, and only a zip with exactly one is read. "
            "Deliver its files one by one."
        )
    if files[0].flag_bits & 0x1:
        raise FileError("The zip is encrypted. Deliver it without a password.")
    return archive.open(files[0])

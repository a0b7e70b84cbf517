"""Uploading CDR files: streamed to disk, into the inbox under their own name, waiting at once."""

import hashlib
import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from flask import Flask, g, jsonify, request
from werkzeug.wrappers import Response as AnyResponse

from callbacks.snapshots import Clock
from data.domain.authorship import By
from data.domain.errors import Refused
from data.settings import Settings
from data.store.connect import Store
from data.store.queries.files import file_with_content
from data.store.writes.audit import Audit, audited
from data.store.writes.files import Receipt, file_received
from data.store.writes.versions import version_raised

BLOCK_BYTES = 1024 * 1024
LARGEST_BYTES = 4 * 1024**3
SPARE_BYTES = 256 * 1024**2
"""Free space that an upload leaves on the disk."""
_PLAIN = re.compile(r"[^A-Za-z0-9 ._()+=,@-]")


@dataclass(frozen=True)
class Intake:
    """Where uploads go.

    Attributes:
        store: Where they are recorded as waiting.
        settings: Where the inbox and the work folder are.
        clock: The present.
        new_secret: A fresh random text, for the name until an upload is whole.
    """

    store: Store
    settings: Settings
    clock: Clock
    new_secret: Callable[[], str]


def register(server: Flask, intake: Intake) -> None:
    """Add the routes; the body is the file, so that it never is in memory."""

    @server.get("/upload", endpoint="upload_allowed")
    def allowed() -> tuple[str, int]:
        return "", 204

    @server.put("/upload")
    def upload() -> AnyResponse:
        request.max_content_length = LARGEST_BYTES
        try:
            said = _taken(intake, request.args.get("name", ""))
        except Refused as error:
            response = jsonify(error=str(error))
            response.status_code = 400
            return response
        return jsonify(said)


def plain_name(given: str) -> str:
    """Return a file name without folders, hidden starts or odd characters.

    Raises:
        Refused: Nothing is left of it.
    """
    name = _PLAIN.sub("_", given.replace("\\", "/").rsplit("/", 1)[-1]).lstrip(". ").strip()[:120]
    if not name:
        raise Refused("The file has no name. Nothing was stored.")
    return name


def _taken(intake: Intake, given_name: str) -> dict[str, object]:
    name = plain_name(given_name)
    inbox, work = intake.settings.inbox_dir, intake.settings.work_dir
    for folder in (inbox, work):
        folder.mkdir(parents=True, exist_ok=True)
    unfinished = work / f"upload-{intake.new_secret()[:16]}.part"
    try:
        sha256, size_bytes = _streamed(unfinished)
        return _recorded(intake, unfinished, _free_name(inbox, name), (sha256, size_bytes))
    finally:
        unfinished.unlink(missing_ok=True)


def _streamed(target: Path) -> tuple[str, int]:
    """Write the body to a file and return its hash and size; bytes are counted as they come."""
    digest, size_bytes = hashlib.sha256(), 0
    room = shutil.disk_usage(target.parent).free - SPARE_BYTES
    with target.open("xb") as written:
        while block := request.stream.read(BLOCK_BYTES):
            size_bytes += len(block)
            if size_bytes > min(LARGEST_BYTES, room):
                raise Refused("The disk has no room for this file. Nothing was stored.")
            digest.update(block)
            written.write(block)
    announced = request.content_length
    if not size_bytes:
        raise Refused("The file is empty. Nothing was stored.")
    if announced is not None and announced != size_bytes:
        raise Refused("The upload broke off. Nothing was stored; send it again.")
    return digest.hexdigest(), size_bytes


def _recorded(
    intake: Intake, unfinished: Path, target: Path, content: tuple[str, int]
) -> dict[str, object]:
    """Record a new content as waiting and move it into the inbox; a known one changes nothing."""
    sha256, size_bytes = content
    by = By(g.caller.name, intake.clock())
    with intake.store.writing() as conn:
        known = file_with_content(conn, sha256)
        if known is not None:
            return {"status": "repeated", "id": known.id, "name": known.name}
        unfinished.rename(target)
        receipt = Receipt(target.name, sha256, size_bytes, str(target))
        number = file_received(conn, receipt, by.at)
        audited(conn, by, Audit("file_uploaded", f"file {number}", after={"name": target.name}))
        version_raised(conn, by.at)
    return {"status": "waiting", "id": number, "name": target.name}


def _free_name(inbox: Path, name: str) -> Path:
    stem, dot, ending = name.partition(".")
    tries = (name, *(f"{stem}-{again}{dot}{ending}" for again in range(2, 1000)))
    return next(inbox / each for each in tries if not (inbox / each).exists())

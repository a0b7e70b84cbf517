"""Why a line of a file has no call to explain: what the store knows of it, in words."""

from sqlalchemy import Connection

from data.domain.line_reasons import IGNORED, WHY
from data.domain.records import FileStatus, RejectionReason
from data.store.queries.files import CdrFile, cdr_file
from data.store.queries.line_ends import Ending, LineEnd, line_end
from data.store.queries.retention import calls_expired_before


def why_no_call(conn: Connection, file_id: int, line: int) -> str:
    """Return why there is no call of a file's line, and what can be done."""
    found = cdr_file(conn, file_id)
    if found is None:
        return f"There is no call {file_id}:{line}: no file has the number {file_id}."
    where = f"Line {line} of file {file_id} ({found.name})"
    of_file = _of_file(found)
    if of_file:
        return f"{where} made no call: {of_file}"
    end = line_end(conn, file_id, line)
    if end is not None:
        return f"{where} made no call: {_of_line(end)}"
    if found.expired_at is not None or calls_expired_before(conn) is not None:
        return f"There is no call {file_id}:{line}; its rows may have expired."
    return (
        f"There is no call {file_id}:{line}: {found.name} has no such line that could be one. "
        "Lines are counted from 1; headers, trailers and blank ones are none."
    )


def _of_file(found: CdrFile) -> str:
    """Return why none of a file's lines is a call; empty: some may be."""
    if found.withdrawn_at is not None:
        return "the file was withdrawn."
    if found.status is FileStatus.ERROR:
        return f"the file is in error. {found.error or ''}".rstrip()
    if found.status is not FileStatus.SUCCESS and found.first_call_at is None:
        return f"the file is {found.status.value}, and not read yet."
    return ""


def _of_line(end: LineEnd) -> str:
    if end.ending is Ending.DUPLICATE:
        if end.call is None:
            return "it repeats one that is kept no more."
        file_id, name, line = end.call
        return f"it repeats call {file_id}:{line}, of {name}."
    rejected = end.ending is Ending.REJECTED
    known = WHY[RejectionReason(end.reason)] if rejected else IGNORED.get(end.reason)
    why = f" ({known})" if known else ""
    return f"it was {end.ending}, {end.reason}{why}."

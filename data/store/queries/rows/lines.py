"""The rows of lines that made no call: rejected, ignored, duplicate.

Of a period: rejected and ignored lines by the day their file was first received, duplicates by
the day of the call that they repeat. Source: PRODUCT.md 3.4.
"""

from sqlalchemy import ColumnElement, Select, Table, and_, func, select

from data.store.queries.conditions import file_kept
from data.store.queries.rows.asked import Asked
from data.store.schema import calls, cdr_files, duplicates, ignored_lines, rejections


def rejection_rows(asked: Asked) -> Select[*tuple[object, ...]]:
    """Return rejected lines with why and how they stood."""
    return (
        select(*rejections.c, cdr_files.c.name.label("file"), cdr_files.c.received_at)
        .join_from(rejections, cdr_files)
        .where(_of_files(asked, rejections))
    )


def reason_rows(asked: Asked) -> Select[*tuple[object, ...]]:
    """Return how many lines were rejected for each reason, and in how many files."""
    return (
        select(
            rejections.c.reason,
            func.count().label("lines"),
            func.count(rejections.c.file_id.distinct()).label("files"),
        )
        .join_from(rejections, cdr_files)
        .where(_of_files(asked, rejections))
        .group_by(rejections.c.reason)
    )


def ignored_rows(asked: Asked) -> Select[*tuple[object, ...]]:
    """Return lines that their profile says are no billable calls."""
    return (
        select(*ignored_lines.c, cdr_files.c.name.label("file"), cdr_files.c.received_at)
        .join_from(ignored_lines, cdr_files)
        .where(_of_files(asked, ignored_lines))
    )


def _of_files(asked: Asked, lines: Table) -> ColumnElement[bool]:
    """Return the condition on lines that count where their file does; withdrawn files do not."""
    file_id = asked.request.file_id
    if file_id is not None:
        return lines.c.file_id == file_id
    return and_(asked.in_period(cdr_files.c.received_at), file_kept(), asked.nobodys())


def duplicate_rows(asked: Asked) -> Select[*tuple[object, ...]]:
    """Return lines that repeat a call, and where that call came from."""
    own = cdr_files.alias("own")
    joined = (
        duplicates.join(cdr_files, cdr_files.c.id == duplicates.c.file_id)
        .outerjoin(
            calls,
            and_(
                calls.c.started_at == duplicates.c.started_at,
                calls.c.call_key == duplicates.c.call_key,
            ),
        )
        .outerjoin(own, own.c.id == calls.c.file_id)
    )
    return (
        select(
            *duplicates.c,
            cdr_files.c.name.label("file"),
            calls.c.calling_number,
            calls.c.called_number,
            own.c.name.label("call_file"),
            calls.c.line.label("call_line"),
        )
        .select_from(joined)
        .where(_of_calls(asked))
    )


def _of_calls(asked: Asked) -> ColumnElement[bool]:
    file_id = asked.request.file_id
    if file_id is not None:
        return duplicates.c.file_id == file_id
    return and_(asked.in_period(duplicates.c.started_at), asked.nobodys())

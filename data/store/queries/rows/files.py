"""The rows of CDR files, their attempts, and deliveries that repeated a known content."""

from sqlalchemy import ColumnElement, Select, and_, select, true

from data.domain.panels import Scope
from data.domain.records import FileStatus
from data.store.queries.conditions import (
    file_failed,
    file_in_hand,
    file_processed,
    file_succeeded,
)
from data.store.queries.rows.asked import Asked
from data.store.schema import cdr_files, deliveries, file_attempts, sources


def file_rows(asked: Asked) -> Select[*tuple[object, ...]]:
    """Return the CDR files; a period is that of their first processing."""
    return (
        select(*cdr_files.c, sources.c.name.label("source"))
        .select_from(cdr_files.outerjoin(sources, sources.c.id == cdr_files.c.source_id))
        .where(_file_cut(asked), asked.in_period(cdr_files.c.first_processed_at))
    )


def _file_cut(asked: Asked) -> ColumnElement[bool]:
    succeeded = cdr_files.c.status == FileStatus.SUCCESS
    failed = cdr_files.c.status == FileStatus.ERROR
    cuts = {
        Scope.SUCCESS: file_succeeded(),
        Scope.WITH_REJECTIONS: and_(file_succeeded(), cdr_files.c.rejected > 0),
        Scope.ERROR: file_failed(),
        Scope.WAITING: file_in_hand(),
        Scope.PROCESSED: file_processed(),
        Scope.PROCESSED_SUCCESS: and_(file_processed(), succeeded),
        Scope.PROCESSED_ERROR: and_(file_processed(), failed),
        Scope.DISMISSED: cdr_files.c.dismissed_at.is_not(None),
        Scope.WITHDRAWN: cdr_files.c.withdrawn_at.is_not(None),
    }
    return cuts.get(asked.request.scope, true())


def attempt_rows(asked: Asked) -> Select[*tuple[object, ...]]:
    """Return the attempts at processing one file."""
    return (
        select(*file_attempts.c, cdr_files.c.name.label("file"))
        .join_from(file_attempts, cdr_files)
        .where(file_attempts.c.file_id == asked.request.file_id)
    )


def delivery_rows(asked: Asked) -> Select[*tuple[object, ...]]:
    """Return the deliveries that repeated a known content, of one file or of all."""
    file_id = asked.request.file_id
    return (
        select(*deliveries.c, cdr_files.c.name.label("file"), sources.c.name.label("source"))
        .select_from(
            deliveries.join(cdr_files, cdr_files.c.id == deliveries.c.file_id).outerjoin(
                sources, sources.c.id == cdr_files.c.source_id
            )
        )
        .where(true() if file_id is None else deliveries.c.file_id == file_id)
    )

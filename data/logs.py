"""What is logged and how: one line per event to stderr, without numbers, secrets or line breaks."""

import logging
import sys
from collections.abc import Mapping, MutableMapping
from typing import Any, TextIO

import structlog
from structlog.typing import Processor

from data.domain.masking import (
    HIDDEN,
    masked_number,
    masked_text,
    names_phone_number,
    names_secret,
    without_secrets,
)

Event = MutableMapping[str, Any]


def logs_to_stderr(level: str = "INFO", stream: TextIO | None = None) -> None:
    """Send every log of this process, libraries' too, to stderr in the house's form.

    On a terminal a line is key=value, else it is JSON. At INFO and above phone numbers keep their
    last digits only; secrets are never written at any level.

    Args:
        level: The least severe level that is written.
        stream: Where to instead of stderr.
    """
    out = stream or sys.stderr
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            *_shared(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(out)
    handler.setFormatter(_formatter(terminal=out.isatty()))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    logging.getLogger("alembic").setLevel(logging.WARNING)  # else it speaks at every opening
    logging.captureWarnings(capture=True)


def _shared() -> list[Processor]:
    return [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
        structlog.processors.StackInfoRenderer(),
        structlog.processors.format_exc_info,
    ]


def _formatter(*, terminal: bool) -> logging.Formatter:
    form: list[Processor] = [structlog.processors.JSONRenderer(default=str)]
    if terminal:
        form = [
            on_one_line,
            structlog.processors.LogfmtRenderer(key_order=["at", "level", "event"]),
        ]
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=_shared(),
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, safe, *form],
    )


def safe(_logger: object, _method: str, event: Event) -> Event:
    """Take secrets out of an event, and from INFO up the readable part of phone numbers."""
    level = logging.getLevelNamesMapping().get(str(event.get("level", "")).upper(), logging.INFO)
    for key, value in event.items():
        event[key] = _safe_value(key, value, masking=level >= logging.INFO and key != "at")
    return event


def _safe_value(key: str, value: object, *, masking: bool) -> object:
    if names_secret(key):
        return HIDDEN
    if masking and names_phone_number(key):
        return masked_number(str(value))
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, Mapping):
        return {str(k): _safe_value(str(k), v, masking=masking) for k, v in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_safe_value(key, part, masking=masking) for part in value]
    text = without_secrets(str(value))
    return masked_text(text) if masking else text


def on_one_line(_logger: object, _method: str, event: Event) -> Event:
    """Escape what would break the line or steer the terminal; JSON does so by itself."""
    for key, value in event.items():
        if isinstance(value, str):
            event[key] = "".join(map(_visible, value))
    return event


def _visible(character: str) -> str:
    if character.isprintable():
        return character
    return character.encode("unicode_escape").decode("ascii")

"""Logs of programs that mostly have none: what writes them loads with the first line."""

import logging
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # whoever heeds settings has them loaded
    from data.settings import Settings


class _Late(logging.Handler):
    """Has the first record written by what it loads, and every later one."""

    def __init__(self, level: str) -> None:
        super().__init__()
        self.least = level

    def emit(self, record: logging.LogRecord) -> None:
        from data.logs import logs_to_stderr  # noqa: PLC0415  heavy: seldom needed

        logs_to_stderr(self.least)
        logging.getLogger().handle(record)


def logs_to_stderr_when_there_are_any(level: str) -> None:
    """Send every log of this process to stderr, as `data.logs` does from the first one on.

    Args:
        level: The least severe level that is written.
    """
    root = logging.getLogger()
    root.handlers[:] = [_Late(level)]
    root.setLevel(level)
    logging.captureWarnings(capture=True)


def heeding(settings: "Settings") -> "Settings":
    """Have logs be as severe from now on as the settings say, where they say; return them."""
    if "log_level" in settings.model_fields_set:
        root = logging.getLogger()
        root.setLevel(settings.log_level)
        for handler in root.handlers:
            if isinstance(handler, _Late):
                handler.least = settings.log_level
    return settings

"""Telling failed and late files outside the page, after a run."""

from ingest.context import Ingest


def told_outside(ingest: Ingest) -> None:
    """Tell what was not told yet where the settings name somebody; a run never fails by it."""
    if ingest.settings.alerts_leave:
        from data.alerting import alerts_told  # noqa: PLC0415  most runs tell nobody

        alerts_told(ingest.store, ingest.settings, ingest.clock)

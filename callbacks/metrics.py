"""The operator's figures as Prometheus text."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from prometheus_client import CollectorRegistry, Metric, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from data.domain.operation import OperatingFigures

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


def metrics_text(figures: OperatingFigures, request_times: Iterable[Metric] = ()) -> str:
    """Return the figures of a moment, and the answer times of all web processes."""
    registry = CollectorRegistry()
    registry.register(_Families([*_families(figures), *request_times]))
    return generate_latest(registry).decode()


class _Families(Collector):
    """Gives a registry metrics that are made already."""

    def __init__(self, families: list[Metric]) -> None:
        self._families = families

    def collect(self) -> Iterable[Metric]:
        return self._families


def _families(figures: OperatingFigures) -> Iterator[Metric]:
    yield _files(figures)
    yield _lines(figures)
    yield from _sources(figures)
    yield from _ages(figures)
    yield GaugeMetricFamily(
        "tollboard_data_version", "Raised by every change of the data.", value=figures.version
    )
    yield GaugeMetricFamily(
        "tollboard_kept_bytes", "Bytes of the CDR files kept, as stored.", value=figures.kept_bytes
    )


def _files(figures: OperatingFigures) -> Metric:
    family = GaugeMetricFamily(
        "tollboard_files",
        "CDR files by state; dismissed and withdrawn ones left out.",
        labels=["state"],
    )
    for status, number in figures.files:
        family.add_metric([status.value], number)
    return family


def _lines(figures: OperatingFigures) -> Metric:
    # A gauge: processing a file again or withdrawing it may take lines away.
    family = GaugeMetricFamily(
        "tollboard_lines", "Lines of the CDR files by outcome.", labels=["outcome"]
    )
    for outcome in ("loaded", "rejected", "duplicate", "ignored"):
        family.add_metric([outcome], getattr(figures.lines, outcome))
    return family


def _sources(figures: OperatingFigures) -> Iterator[Metric]:
    lag = GaugeMetricFamily(
        "tollboard_source_lag_seconds",
        "Since a source's newest file was received.",
        labels=["source"],
    )
    late = GaugeMetricFamily(
        "tollboard_source_late", "1 when a source should have delivered by now.", labels=["source"]
    )
    for source in figures.lags:
        lag.add_metric([source.source], source.lag.total_seconds())
        late.add_metric([source.source], int(source.late))
    yield lag
    yield late


def _ages(figures: OperatingFigures) -> Iterator[Metric]:
    moments: tuple[tuple[str, str, datetime | None], ...] = (
        (
            "tollboard_newest_call_age_seconds",
            "Since the newest call began.",
            figures.newest_call_at,
        ),
        ("tollboard_data_age_seconds", "Since the data last changed.", figures.changed_at),
        (
            "tollboard_oldest_waiting_age_seconds",
            "Since the oldest waiting file was received; 0 when none waits.",
            figures.oldest_waiting_at or figures.as_of,
        ),
    )
    for name, meaning, moment in moments:
        family = GaugeMetricFamily(name, meaning)
        if moment is not None:  # nothing is not zero: without data there is no age
            family.add_metric([], (figures.as_of - moment).total_seconds())
        yield family

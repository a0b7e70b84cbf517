import re
from datetime import UTC, datetime, timedelta

from callbacks.metrics import metrics_text
from data.domain.operation import OperatingFigures, SourceLag
from data.domain.records import FileStatus, LineCounts

NOW = datetime(2026, 6, 15, 12, 0, tzinfo=UTC)

FIGURES = OperatingFigures(
    as_of=NOW,
    files=((FileStatus.WAITING, 2), (FileStatus.ERROR, 1)),
    lines=LineCounts(loaded=10, rejected=3, duplicate=2, ignored=1),
    lags=(SourceLag('sbc "west"', timedelta(minutes=5), late=True),),
    newest_call_at=NOW - timedelta(hours=1),
    oldest_waiting_at=NOW - timedelta(seconds=30),
    changed_at=NOW - timedelta(seconds=2),
    version=7,
    kept_bytes=1000,
)

SAMPLES = r"""
tollboard_files{state="waiting"} 2.0
tollboard_files{state="error"} 1.0
tollboard_lines{outcome="loaded"} 10.0
tollboard_lines{outcome="rejected"} 3.0
tollboard_lines{outcome="duplicate"} 2.0
tollboard_lines{outcome="ignored"} 1.0
tollboard_source_lag_seconds{source="sbc \"west\""} 300.0
tollboard_source_late{source="sbc \"west\""} 1.0
tollboard_newest_call_age_seconds 3600.0
tollboard_data_age_seconds 2.0
tollboard_oldest_waiting_age_seconds 30.0
tollboard_data_version 7.0
tollboard_kept_bytes 1000.0
""".strip()


def samples(text):
    return "\n".join(line for line in text.splitlines() if not line.startswith("#"))


def test_the_figures_are_prometheus_text():
    text = metrics_text(FIGURES)

    assert samples(text) == SAMPLES
    assert set(re.findall(r"# TYPE \w+ (\w+)", text)) == {"gauge"}
    assert text.count("# HELP") == text.count("# TYPE")


def test_an_empty_store_has_no_ages_rather_than_zeros():
    empty = OperatingFigures(NOW, (), LineCounts(), (), None, None, None, 0, 0)

    text = samples(metrics_text(empty))

    assert "newest_call_age" not in text
    assert "data_age" not in text
    assert "tollboard_oldest_waiting_age_seconds 0.0" in text

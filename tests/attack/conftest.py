"""What attacks share: a target, how long they go on, the figures that are printed at the end."""

from collections.abc import Iterator

import pytest

from data.settings import Settings
from tests.attacking import Target, furnished
from tests.conftest import NOW
from tests.founding import just_founded

FIGURES: list[tuple[str, str, int, int]] = []


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--full", action="store_true", help="attack at full length")


def pytest_terminal_summary(terminalreporter) -> None:
    """Print each attack with how often it was tried and how often it got through."""
    if not FIGURES:
        return
    terminalreporter.section("attacks: tried, got through")
    for row, what, tried, through in sorted(FIGURES):
        terminalreporter.line(f"{row:4} {what:64} {tried:>7,} {through:>4}")
    bypasses = sum(through for *_, through in FIGURES)
    terminalreporter.line(f"{len(FIGURES)} attacks, {bypasses} got through")


@pytest.fixture(scope="session")
def full(pytestconfig: pytest.Config) -> bool:
    """Whether to attack at full length rather than in the form that every test run affords."""
    return bool(pytestconfig.getoption("--full", default=False))


@pytest.fixture(scope="session")
def figure():
    """Records an attack: its row, what it is, how often it was tried, what got through."""

    def recorded(row: str, what: str, tried: int, through: list[object]) -> None:
        FIGURES.append((row, what, tried, len(through)))
        assert tried > 0
        assert through == []

    return recorded


def a_target(folder, **chosen) -> Iterator[Target]:
    settings = Settings(var=folder / "var", settle_s=0, _env_file=None, **chosen)
    store = just_founded(settings, NOW)
    furnished(store, NOW)
    yield Target(settings, store, NOW)
    store.close()


@pytest.fixture(scope="module")
def target(tmp_path_factory) -> Iterator[Target]:
    """A page that the tests of a module share: none of them gets anything changed."""
    yield from a_target(tmp_path_factory.mktemp("target"))


@pytest.fixture
def fresh(tmp_path) -> Iterator[Target]:
    """A page of a test's own."""
    yield from a_target(tmp_path)

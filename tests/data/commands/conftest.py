"""Commands as a person types them, in this process."""

import pytest
from typer.testing import CliRunner

from data.__main__ import app
from data.commands.context import Context


@pytest.fixture
def run(store, settings, now):
    """Return a function that runs one command and returns what it printed."""

    assert store.url.database  # it is there before any command

    def ran(*words):
        given = Context(lambda: now, lambda: settings, "analyst", lambda: "a secret of nobody")
        result = CliRunner().invoke(app, [str(word) for word in words], obj=given)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result.exit_code, result.output

    return ran


@pytest.fixture
def says(run):
    """Return a function that runs one command, which must succeed, and returns what it printed."""

    def said(*words):
        code, output = run(*words)
        assert code == 0, output
        return output

    return said

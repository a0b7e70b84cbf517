"""The command that sends the day's summary."""

import pytest
from typer.testing import CliRunner

from data.__main__ import app
from data.commands.context import Context
from data.domain.errors import NotSent
from tests.mail_servers import Postbox, listening


@pytest.fixture
def run(store, settings, now):
    del store  # only that there is one

    def invoke(*words, **given):
        told = settings.model_copy(update=given)
        context = Context(lambda: now, lambda: told, "operator")
        return CliRunner().invoke(app, ["mail-summary", *words], obj=context)

    return invoke


@pytest.fixture
def postbox():
    with listening(Postbox()) as listens:
        yield listens


@pytest.fixture
def mail_settings(postbox):
    return {
        "smtp_host": "127.0.0.1",
        "smtp_port": postbox.port,
        "smtp_starttls": False,
        "smtp_from": "tollboard@example.com",
    }


def test_the_summary_arrives_at_those_whom_the_settings_name(run, postbox, mail_settings):
    done = run(summary_to="anna@example.com, ben@example.com", **mail_settings)

    (mail,) = postbox.mails
    assert done.exit_code == 0
    assert "Sent to anna@example.com, ben@example.com" in done.output
    assert mail["Subject"] == "My company, 15 June 2026: nothing needs you today"
    assert [file.get_filename() for file in mail.iter_attachments()] == [
        "tollboard-2026-06-15.xlsx"
    ]


def test_those_on_the_command_line_get_it_instead(run, postbox, mail_settings):
    run(
        "--to",
        "eva@example.com",
        "--to",
        "kim@example.com",
        summary_to="a@example.com",
        **mail_settings,
    )

    assert postbox.envelopes[0].rcpt_tos == ["eva@example.com", "kim@example.com"]


def test_it_is_printed_where_that_is_asked_and_nothing_is_sent(run, postbox, mail_settings):
    printed = run("--print", summary_to="anna@example.com", **mail_settings)

    assert "Unpaid invoices" in printed.output
    assert postbox.envelopes == []


@pytest.mark.parametrize(
    ("given", "told"),
    [({}, "TOLLBOARD_SUMMARY_TO"), ({"summary_to": "a@example.com"}, "TOLLBOARD_SMTP_HOST")],
)
def test_what_is_not_set_is_told(run, given, told):
    failed = run(**given)

    assert isinstance(failed.exception, NotSent)
    assert told in str(failed.exception)

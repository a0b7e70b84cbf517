"""What leaves by mail and webhook is set whole, or refused before anything is sent."""

import pytest

from data.domain.errors import SettingsError
from data.settings import Settings

SECRET = "s" * 24


@pytest.fixture
def read(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)

    def settings(**values):
        for name, value in values.items():
            monkeypatch.setenv(f"TOLLBOARD_{name.upper()}", value)
        return Settings.read()

    return settings


def test_nothing_is_sent_unless_it_is_set(read):
    settings = read()

    assert settings.smtp_host == ""
    assert settings.alert_webhook_url == ""


@pytest.mark.parametrize(
    ("values", "told"),
    [
        pytest.param({"summary_to": "nobody"}, "SUMMARY_TO", id="no-at-sign"),
        pytest.param(
            {"page_url": "https://example.com/tollboard"}, "below a path", id="page-below-a-path"
        ),
        pytest.param({"summary_to": "a@b.example\n,Bcc:x@y.example"}, "SUMMARY_TO", id="break"),
        pytest.param({"alert_to": "a@b.example"}, "SMTP_HOST", id="no-server"),
        pytest.param({"smtp_host": "mail.example"}, "SMTP_FROM", id="no-sender"),
        pytest.param(
            {
                "smtp_host": "mail.example",
                "smtp_from": "a@b.example",
                "smtp_user": "u",
                "smtp_starttls": "false",
            },
            "in clear",
            id="password-in-clear",
        ),
        pytest.param({"alert_webhook_url": "https://x.example/"}, "SECRET", id="unsigned"),
        pytest.param(
            {"alert_webhook_url": "http://x.example/", "alert_webhook_secret": SECRET},
            "https",
            id="webhook-in-clear",
        ),
        pytest.param(
            {"alert_webhook_url": "file:///etc/passwd", "alert_webhook_secret": SECRET},
            "ALERT_WEBHOOK_URL",
            id="no-web-address",
        ),
        pytest.param({"alert_webhook_secret": "short"}, "24 characters", id="short-secret"),
        pytest.param(
            {"alert_webhook_secret": f"whsec_{SECRET}!"}, "not base64", id="damaged-secret"
        ),
        pytest.param({"page_url": "javascript:alert(1)"}, "PAGE_URL", id="script"),
    ],
)
def test_what_could_not_be_sent_safely_is_refused(read, values, told):
    with pytest.raises(SettingsError, match=told):
        read(**values)


@pytest.mark.parametrize("port", ["465", "587"])
def test_a_login_over_an_encrypted_line_is_taken(read, port):
    settings = read(
        smtp_host="mail.example", smtp_from="a@b.example", smtp_user="u", smtp_port=port
    )

    assert settings.smtp_port == int(port)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]"])
def test_a_webhook_on_this_machine_may_go_in_clear(read, host):
    url = f"http://{host}:8000/hook"

    assert read(alert_webhook_url=url, alert_webhook_secret=SECRET).alert_webhook_url == url

"""The settings of what leaves by mail and webhook."""

from base64 import b64decode
from email.headerregistry import Address
from ipaddress import ip_address
from typing import Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings

TLS_FROM_THE_START = 465
"""Source: RFC 8314, 3.3: submission over implicit TLS."""
MARKS_BASE64 = "whsec_"
SHORTEST_WEBHOOK_SECRET = 24
"""Source: Standard Webhooks 1.0: 24 bytes or more."""


class SendingSettings(BaseSettings):
    """Where mail and alerts go; nothing is sent unless it is set."""

    smtp_host: str = Field("", description="Mail server; empty: no mail is sent.")
    smtp_port: int = Field(
        587, ge=1, le=65535, description="Its port; 465 is encrypted from the start."
    )
    smtp_user: str = Field("", description="Login at the mail server; empty: none.")
    smtp_password: SecretStr | None = Field(None, description="Password of that login.")
    smtp_starttls: bool = Field(
        default=True,
        description="Encrypt before anything is said; a server that cannot is refused.",
    )
    smtp_from: str = Field("", description="Address that mail comes from.")
    summary_to: str = Field(
        "", description="Who gets the daily summary; addresses apart by commas."
    )
    alert_to: str = Field(
        "", description="Who is told at once of failed and late files; addresses apart by commas."
    )
    alert_webhook_url: str = Field(
        "", description="Where the same goes as JSON by POST: https, or http on loopback."
    )
    alert_webhook_secret: SecretStr | None = Field(
        None, description="Signs what the webhook gets; 24 characters or more."
    )
    page_url: str = Field(
        "", description="Address of the page as people reach it; mails link to it."
    )

    @field_validator("smtp_from", "summary_to", "alert_to")
    @classmethod
    def _addresses(cls, text: str) -> str:
        for address in addresses(text):
            _check_address(address)
        return text

    @field_validator("alert_webhook_url")
    @classmethod
    def _web_address(cls, url: str) -> str:
        if url and not _is_web_address(url):
            raise ValueError("is not an address like https://example.com/path")
        return url

    @field_validator("page_url")
    @classmethod
    def _whole_site(cls, url: str) -> str:
        if not url:
            return url
        if not _is_web_address(url):
            raise ValueError("is not an address like https://example.com")
        if url.rstrip("/") != _origin_of(url):
            raise ValueError(
                "has more than a name and a port; the page is a site of its own, such as "
                "https://calls.example.com, and cannot live below a path of another one"
            )
        return url

    @field_validator("alert_webhook_secret")
    @classmethod
    def _long_enough(cls, secret: SecretStr | None) -> SecretStr | None:
        if secret is not None and len(secret.get_secret_value()) < SHORTEST_WEBHOOK_SECRET:
            raise ValueError(f"is shorter than {SHORTEST_WEBHOOK_SECRET} characters")
        if secret is not None:
            signing_key(secret.get_secret_value())
        return secret

    @model_validator(mode="after")
    def _mail_is_whole(self) -> Self:
        if self.smtp_host and len(addresses(self.smtp_from)) != 1:
            raise ValueError("TOLLBOARD_SMTP_FROM must be one address when TOLLBOARD_SMTP_HOST is")
        if self.alert_to and not self.smtp_host:
            raise ValueError("TOLLBOARD_ALERT_TO needs TOLLBOARD_SMTP_HOST to send by")
        if self.smtp_user and not (self._mail_is_encrypted or is_loopback(self.smtp_host)):
            raise ValueError(
                "TOLLBOARD_SMTP_USER would cross the network in clear; set TOLLBOARD_SMTP_STARTTLS"
            )
        return self

    @model_validator(mode="after")
    def _webhook_is_whole(self) -> Self:
        if not self.alert_webhook_url:
            return self
        if self.alert_webhook_secret is None:
            raise ValueError(
                "TOLLBOARD_ALERT_WEBHOOK_SECRET must be set with TOLLBOARD_ALERT_WEBHOOK_URL; "
                "make one with: python -c 'import secrets; print(secrets.token_urlsafe(32))'"
            )
        where = urlsplit(self.alert_webhook_url)
        if where.scheme != "https" and not is_loopback(where.hostname or ""):
            raise ValueError("TOLLBOARD_ALERT_WEBHOOK_URL must be https beyond this machine")
        return self

    @property
    def alerts_leave(self) -> bool:
        """Somebody is to be told of failed and late files at once."""
        return bool(self.alert_to or self.alert_webhook_url)

    @property
    def _mail_is_encrypted(self) -> bool:
        return self.smtp_starttls or self.smtp_port == TLS_FROM_THE_START


def addresses(text: str) -> tuple[str, ...]:
    """Return the mail addresses of a text, apart by commas."""
    return tuple(part.strip() for part in text.split(",") if part.strip())


def signing_key(secret: str) -> bytes:
    """Return the key that a webhook's secret stands for.

    Source: Standard Webhooks 1.0: a secret that begins with whsec_ is base64.

    Raises:
        ValueError: It begins so and is none.
    """
    if not secret.startswith(MARKS_BASE64):
        return secret.encode()
    try:
        return b64decode(secret.removeprefix(MARKS_BASE64), validate=True)
    except ValueError:
        raise ValueError(f"begins with {MARKS_BASE64} and is not base64 after it") from None


def is_loopback(host: str) -> bool:
    """Tell whether a host name or address is this machine."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _check_address(text: str) -> None:
    try:
        address = Address(addr_spec=text)
    except (ValueError, IndexError) as error:
        raise ValueError(f"{text!r} is not a mail address ({error})") from None
    if not (address.username and address.domain) or not text.isprintable():
        raise ValueError(f"{text!r} is not a mail address like someone@example.com")


def _origin_of(url: str) -> str:
    """Return the scheme, name and port of an address, which is all that a site has."""
    return "{0.scheme}://{0.netloc}".format(urlsplit(url))


def _is_web_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in {"http", "https"} and bool(parts.hostname) and url.isprintable()
    except ValueError:
        return False

"""Handing a mail to the mail server that the settings name."""

import smtplib
import ssl
from dataclasses import dataclass, field
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime
from hashlib import sha256

from data.documents.deadline import within_deadline
from data.documents.wording import one_line
from data.domain.errors import NotSent
from data.settings_sending import TLS_FROM_THE_START, SendingSettings

TIMEOUT_S = 30


@dataclass(frozen=True)
class MailServer:
    """Where mail is handed in.

    Attributes:
        host: Its name or address.
        port: 465 is encrypted from the start.
        sender: The address that mail comes from.
        user: Login; empty: none.
        password: Of that login.
        starttls: Encrypt before anything is said; a server that cannot is refused.
    """

    host: str
    port: int
    sender: str
    user: str = ""
    password: str = field(default="", repr=False)
    starttls: bool = True


@dataclass(frozen=True)
class Attachment:
    """A file that goes with a mail."""

    name: str
    content: bytes
    media_type: str


@dataclass(frozen=True)
class Letter:
    """A mail before it has a sender.

    Attributes:
        to: Addresses; never none.
        subject: One line.
        text: For readers that show no HTML.
        html: The same as a page.
        attachments: Files that go with it.
    """

    to: tuple[str, ...]
    subject: str
    text: str
    html: str
    attachments: tuple[Attachment, ...] = ()


def mail_server(settings: SendingSettings) -> MailServer:
    """Return the mail server of the settings.

    Raises:
        NotSent: None is set.
    """
    if not settings.smtp_host:
        raise NotSent("No mail server is set. Set TOLLBOARD_SMTP_HOST and TOLLBOARD_SMTP_FROM.")
    password = settings.smtp_password
    return MailServer(
        host=settings.smtp_host,
        port=settings.smtp_port,
        sender=settings.smtp_from.strip(),
        user=settings.smtp_user,
        password=password.get_secret_value() if password else "",
        starttls=settings.smtp_starttls,
    )


def message(letter: Letter, sender: str, now: datetime, identity: str) -> EmailMessage:
    """Return a letter as it is sent.

    Args:
        letter: What is said to whom.
        sender: The address that it comes from.
        now: The instant that it bears.
        identity: What makes it this letter: the same again has the same Message-ID, so that a
            mail that was sent twice is seen to be one.
    """
    mail = EmailMessage()
    mail["From"] = sender
    mail["To"] = ", ".join(letter.to)
    mail["Subject"] = one_line(letter.subject)
    mail["Date"] = format_datetime(now)
    digest = sha256(f"{identity}\n{mail['To']}".encode()).hexdigest()[:32]
    mail["Message-ID"] = f"<{digest}@{sender.rpartition('@')[2]}>"
    mail["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office answers, please
    mail.set_content(letter.text)
    mail.add_alternative(letter.html, subtype="html")
    for file in letter.attachments:
        main, _, sub = file.media_type.partition("/")
        mail.add_attachment(file.content, maintype=main, subtype=sub, filename=file.name)
    return mail


def mailed(server: MailServer, mail: EmailMessage) -> None:
    """Hand a mail in, within a minute.

    Raises:
        NotSent: The server cannot be reached, or did not take it for every receiver.
    """
    within_deadline(lambda: _handed_in(server, mail), f"{server.host}:{server.port}")


def _handed_in(server: MailServer, mail: EmailMessage) -> None:
    try:
        with _connection(server) as smtp:
            if server.user:
                smtp.login(server.user, server.password)
            refused = smtp.send_message(mail)
    except (smtplib.SMTPException, OSError, UnicodeError) as error:
        raise NotSent(
            f"{server.host}:{server.port} did not take the mail {mail['Subject']!r} ({error}). "
            "Check the TOLLBOARD_SMTP settings."
        ) from error
    if refused:
        raise NotSent(f"{server.host} took the mail for some, but not for {', '.join(refused)}.")


def _connection(server: MailServer) -> smtplib.SMTP:
    """Return a connection, encrypted where that is asked for: it is never left out silently."""
    own_name = server.sender.rpartition("@")[2]
    secure = ssl.create_default_context()
    if server.port == TLS_FROM_THE_START:
        return smtplib.SMTP_SSL(
            server.host, server.port, own_name, timeout=TIMEOUT_S, context=secure
        )
    smtp = smtplib.SMTP(server.host, server.port, own_name, timeout=TIMEOUT_S)
    if server.starttls:
        try:
            smtp.starttls(context=secure)
        except (smtplib.SMTPException, OSError):
            smtp.close()
            raise
    return smtp

"""Telling failed and late files outside the page: claimed, sent, remembered."""

import logging
from collections.abc import Callable, Sequence
from datetime import datetime

from data.documents.alert_text import Occasion, alert_body, alert_letter, identity
from data.documents.mail import mail_server, mailed, message
from data.documents.webhook import Webhook, posted
from data.domain.alerts import Alert, Channel
from data.domain.errors import BillingError, NotSent
from data.settings import Settings
from data.settings_sending import addresses
from data.store.connect import Store
from data.store.queries.alerts import alerts_untold
from data.store.queries.tenant import the_tenant
from data.store.writes.alerts import alerts_claimed, alerts_released, alerts_sent

log = logging.getLogger(__name__)

Clock = Callable[[], datetime]


def alerts_told(store: Store, settings: Settings, clock: Clock) -> None:
    """Tell what no channel of the settings was told yet; each alert once on each channel.

    Never raises for what can go wrong outside: that is logged, and the next call tries again. A
    process that dies between sending and remembering leads to a second message with the same id.
    """
    channels = {
        Channel.MAIL: bool(settings.alert_to),
        Channel.WEBHOOK: bool(settings.alert_webhook_url),
    }
    for channel in (channel for channel, wanted in channels.items() if wanted):
        try:
            _told(store, settings, channel, clock)
        except BillingError as error:
            log.warning("alerts did not leave by %s, the next run tries again: %s", channel, error)


def _told(store: Store, settings: Settings, channel: Channel, clock: Clock) -> None:
    now = clock()
    with store.snapshot() as conn:  # nearly always there is nothing: the write lock is left alone
        if not alerts_untold(conn, channel, now):
            return
        tenant = the_tenant(conn)
    occasion = Occasion(tenant.name, tenant.zone, settings.page_url)
    with store.writing() as conn:
        found = alerts_claimed(conn, channel, now)
    if not found:
        return
    try:
        _sent(settings, channel, found, (occasion, now))
    except NotSent:
        with store.writing() as conn:
            alerts_released(conn, channel, found)
        raise
    with store.writing() as conn:
        alerts_sent(conn, channel, found, clock())


def _sent(
    settings: Settings, channel: Channel, found: Sequence[Alert], told: tuple[Occasion, datetime]
) -> None:
    occasion, now = told
    if channel is Channel.MAIL:
        server = mail_server(settings)
        letter = alert_letter(found, addresses(settings.alert_to), occasion)
        mailed(server, message(letter, server.sender, now, identity(found)))
        return
    secret = settings.alert_webhook_secret
    if secret is None:
        raise NotSent("TOLLBOARD_ALERT_WEBHOOK_SECRET is not set.")
    webhook = Webhook(settings.alert_webhook_url, secret.get_secret_value())
    posted(webhook, identity(found), now, alert_body(found, occasion))

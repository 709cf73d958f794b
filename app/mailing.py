"""Reports by mail: one page that needs nothing from outside, handed to a mail server over TLS."""

import hashlib
import logging
import smtplib
import ssl
from collections.abc import Mapping, Sequence
from email.message import EmailMessage
from email.utils import format_datetime
from urllib.parse import urlsplit

from app import report_page
from core import report_words as words
from core.errors import Misconfigured, RetryLater
from core.mention import Mention
from core.report import Image
from core.settings import Environment, Settings
from core.store.reports import Told
from core.tongue import speaking

TIMEOUT_SECONDS = 20.0
TLS_PORT = 465

log = logging.getLogger("sunwai.mail")


def send(
    settings: Settings,
    environment: Environment,
    told: Told,
    images: Sequence[Image],
    said: Mapping[str, Mention],
    *,
    trusted: ssl.SSLContext | None = None,
) -> None:
    """Mail a report to all of `marketing.mail_to`, as one message. `trusted` is for a server of one's own.

    Raises RetryLater when the server is busy or away, Misconfigured when it refuses us. An address that it refuses while it
    takes others is logged: those have the mail now.
    """
    table = settings.marketing
    with speaking(settings.language_of(told.report.audience)):
        mail = letter(settings, told, images, said)
    context = trusted or ssl.create_default_context()
    try:
        if table.smtp_port == TLS_PORT:
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                table.smtp_host, table.smtp_port, timeout=TIMEOUT_SECONDS, context=context
            )
        else:
            server = smtplib.SMTP(table.smtp_host, table.smtp_port, timeout=TIMEOUT_SECONDS)
        with server:
            if table.smtp_port != TLS_PORT:
                server.starttls(context=context)
            if table.smtp_user:
                password = environment.need(
                    "SUNWAI_SMTP_PASSWORD", f"{table.smtp_user} logs in at {table.smtp_host} with it"
                )
                server.login(table.smtp_user, password.get_secret_value())
            for refused in server.send_message(mail):
                log.warning("The mail server %s refuses %s: correct marketing.mail_to.", table.smtp_host, refused)
    except smtplib.SMTPAuthenticationError:
        raise Misconfigured(
            f"The mail server {table.smtp_host} does not take SUNWAI_SMTP_PASSWORD for {table.smtp_user}: correct either."
        ) from None
    except smtplib.SMTPNotSupportedError:
        raise Misconfigured(
            f"The mail server {table.smtp_host} speaks no TLS on port {table.smtp_port}: name another smtp_port."
        ) from None
    except (smtplib.SMTPSenderRefused, smtplib.SMTPRecipientsRefused) as refused:
        whom = "mail_from" if isinstance(refused, smtplib.SMTPSenderRefused) else "mail_to"
        raise Misconfigured(f"The mail server {table.smtp_host} refuses marketing.{whom}: correct it.") from None
    except ssl.SSLError:
        raise Misconfigured(
            f"The mail server {table.smtp_host} has no certificate that we trust: see SSL_CERT_FILE."
        ) from None
    except (OSError, smtplib.SMTPException) as trouble:
        raise RetryLater(f"The mail server {table.smtp_host} did not take a mail ({type(trouble).__name__}).") from None


def letter(settings: Settings, told: Told, images: Sequence[Image], said: Mapping[str, Mention]) -> EmailMessage:
    """The mail itself: plain words, the page, and its charts as parts of it, which every mail program shows.

    Its Message-ID is the report's own, however often it is sent.
    """
    table, made = settings.marketing, told.report
    brand = settings.brands[made.brand].name if made.brand in settings.brands else made.brand
    mail = EmailMessage()
    mail["Subject"] = words.title(made, brand)
    mail["From"] = table.mail_from
    mail["To"] = ", ".join(table.mail_to)
    mail["Date"] = format_datetime(told.made_at)
    domain = urlsplit(f"//{table.mail_from.rpartition('@')[2].rstrip('> ')}").hostname or "sunwai"
    mail["Message-ID"] = f"<{hashlib.sha256(made.key.encode()).hexdigest()[:32]}@{domain}>"
    mail["Auto-Submitted"] = "auto-generated"
    address = f"{settings.dashboard_address}/reports/{told.id}"
    mail.set_content(report_page.plain(made, brand, said, address))
    sources = {image.name: f"cid:{image.name}@sunwai" for image in images}
    mail.add_alternative(report_page.html(made, brand, said, images, address, sources), subtype="html")
    page = mail.get_payload(1)
    assert isinstance(page, EmailMessage)  # noqa: S101 - just made
    for image in images:
        page.add_related(
            image.png, "image", "png", cid=f"<{image.name}@sunwai>", filename=f"{image.name}.png", disposition="inline"
        )
    return mail

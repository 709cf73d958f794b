"""Marketing is told what changed and why: reports, alerts, mails; each once, and nothing by chance."""

import random
import signal
import socket
import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from functools import partial
from ipaddress import ip_address
from pathlib import Path
from typing import Any, cast

import msgspec
import pytest
from sqlalchemy import update

from analysis.rollup import rollup
from app import mailing, marketing, report, report_page
from app.housekeeping import housekeeping
from core.assessment import Priority, Sentiment, Urgency
from core.errors import Misconfigured, RetryLater
from core.mention import Author, BrandQuery, Cursor, Heard, Mention, Metrics, Page
from core.report import Image, Number, Report, Voice
from core.settings import Environment, Settings, parse
from core.store import Store, assessments, erasure, mentions, outbox, reports
from core.store.schema import outbox as outbox_rows
from tests.notifier import made

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)  # a Tuesday
MONDAY = date(2026, 11, 23)
QUERY = BrandQuery("northwind", "brand", ("northwind",))
PNG = b"\x89PNG\r\n\x1a\nchart"
Post = tuple[int, datetime, str, str, dict[str, Any]]
"""Its number, when it was said, how it feels, its words, and what is to be known of the author."""


def settings(**changes: Any) -> Settings:
    return parse(
        {
            "brands": {"northwind": {"name": "Northwind", "queries": [{"name": "brand", "any_of": ["northwind"]}]}},
            "departments": {"delivery": {"channel": "#care-delivery", "topics": ["delivery"]}},
            "marketing": {"channel": "#marketing", **changes},
        }
    )


def say(
    store: Store, number: int, at: datetime, feeling: str = "neutral", text: str = "northwind has a shop", **author: Any
) -> None:
    """One post, heard and judged as it was said."""
    hear(store, [(number, at, feeling, text, author)])


def hear(store: Store, said: list[Post]) -> None:
    values = [
        Mention(
            "x",
            str(number),
            Author(
                "x",
                author.pop("id", f"a{number}"),
                f"user{number}",
                f"User {number}",
                followers=author.pop("followers", 100),
            ),
            text,
            at,
            url=f"https://x.example/{number}",
            metrics=author.pop("metrics", Metrics()),
        )
        for number, at, feeling, text, author in said
    ]
    feelings = {one.id: feeling for one, (_, _, feeling, _, _) in zip(values, said, strict=True)}
    page = Page(Cursor(floor="1", floor_at=NOW), tuple(Heard(one, (QUERY,), {}) for one in values))
    scores = {"negative": -0.8, "neutral": 0.0, "positive": 0.8}
    with store.write() as tx:
        mentions.save_page(tx, "x", "brand", page, NOW)
        waiting = assessments.to_assess(tx, len(values))
        judged = made.assessment(urgency=Urgency(Priority.P4, 0.1), department="delivery")
        found = []
        for one in waiting:
            feeling = feelings[one.mention.id]
            about = msgspec.structs.replace(
                judged,
                mention_id=one.mention.id,
                brand=one.brand,
                sentiment=Sentiment(cast("Any", feeling), scores[feeling], "test"),
                is_complaint=feeling == "negative",
            )
            found.append((one, about))
        assessments.save(tx, found)
        assessments.mark_triaged(tx, assessments.to_triage(tx, len(values)))
    rollup(store, settings(), NOW)


def ordinary(store: Store, days: int = 28, a_day: int = 24) -> None:
    """Four weeks in which nothing happens: an hourly post, of every feeling."""
    feelings = ("negative", "neutral", "positive", "positive")
    said: list[Post] = []
    for day in range(days):
        for hour in range(a_day):
            number = day * 100 + hour
            at = datetime(2026, 11, 23, tzinfo=UTC) - timedelta(days=day + 1) + timedelta(hours=hour % 24)
            said.append((number, at, feelings[number % 4], "northwind has a shop", {}))
    hear(store, said)


def storm(store: Store, at: datetime, posts: int = 60) -> None:
    said: list[Post] = [
        (9_000 + n, at + timedelta(minutes=n % 50), "negative", "late delivery again, northwind", {})
        for n in range(posts)
    ]
    hear(store, said)


def no_charts(*_: Any) -> list[Image]:
    return []


def kept(store: Store) -> list[Report]:
    with store.read() as tx:
        return [one.report for one in reports.latest(tx)]


def test_nobody_is_told_anything_until_somebody_is_named(store: Store) -> None:
    ordinary(store, 2)
    silent = settings(channel=None)
    assert marketing.tell(store, silent, NOW, no_charts) == {"reports": 0, "alerts": 0}
    with store.read() as tx:
        assert outbox.sizes(tx)["waiting"] == 0


def test_a_day_is_told_once_from_its_hour_on_and_a_quiet_one_says_so(store: Store) -> None:
    ordinary(store)
    hear(
        store,
        [(500_000 + n, NOW - timedelta(days=1, hours=n % 9), "neutral", "a northwind shop", {}) for n in range(24)],
    )
    early = NOW.replace(hour=8)
    assert marketing.tell(store, settings(alerts=False, weekly=False), early, no_charts)["reports"] == 0
    assert marketing.tell(store, settings(alerts=False, weekly=False), NOW, no_charts)["reports"] == 1
    assert (
        marketing.tell(store, settings(alerts=False, weekly=False), NOW + timedelta(minutes=15), no_charts)["reports"]
        == 0
    )
    (told,) = kept(store)
    assert (told.kind, told.until, told.audience) == ("daily", MONDAY, "marketing")
    assert told.number("mentions") == Number("mentions", 24, pytest.approx(24), shifted=False, n=24)  # type: ignore[arg-type]


def test_a_day_unlike_the_others_is_told_with_its_change_and_its_charts(store: Store) -> None:
    ordinary(store)
    storm(store, NOW - timedelta(days=1), 90)
    assert marketing.tell(store, settings(alerts=False, weekly=False), NOW)["reports"] == 1
    (told,) = kept(store)
    mentions_then, mood = told.numbers
    assert (mentions_then.value, mentions_then.shifted, mood.shifted) == (90, True, True)
    assert mood.value == -1.0
    assert not told.quiet
    with store.read() as tx:
        pictures = reports.images(tx, 1)
    assert [picture.name for picture in pictures] == ["volume", "sentiment"]
    assert all(picture.png.startswith(b"\x89PNG") for picture in pictures)


def test_a_week_is_told_on_its_day_instead_of_the_day_and_to_departments_that_want_it(store: Store) -> None:
    ordinary(store, 20)
    monday = NOW - timedelta(days=1)
    assert marketing.tell(store, settings(alerts=False, departments=True), monday, no_charts)["reports"] == 2
    told = {one.audience: one for one in kept(store)}
    assert set(told) == {"marketing", "delivery"}
    assert {one.kind for one in told.values()} == {"weekly"}
    assert told["marketing"].since == date(2026, 11, 16)
    assert told["marketing"].number("mentions").value == 7 * 24  # type: ignore[union-attr]
    assert [one.department for one in told["delivery"].heard] == ["delivery"]
    with store.read() as tx:
        assert outbox.sizes(tx)["waiting"] == 2
    assert marketing.tell(store, settings(alerts=False, departments=True), monday, no_charts)["reports"] == 0


def test_a_week_that_was_missed_is_told_later_beside_the_day(store: Store) -> None:
    ordinary(store, 20)
    assert marketing.tell(store, settings(alerts=False, weekly=True), NOW, no_charts)["reports"] == 2
    assert {one.kind for one in kept(store)} == {"daily", "weekly"}
    assert (
        marketing.tell(store, settings(alerts=False, weekly=True), NOW + timedelta(hours=1), no_charts)["reports"] == 0
    )


def test_of_a_brand_that_was_never_heard_of_nothing_is_told(store: Store) -> None:
    assert marketing.tell(store, settings(), NOW, no_charts) == {"reports": 0, "alerts": 0}


def test_a_storm_is_an_alert_once_and_a_snooze_keeps_the_next_quiet(store: Store) -> None:
    ordinary(store)
    at = NOW.replace(hour=12, minute=0)
    hear(store, [(700_000 + n, NOW.replace(hour=n, minute=5), "positive", "northwind", {}) for n in range(12)])
    storm(store, at - timedelta(hours=1))
    after = at + timedelta(minutes=15)
    only = settings(daily=False, weekly=False)
    assert marketing.tell(store, only, after, no_charts)["alerts"] == 2
    told = {one.kind: one for one in kept(store)}
    assert set(told) == {"volume", "sentiment"}
    assert told["volume"].numbers[0].value > told["volume"].numbers[0].high  # type: ignore[operator]
    assert told["sentiment"].subject == "sentiment down"
    assert marketing.tell(store, only, after + timedelta(hours=1), no_charts)["alerts"] == 0, "a shift is news once"
    with store.write() as tx:
        for one in reports.latest(tx):
            reports.snooze(tx, one.id, after + timedelta(days=9), "U0ASHA")
    storm(store, at + timedelta(days=4), 80)
    later = at + timedelta(days=4, hours=1, minutes=15)
    assert marketing.tell(store, only, later, no_charts)["alerts"] == 0


def test_no_more_alerts_a_day_than_the_team_bears(store: Store) -> None:
    ordinary(store)
    storm(store, NOW.replace(hour=11, minute=0))
    bounded = settings(daily=False, weekly=False, alerts_a_day=1)
    at = NOW.replace(hour=12, minute=15)
    assert marketing.tell(store, bounded, at, no_charts)["alerts"] == 1
    assert marketing.tell(store, bounded, at + timedelta(hours=1), no_charts)["alerts"] == 0


def test_a_promoter_with_reach_is_told_once_and_by_no_name(store: Store) -> None:
    fan = {"id": "fan", "followers": 50_000}
    hear(
        store, [(n, NOW - timedelta(hours=2 * n), "positive", "northwind is the best", dict(fan)) for n in range(1, 5)]
    )
    only = settings(daily=False, weekly=False)
    assert marketing.tell(store, only, NOW, no_charts)["alerts"] == 1
    assert marketing.tell(store, only, NOW + timedelta(hours=1), no_charts)["alerts"] == 0
    (told,) = kept(store)
    assert (told.kind, told.numbers[0].value, told.thank[0].post) == ("promoter", 50_000, "x:1")
    assert "fan" not in told.key
    assert "fan" not in str(told.as_data())


def test_a_post_that_takes_off_is_told_once(store: Store) -> None:
    post = (
        1,
        NOW - timedelta(hours=3),
        "neutral",
        "look at this northwind kettle",
        {"metrics": Metrics(likes=2, shares=1)},
    )
    hear(store, [post])
    hot = Mention("x", "1", Author("x", "a1", "user1", "User 1", followers=100), post[3], post[1])
    page = Page(Cursor(), (Heard(replace(hot, metrics=Metrics(likes=900, shares=400)), (QUERY,), {}),))
    with store.write() as tx:
        mentions.save_page(tx, "x", "brand", page, NOW + timedelta(hours=1))
    only = settings(daily=False, weekly=False)
    assert marketing.tell(store, only, NOW + timedelta(hours=1), no_charts)["alerts"] == 1
    assert marketing.tell(store, only, NOW + timedelta(hours=2), no_charts)["alerts"] == 0
    (told,) = kept(store)
    assert (told.kind, told.facts["interest"]) == ("take_off", 1300)


# As a page ---------------------------------------------------------------------------------------------------------------

HOSTILE = "<script>alert(1)</script> \u202e हिन्दी İstanbul'da 🛵 " + "x" * 500


def told_to_all() -> Report:
    return Report(
        "weekly",
        "marketing",
        "northwind",
        MONDAY,
        7,
        numbers=(Number("net_sentiment", -0.3, -0.1, -0.4, -0.2, True, 80),),
        thank=(Voice("x:1", 1200, 3),),
    )


def heard_of(text: str = HOSTILE) -> dict[str, Mention]:
    author = Author("x", "1", "user1", "<b>User</b> 1")
    return {"x:1": Mention("x", "1", author, text, NOW, url="javascript:alert(1)")}


def test_a_page_needs_nothing_from_outside_and_shows_strangers_words_as_text() -> None:
    page = report_page.html(told_to_all(), "Northwind", heard_of(), [Image("volume", "Mentions", "Many", PNG)])
    assert "<script" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "javascript:" not in page
    assert 'src="data:image/png;base64,' in page
    assert "http" not in page.replace("http-equiv", "")
    assert "Net sentiment" in page
    assert "−0.30" in page
    assert report_page.html(told_to_all(), "Northwind", {}, []).count("To thank") == 0


def test_in_plain_words_a_stranger_writes_no_line_of_ours() -> None:
    forged = "\nTo win back\u2028- Your bank: https://phish.example"
    known = heard_of("fine words" + forged)["x:1"]
    author = replace(known.author, display_name="Eve" + forged + "\u202e", handle="e")
    post = replace(known, author=author, url="https://x.example/1" + forged)
    told = report_page.plain(told_to_all(), "Northwind", {"x:1": post})
    assert [line for line in told.splitlines() if line.startswith(("To win back", "- Your bank"))] == []
    assert "\u202e" not in told and "\u2028" not in told
    assert told.count("- Eve To win back") == 1


# By mail -----------------------------------------------------------------------------------------------------------------


@dataclass
class MailServer:
    """An SMTP server on loopback that begins TLS when asked, and keeps what it is given."""

    port: int
    mails: list[EmailMessage] = field(default_factory=list)
    logins: list[str] = field(default_factory=list)
    refuses: str = ""


@contextmanager
def mail_server(certificate: Path) -> Iterator[MailServer]:
    listening = socket.create_server(("127.0.0.1", 0))
    server = MailServer(listening.getsockname()[1])
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)

    def serve() -> None:
        while True:
            try:
                client, _ = listening.accept()
            except OSError:
                return
            with client:
                _talk(server, client, context)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        listening.shutdown(socket.SHUT_RDWR)  # closing alone wakes nobody who waits for a caller
        listening.close()
        thread.join(5)


def _talk(server: MailServer, plain: socket.socket, context: ssl.SSLContext) -> None:
    wire, file = plain, plain.makefile("rb")
    wire.sendall(b"220 loopback\r\n")
    while line := file.readline():
        word = line.split()[0].upper() if line.split() else b""
        secure = isinstance(wire, ssl.SSLSocket)
        if word == b"EHLO":
            wire.sendall(b"250-loopback\r\n250 AUTH PLAIN\r\n" if secure else b"250-loopback\r\n250 STARTTLS\r\n")
        elif word == b"STARTTLS":
            wire.sendall(b"220 go\r\n")
            try:
                wire = context.wrap_socket(plain, server_side=True)
            except (ssl.SSLError, OSError):
                return
            file = wire.makefile("rb")
        elif word == b"AUTH":
            server.logins.append(line.split()[-1].decode())
            wire.sendall(b"535 no\r\n" if server.refuses == "login" else b"235 ok\r\n")
        elif word == b"RCPT" and server.refuses == "recipient":
            wire.sendall(b"550 nobody here\r\n")
        elif word == b"DATA":
            assert secure, "a mail without TLS"
            wire.sendall(b"354 go\r\n")
            body = b""
            while (part := file.readline()) != b".\r\n":
                body += part
            server.mails.append(message_from_bytes(body, policy=policy.default))
            wire.sendall(b"451 busy\r\n" if server.refuses == "mail" else b"250 ok\r\n")
        elif word == b"QUIT":
            wire.sendall(b"221 bye\r\n")
            return
        else:
            wire.sendall(b"250 ok\r\n")


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    begins = datetime.now(UTC) - timedelta(days=1)
    signed = (
        x509.CertificateBuilder(
            name, name, key.public_key(), random.getrandbits(64), begins, begins + timedelta(days=9)
        )
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "mail.pem"
    pem = serialization.Encoding.PEM
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path.write_bytes(private + signed.public_bytes(pem))
    return path


def by_mail(server: MailServer, **changes: Any) -> Settings:
    values = {
        "channel": None,
        "mail_to": ["team@company.example", "boss@company.example"],
        "mail_from": "Sunwai <sunwai@company.example>",
        "smtp_host": "127.0.0.1",
        "smtp_port": server.port,
    }
    return settings(**(values | changes))


def mailer(chosen: Settings, certificate: Path, **environment: str) -> Any:
    trusted = ssl.create_default_context(cafile=str(certificate))
    return partial(mailing.send, chosen, Environment(environment), trusted=trusted)


def due(store: Store) -> int:
    with store.write() as tx:
        kept_as = reports.put(
            tx, told_to_all(), "", NOW, [Image("volume", "Mentions a day", "Many", PNG)], by_mail=True
        )
    assert kept_as is not None
    return kept_as


def test_a_report_is_mailed_once_over_tls_with_its_charts_inside(store: Store, certificate: Path) -> None:
    say(store, 1, NOW - timedelta(days=1), "positive", "northwind की बैटरी 💛", followers=1200)
    with mail_server(certificate) as server:
        chosen = by_mail(server, smtp_user="sunwai")
        due(store)
        post = mailer(chosen, certificate, SUNWAI_SMTP_PASSWORD="wonder wall")
        assert marketing.mail(store, chosen, post, NOW) == {"mailed": 1}
        assert marketing.mail(store, chosen, post, NOW) == {"mailed": 0}
        (mail,) = server.mails
    assert mail["To"] == "team@company.example, boss@company.example"
    assert mail["Subject"] == "Weekly report · Northwind · 17 to 23 November"
    page = mail.get_body(("html",))
    words = mail.get_body(("plain",))
    assert page is not None
    assert words is not None
    assert "cid:volume@sunwai" in page.get_content()
    assert "northwind की बैटरी 💛" in page.get_content()
    assert "northwind की बैटरी 💛" in words.get_content()
    (chart,) = [part for part in mail.walk() if part.get_content_type() == "image/png"]
    assert (chart["Content-ID"], chart.get_content()) == ("<volume@sunwai>", PNG)
    assert len(server.logins) == 1


@pytest.mark.parametrize(
    ("refuses", "raised", "names"),
    [
        ("login", Misconfigured, "SUNWAI_SMTP_PASSWORD"),
        ("recipient", Misconfigured, "mail_to"),
        ("mail", RetryLater, "127.0.0.1"),
    ],
)
def test_what_the_mail_server_refuses_is_told_and_tried_again(
    store: Store, certificate: Path, refuses: str, raised: type[Exception], names: str
) -> None:
    with mail_server(certificate) as server:
        server.refuses = refuses
        chosen = by_mail(server, smtp_user="sunwai")
        due(store)
        post = mailer(chosen, certificate, SUNWAI_SMTP_PASSWORD="wonder wall")
        with pytest.raises(raised, match=names) as found:
            marketing.mail(store, chosen, post, NOW, again_after=0)
        assert "wonder wall" not in str(found.value)
        server.refuses = ""
        assert marketing.mail(store, chosen, post, NOW) == {"mailed": 1}


KILLED = """
import os, signal, ssl, sys
from datetime import datetime
from functools import partial
from app import mailing, marketing
from core.settings import Environment, parse
from core.store import open_store
database, certificate, settings, when, now = sys.argv[1:]
chosen = parse(__import__("json").loads(settings))
def send(told, images, said):
    if when == "after":
        mailing.send(chosen, Environment({}), told, images, said, trusted=ssl.create_default_context(cafile=certificate))
    os.kill(os.getpid(), signal.SIGKILL)
marketing.mail(open_store(database), chosen, send, datetime.fromisoformat(now))
"""


@pytest.mark.parametrize(("when", "mails"), [("before", 1), ("after", 2)])
def test_a_kill_while_mailing_loses_no_mail_and_a_second_one_is_known_for_the_first(
    store: Store, database_url: str, certificate: Path, when: str, mails: int
) -> None:
    with mail_server(certificate) as server:
        chosen = by_mail(server)
        due(store)
        words = (database_url, str(certificate), chosen.model_dump_json(exclude_defaults=True), when, NOW.isoformat())
        died = subprocess.run([sys.executable, "-c", KILLED, *words], capture_output=True, text=True, check=False)
        assert died.returncode == -signal.SIGKILL, died.stderr
        assert len(server.mails) == mails - 1
        assert marketing.mail(store, chosen, mailer(chosen, certificate), NOW) == {"mailed": 0}, (
            "the dead one's lease holds"
        )
        with store.write() as tx:
            tx.execute(update(outbox_rows).values(leased_until=outbox_rows.c.created_at))
        assert marketing.mail(store, chosen, mailer(chosen, certificate), NOW) == {"mailed": 1}
        assert marketing.mail(store, chosen, mailer(chosen, certificate), NOW) == {"mailed": 0}
    assert len(server.mails) == mails
    assert len({mail["Message-ID"] for mail in server.mails}) == 1
    assert len({mail["Date"] for mail in server.mails}) == 1


def test_what_waited_too_long_to_be_mailed_is_no_news(store: Store, certificate: Path) -> None:
    with mail_server(certificate) as server:
        due(store)
        late = NOW + marketing.OLD_NEWS + timedelta(hours=1)
        assert marketing.mail(store, by_mail(server), mailer(by_mail(server), certificate), late) == {"mailed": 0}
        assert server.mails == []
    with store.read() as tx:
        assert outbox.sizes(tx)["waiting"] == 0


def test_a_server_that_nobody_vouches_for_gets_no_mail(store: Store, certificate: Path) -> None:
    with mail_server(certificate) as server:
        chosen = by_mail(server)
        due(store)
        with pytest.raises(Misconfigured, match="SSL_CERT_FILE"):
            marketing.mail(store, chosen, partial(mailing.send, chosen, Environment({})), NOW)
        assert server.mails == []


def test_what_was_erased_is_not_mailed(store: Store, certificate: Path) -> None:
    say(store, 1, NOW - timedelta(days=1), "positive", "northwind battery")
    with mail_server(certificate) as server:
        chosen = by_mail(server)
        due(store)
        with store.write() as tx:
            erasure.forget_author(tx, "x:a1", NOW)
        marketing.mail(store, chosen, mailer(chosen, certificate), NOW)
        assert "battery" not in server.mails[0].as_string()


def test_settings_say_what_a_mail_needs() -> None:
    with pytest.raises(Misconfigured, match="mail_to needs smtp_host and mail_from"):
        settings(mail_to=["a@b.example"])
    with pytest.raises(Misconfigured, match=r"'a@b.example,c@d.example' is no mail address"):
        settings(mail_to=["a@b.example,c@d.example"], smtp_host="h", mail_from="a@b.example")
    with pytest.raises(Misconfigured, match=r"marketing\.brands names 'nordwind'"):
        settings(brands=["nordwind"])


def test_the_report_of_a_day_is_made_without_telling_it(store: Store) -> None:
    ordinary(store, 3)
    made_now, pictures = marketing.would_tell(store, settings(), "northwind", NOW, weekly=True, charts=no_charts)
    assert (made_now.kind, made_now.until, list(pictures)) == ("weekly", MONDAY, [])
    assert kept(store) == []
    assert report.FEWEST == 3


def test_housekeeping_lets_go_of_reports_when_their_posts_go_and_still_knows_where_the_others_are(store: Store) -> None:
    chosen = settings()
    with store.write() as tx:
        assert reports.put(tx, told_to_all(), "#marketing", NOW, [Image("volume", "Mentions", "Many", PNG)])
        outbox.cancelled(tx, told_to_all().key, "1.2")
    assert housekeeping(store, chosen, NOW + timedelta(days=300))["reports"] == 0
    with store.read() as tx:
        assert outbox.sent_ref(tx, told_to_all().key) == ("sent", "1.2")
    assert housekeeping(store, chosen, NOW + timedelta(days=800))["reports"] == 1
    assert kept(store) == []

"""Cases to answer: posts on the made platforms, their cases in the store, and answers that were let out."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select

from connectors.reply import reply
from core.answer import Answer, AnswerStatus, Way
from core.case import Case, CaseStatus
from core.mention import Author, BrandQuery, Cursor, Heard, Mention, Page
from core.settings import Environment, Settings, parse
from core.store import Store, answers, cases, mentions, outbox
from core.store.schema import outbox as outbox_rows
from sandbox.server import Sandbox
from sandbox.world import Post
from tests.core import made
from tests.notifier.rung import hurry

QUERY = BrandQuery("northwind", "main", ("northwind",))
TEXT = "So sorry! Please send us a direct message & we look into it: https://northwind.example/help?a=1"


def settings(**more: Any) -> Settings:
    own = ["x:@northwindhelp", "reddit:@northwind_help", "mastodon:@northwind"]
    queries = [{"name": "main", "any_of": ["northwind"]}]
    brands = {"northwind": {"name": "Northwind", "own_accounts": own, "queries": queries}}
    return parse({"brands": brands} | more)


class Desk:
    """A store in front of a sandbox. Every moment is the wall clock's, as the sandbox's posts are."""

    def __init__(self, store: Store, sandbox: Sandbox, **tables: Any) -> None:
        self.store, self.sandbox, self.settings = store, sandbox, settings(**tables)
        self.environment = sandbox.env()

    def ask(self, platform: str, text: str = "@northwindhelp my parcel is lost", **more: Any) -> tuple[Case, Post]:
        """Somebody posts in public, and it is a case."""
        place = {"place": "gadgets", "title": "Lost"} if platform == "reddit" and "reply_to" not in more else {}
        post = self.sandbox.world.post(platform, "asha", text, **place, **more)
        return self.heard(post), post

    def heard(self, post: Post) -> Case:
        mention = Mention(
            platform=post.platform,
            external_id=post.id,
            author=Author(post.platform, post.author.id, post.author.handle),
            text=post.text,
            created_at=post.created_at,
            url=f"https://{post.platform}.example/{post.id}",
            parent_id=post.reply_to or post.quote_of or "",
        )
        page = Page(Cursor(floor="1", floor_at=post.created_at), (Heard(mention, (QUERY,), {}),))
        with self.store.write() as tx:
            mentions.save_page(tx, f"{post.platform}_main", "brand", page, post.created_at)
            return cases.open_case(tx, made.case(mention), mention)

    def answer(self, case: Case, text: str = TEXT, way: Way = "api") -> Answer:
        """An agent answers, and nobody has to let it out."""
        with self.store.write() as tx:
            mark = answers.seen(tx, case.id)
            now = datetime.now(UTC)
            return answers.propose(tx, case.id, case.mention_id, text, "U1", now, seen=mark, approval=False, way=way)

    def reply(self, **more: Any) -> dict[str, int]:
        """One pass of the stage: what it counted, zeros left out."""
        environment = Environment(self.environment)
        counts = reply(self.store, self.settings, environment, datetime.now(UTC), settle_seconds=0, **more)
        return {name: count for name, count in counts.items() if count}

    def until_empty(self, kinds: tuple[str, ...] = ("reply", "ticket"), rounds: int = 12) -> dict[str, int]:
        """Let every wait be over, again and again, until nothing waits."""
        total: dict[str, int] = {}
        for _ in range(rounds):
            for name, count in self.reply().items():
                total[name] = total.get(name, 0) + count
            if not [row for kind in kinds for row in self.rows(kind) if row.status == "waiting"]:
                return total
            hurry(self.store)
        raise AssertionError(f"still waiting: {[self.rows(kind) for kind in kinds]}")

    def rows(self, kind: str = "reply") -> list[Any]:
        with self.store.read() as tx:
            return list(tx.execute(select(outbox_rows).where(outbox_rows.c.kind == kind).order_by(outbox_rows.c.id)))

    def the(self, answer: Answer) -> Answer:
        with self.store.read() as tx:
            found = answers.get(tx, answer.id)
        assert found is not None
        return found

    def case(self, case: Case) -> Case:
        with self.store.read() as tx:
            found = cases.get(tx, case.id)
        assert found is not None
        return found

    def said(self, post: Post) -> list[Post]:
        """What the brand said under a post."""
        own = self.sandbox.world.brand_accounts[post.platform]
        return [p for p in self.sandbox.world.children(post.platform, post.id) if p.author.handle in own]

    def is_answered(self, case: Case, answer: Answer, post: Post) -> bool:
        """It is out, once, in these words, and the store knows it."""
        (public,) = self.said(post)
        known = self.the(answer)
        return (
            public.text.removeprefix(f"@{post.handle} ") == answer.text  # whom it goes to, before it on Mastodon
            and (known.status, known.external_id) == (AnswerStatus.SENT, public.id)
            and known.url.rstrip("/").endswith(public.id.removeprefix("t1_"))
            and self.case(case).status is CaseStatus.WAITING
        )


def crash(_: outbox.Claimed) -> None:
    raise SystemError("killed")


Killer = Callable[[outbox.Claimed], None]

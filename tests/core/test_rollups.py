"""The rollups say what a plain recount says, whatever happened and in whatever order, on both databases."""

import threading
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from itertools import count
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, func, select, union_all

from analysis import metrics
from analysis.rollup import rollup
from app import insight
from app.insight import Period
from core.assessment import Assessment, Sentiment
from core.context import standing
from core.customer import Customer, Evidence, Link
from core.mention import Author, BrandQuery, Cursor, Heard, Mention, Page
from core.settings import Settings, parse
from core.store import Store, assessments, customers, erasure, facts, labels, mentions, recount, rollups, stale
from core.store.schema import (
    cases,
    rollup_author_days,
    rollup_people,
    rollup_stale,
    rollup_topics,
    rollup_window_topics,
    rollup_windows,
)
from core.store.schema import mentions as mention_rows
from tests.core.made import NOW, assessment

SAID = ("the refund is late", "battery died", "great battery")
SIDES = ("negative", "neutral", "positive", "unsupported")
NUMBERS = count(1)


@dataclass
class Post:
    """What the world knows of a post, to recount it by hand."""

    mention: Mention
    day: date
    side: str
    complaint: bool
    department: str
    repost: bool
    corrected: dict[str, str] = field(default_factory=dict)

    @property
    def felt(self) -> str:
        return self.corrected.get("sentiment", self.side)

    @property
    def complains(self) -> bool:
        return self.corrected["complaint"] == "yes" if "complaint" in self.corrected else self.complaint

    @property
    def about(self) -> str:
        return self.corrected.get("department", self.department)


class World:
    """A brand of its own in a shared store, and beside it the truth in plain Python."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.key = f"b{next(NUMBERS)}"
        self.query = BrandQuery(self.key, "brand", (self.key,))
        self.settings: Settings = parse(
            {"brands": {self.key: {"name": self.key, "queries": [{"name": "brand", "any_of": [self.key]}]}}}
        )
        self.posts: dict[str, Post] = {}
        self.forgotten: set[int] = set()
        self.tiers: dict[int, str] = {}
        self.now = NOW
        self._ids = count(1)

    def author(self, number: int) -> Author:
        return Author("x", f"{self.key}-{number}", f"{self.key}{number}", followers=10**number)

    def say(self, who: int, age: int, side: str, text: str, repost: bool, place: str) -> None:
        external_id = f"{self.key}-{next(self._ids)}"
        said = self.now - timedelta(days=age, minutes=7)
        kind = "repost" if repost else "post"
        mention = Mention("x", external_id, self.author(who), text, said, kind=kind, place=place)  # type: ignore[arg-type]
        self._hear(mention)
        if who not in self.forgotten:
            post = Post(mention, said.date(), side, side == "negative", "billing", repost)
            self.posts[mention.id] = post
            self._judge()

    def edit(self, which: int, side: str) -> None:
        """The author changes the words: it is judged anew, and what people said of the old words is void."""
        if post := self._pick(which):
            post.mention = replace(post.mention, text=post.mention.text + " !")
            post.side, post.complaint, post.corrected = side, side == "negative", {}
            self.now += timedelta(seconds=1)
            self._hear(post.mention)
            self._judge()

    def judge_again(self, which: int, side: str) -> None:
        if post := self._pick(which):
            post.side, post.department = side, "delivery"
            self.store.run(assessments.judge_again)
            self._judge()

    def correct(self, which: int, what: str, value: str) -> None:
        if post := self._pick(which):
            self.now += timedelta(seconds=1)
            self.store.run(lambda tx: labels.put(tx, post.mention.id, self.key, {what: value}, "U1", self.now))  # type: ignore[dict-item]
            post.corrected[what] = value

    def delete(self, which: int) -> None:
        if post := self._pick(which):
            page = Page(Cursor("1", self.now), deleted=(post.mention.id,))
            self.store.run(lambda tx: mentions.save_page(tx, "x", "s", page, self.now))
            del self.posts[post.mention.id]
            if not any(left.mention.author == post.mention.author for left in self.posts.values()):
                self.tiers.pop(int(post.mention.author.external_id.split("-")[1]), None)  # nothing of them is left

    def forget(self, who: int) -> None:
        self.store.run(lambda tx: erasure.forget_author(tx, self.author(who).id, self.now))
        self.posts = {i: post for i, post in self.posts.items() if post.mention.author != self.author(who)}
        self.forgotten.add(who)
        self.tiers.pop(who, None)

    def link(self, who: int, tier: str) -> None:
        """Link an author to a customer of a tier; an empty one takes the link away. Who is silent is linked to nobody."""
        author, customer = self.author(who).id, f"c-{self.key}-{who}"
        if not any(post.mention.author.id == author for post in self.posts.values()):
            return
        sure = Link(author, customer, "linked", 0.99, "given_directly", (Evidence("account", 9.0, ""),), "t")

        def write(tx: Any) -> None:
            if tier:
                customers.save(tx, [Customer(customer, tier=tier)], self.now)
            customers.save_links(tx, {author: [sure] if tier else []}, self.now)

        self.store.run(write)
        self.tiers.pop(who, None)
        if tier:
            self.tiers[who] = tier

    def wait(self, days: int) -> None:
        self.now += timedelta(days=days)

    def count(self) -> None:
        rollup(self.store, self.settings, self.now)

    def _pick(self, which: int) -> Post | None:
        ids = sorted(self.posts)
        return self.posts[ids[which % len(ids)]] if ids else None

    def _hear(self, mention: Mention) -> None:
        page = Page(Cursor("1", self.now), (Heard(mention, (self.query,), {}),))
        self.store.run(lambda tx: mentions.save_page(tx, "x", "s", page, self.now))

    def _judge(self) -> None:
        def write(tx: Any) -> None:
            waiting = [w for w in assessments.to_assess(tx, 10_000) if w.brand == self.key]
            assessments.save(tx, [(w, self._thought(self.posts[w.mention.id])) for w in waiting])

        self.store.run(write)

    def _thought(self, post: Post) -> Assessment:
        return msgspec.structs.replace(
            assessment(post.mention, brand=self.key),
            sentiment=Sentiment(post.side, 0.0, "test"),  # type: ignore[arg-type]
            is_complaint=post.complaint,
            department=post.department,  # type: ignore[arg-type]
        )

    # The plain recount -----------------------------------------------------------------------------------------------

    def sums(self, dimension: str) -> dict[tuple[date, str], metrics.Sum]:
        """By day and value."""
        groups: dict[tuple[date, str], list[Post]] = defaultdict(list)
        for post in self.posts.values():
            number = int(post.mention.author.external_id.split("-")[1])
            value = {
                "all": "",
                "place": post.mention.place,
                "department": post.about,
                "tier": self.tiers.get(number, ""),
                "hour": f"{post.mention.created_at.hour:02}",
            }[dimension]
            if value or dimension == "all":
                groups[post.day, value].append(post)
        return {key: self._sum(posts) for key, posts in groups.items()}

    def _sum(self, posts: list[Post]) -> metrics.Sum:
        own = Counter(post.felt for post in posts if not post.repost)
        complaints = sum(p.complains and not p.repost and p.felt != "unsupported" for p in posts)
        reach = sum({p.mention.author.id: p.mention.author.followers or 0 for p in posts}.values())
        return metrics.Sum(
            len(posts), *(own[s] for s in ("positive", "neutral", "negative", "unsupported")), complaints, reach
        )  # type: ignore[call-arg]

    def people(self, since: date, until: date) -> dict[str, tuple[str, int, int, int, int]]:
        """By author: kind, posts, judged, positive, negative."""
        found: dict[str, list[Post]] = defaultdict(list)
        for post in self.posts.values():
            if since <= post.day <= until:
                found[post.mention.author.id].append(post)
        return {author: self._person(posts) for author, posts in found.items()}

    def _person(self, posts: list[Post]) -> tuple[str, int, int, int, int]:
        judged = [p for p in posts if not p.repost and p.felt != "unsupported"]
        against = sum(p.complains or p.felt == "negative" for p in judged)
        praise = sum(p.felt == "positive" and not p.complains for p in judged)
        kind = standing(praise, against, len(judged))
        return (kind.kind if kind else "", len(posts), len(judged), praise, against)


who, which = st.integers(1, 4), st.integers(0, 30)
steps = st.one_of(
    st.tuples(
        st.just("say"),
        who,
        st.sampled_from([0, 0, 1, 3, 6, 7, 13, 27, 28, 60, 89, 90, 120, 179, 200]),
        st.sampled_from(SIDES),
        st.sampled_from(SAID),
        st.booleans(),
        st.sampled_from(["", "r/a", "r/b"]),
    ),
    st.tuples(st.just("edit"), which, st.sampled_from(SIDES)),
    st.tuples(st.just("judge_again"), which, st.sampled_from(SIDES)),
    st.tuples(st.just("correct"), which, st.just("sentiment"), st.sampled_from(SIDES[:3])),
    st.tuples(st.just("correct"), which, st.just("complaint"), st.sampled_from(["yes", "no"])),
    st.tuples(st.just("correct"), which, st.just("department"), st.sampled_from(["safety", "legal"])),
    st.tuples(st.just("delete"), which),
    st.tuples(st.just("forget"), who),
    st.tuples(st.just("link"), who, st.sampled_from(["", "gold", "silver"])),
    st.tuples(st.just("wait"), st.sampled_from([1, 7, 30])),
    st.tuples(st.just("count")),
)


@pytest.mark.timeout(600)
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(history=st.lists(steps, min_size=5, max_size=25))
def test_rollups_equal_a_plain_recount_whatever_happened(store: Store, history: list[tuple[Any, ...]]) -> None:
    world = World(store)
    for name, *how in history:
        getattr(world, name)(*how)
    world.count()
    check(world)


def check(world: World) -> None:
    """Everything that is kept says what the posts say."""
    first, today = date(2020, 1, 1), world.now.date()
    with world.store.read() as tx:
        for dimension in ("all", "place", "department", "tier", "hour"):
            kept = rollups.sums(tx, world.key, dimension, first, today)
            found = {
                (row.day, row.value): metrics.Sum(*(getattr(row, name) for name in metrics.Sum._fields)) for row in kept
            }
            assert found == world.sums(dimension), dimension
        for days in rollups.WINDOWS:
            for back in (0, 1):
                since, until = rollups.window(days, today, back)
                people = world.people(since, until)
                kept_row = select(rollup_windows.c.until, rollup_windows.c.changes - rollup_windows.c.counted).where(
                    rollup_windows.c.brand == world.key, rollup_windows.c.days == days, rollup_windows.c.back == back
                )
                assert tuple(tx.execute(kept_row).one()) == (until, 0), "the totals are kept, and of now"
                for totals in (
                    rollups.totals(tx, world.key, since, until),
                    rollups.people_totals(tx, world.key, since, until),
                ):
                    kinds = Counter(person[0] for person in people.values())
                    followers = sorted((10 ** int(author.rpartition("-")[2]) for author in people), reverse=True)
                    assert totals.authors == len(people)
                    assert (totals.promoters, totals.passives, totals.detractors) == (
                        kinds["promoter"],
                        kinds["passive"],
                        kinds["detractor"],
                    )
                    assert (totals.reach, totals.biggest) == (sum(followers), sum(followers[:10]))
                    assert totals.squares == pytest.approx(sum(f * f for f in followers))
                kept_topics = rollups.topics(tx, world.key, since, until)
                assert sorted(kept_topics) == sorted(added_up(tx, world.key, since, until))
            listed = insight.people(tx, world.key, Period(days, today), limit=100)
            shown = {p.author_id: (p.kind or "", p.posts, p.judged, p.positive, p.negative) for p in listed.items}
            assert shown == world.people(*rollups.window(days, today))
        topics = rollups.topics(tx, world.key, first, today)
        spoken = {one.topic: one.mentions for one in topics}
        for word in ("refund", "battery"):
            assert spoken.get(word, 0) == sum(word in post.mention.text for post in world.posts.values()), word
        assert insight.overview(tx, world.key, Period(28, today)).counted_until is None


def added_up(tx: Connection, brand: str, since: date, until: date) -> list[rollups.Topic]:
    """The topics of these days, from the days alone."""
    table = rollup_topics.c
    here = (table.brand == brand, table.day >= since, table.day <= until)
    found: dict[str, list[Any]] = {}
    for row in tx.execute(select(rollup_topics).where(*here)):
        said = found.setdefault(row.topic, [set(), 0, 0, 0, 0])
        said[0].add(row.language)
        for place, name in enumerate(("mentions", "positive", "neutral", "negative"), 1):
            said[place] += getattr(row, name)
    return [
        rollups.Topic(topic, *spoken if len(spoken) == 1 else [""], *sums) for topic, (spoken, *sums) in found.items()
    ]


# What may happen at once ---------------------------------------------------------------------------------------------


@pytest.fixture
def world(store: Store) -> Iterator[World]:
    made = World(store)
    for number in range(40):
        made.say(number % 4 + 1, number % 30, SIDES[number % 4], SAID[number % 3], number % 5 == 0, "r/a")
    yield made


def test_a_day_that_changes_while_it_is_counted_keeps_its_mark(world: World) -> None:
    with world.store.read() as tx:
        day = recount.waiting(tx, recount.newest_mark(tx), 1)[0]
    world.store.run(lambda tx: stale.mark(tx, [(world.key, day.day)]))  # not read yet
    with pytest.raises(recount.Overtaken):
        world.store.run(lambda tx: recount.settle(tx, day._replace(last=day.last + 1_000_000)))
    world.store.run(lambda tx: recount.settle(tx, day))
    with world.store.read() as tx:
        left = select(func.count()).where(rollup_stale.c.brand == world.key, rollup_stale.c.day == day.day)
        assert tx.scalar(left) == 1


def test_two_counters_at_once_and_a_writer_beside_them_leave_the_truth(world: World) -> None:
    troubles: list[BaseException] = []

    def work() -> None:
        try:
            for _ in range(3):
                world.count()
        except BaseException as error:
            troubles.append(error)

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for number in range(12):
        world.say(number % 4 + 1, number % 10, "positive", SAID[2], False, "r/b")
        world.correct(number, "sentiment", "negative")
    for thread in threads:
        thread.join()
    assert troubles == []
    world.count()
    check(world)


def test_a_run_without_news_changes_nothing_and_is_short(world: World) -> None:
    world.count()
    again = rollup(world.store, world.settings, world.now)
    assert again == {"days": 0, "people": 0, "totals": 0, "overtaken": 0}


def test_at_midnight_people_whose_day_leaves_the_window_are_recounted(world: World) -> None:
    world.count()
    world.wait(1)
    moved = rollup(world.store, world.settings, world.now)
    assert moved["days"] == 0 and moved["people"] > 0
    check(world)


@pytest.mark.parametrize(
    "step", ["analysis.rollup._build", "core.store.recount.put_people", "analysis.rollup._count_back"]
)
def test_a_first_count_that_was_broken_off_is_finished_by_the_next(
    world: World, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    class BrokenOff(Exception):
        pass

    def break_off(*_: Any) -> None:
        raise BrokenOff

    with monkeypatch.context() as patched:
        patched.setattr(step, break_off)
        with pytest.raises(BrokenOff):
            world.count()
    with world.store.read() as tx:
        assert not rollups.holds(tx, world.key, 28, world.now.date()), "not shown half"
    world.say(1, 3, "positive", SAID[2], False, "")
    world.count()
    check(world)


def test_until_the_days_are_counted_the_figures_say_since_when_they_stand(world: World) -> None:
    world.count()
    world.say(1, 0, "positive", SAID[2], False, "")
    with world.store.read() as tx:
        behind = insight.overview(tx, world.key, Period(7, world.now.date())).counted_until
    assert isinstance(behind, datetime) and behind.tzinfo is not None


def test_what_the_rollups_hold_of_a_person_goes_with_them_at_once(world: World) -> None:
    world.say(3, 0, "negative", "the zorbifex is broken", False, "")
    world.say(3, 2, "negative", "the zorbifex is broken", False, "")
    world.count()
    with world.store.read() as tx:
        days, windows = rollup_topics.c, rollup_window_topics.c
        words = union_all(*(select(one.topic).where(one.brand == world.key) for one in (days, windows)))
        assert list(tx.scalars(words)).count("zorbifex") == 2 + 3, "of two days and three windows"
    world.forget(3)
    author = world.author(3).id
    with world.store.read() as tx:
        for table in (rollup_author_days, rollup_people):
            assert tx.scalar(select(func.count()).where(table.c.author_id == author)) == 0
        assert "zorbifex" not in set(tx.scalars(words))
    world.count()
    check(world)


@given(st.lists(st.tuples(st.sampled_from("ab"), st.integers(0, 400), st.none() | st.integers(0, 300)), max_size=12))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_backlog_of_a_day_is_what_was_open_at_its_end(
    store: Store, told: list[tuple[str, int, int | None]]
) -> None:
    """Cases by brand, hours before the end of the last day, and hours that they were open."""
    run, end = f"c{next(NUMBERS)}", facts.start_of(NOW.date() + facts.DAY)
    times = [
        (f"{run}{brand}", end - timedelta(hours=opened), None if lasted is None else timedelta(hours=lasted))
        for brand, opened, lasted in told
    ]
    rows = [
        {
            "mention_id": f"x:{run}-{number}",
            "brand": brand,
            "status": "open",
            "priority": 3,
            "department": "billing",
            "opened_at": opened,
            "resolved_at": opened + lasted if lasted is not None else None,
            "conversation": run,
            "version": 0,
            "transfers": 0,
        }
        for number, (brand, opened, lasted) in enumerate(times)
    ]
    since = NOW.date() - 9 * facts.DAY
    with store.write() as tx:
        before = facts.backlogs(tx, [""], since, NOW.date())[""]
        for row in rows:
            post = {"id": row["mention_id"], "platform": "x", "external_id": row["mention_id"], "source": "x"}
            said = {"kind": "post", "text": "", "created_at": row["opened_at"], "heard_at": row["opened_at"]}
            tx.execute(mention_rows.insert().values(**post, **said))
            tx.execute(cases.insert().values(**row))
        found = facts.backlogs(tx, [f"{run}a", f"{run}b", ""], since, NOW.date())
    for brand in "ab":
        mine = [row for row in rows if row["brand"] == f"{run}{brand}"]
        for day, open_then in found[f"{run}{brand}"].itertuples(index=False):
            over = facts.start_of(day + facts.DAY)
            still = [
                r for r in mine if r["opened_at"] < over and (r["resolved_at"] is None or r["resolved_at"] >= over)
            ]
            assert open_then == len(still)
    parts = found[f"{run}a"]["open"] + found[f"{run}b"]["open"]
    assert list(found[""]["open"]) == list(before["open"] + parts)

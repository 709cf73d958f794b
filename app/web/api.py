"""The dashboard's lists as JSON. A judgement has the shape that `sunwai analyze` writes."""

from datetime import datetime
from typing import Annotated, Any, Generic, TypeVar

from fastapi import APIRouter, HTTPException, Query
from pydantic import BaseModel

from app.status import SourceStatus, Status, status
from app.web.asking import CaseQuery, MentionQuery, Number, PriorityName, to_token
from app.web.signin import TOKEN, Role, needs
from app.web.site import Site
from core.assessment import Assessment, Intent, Priority, SentimentLabel, Topic
from core.case import Candidate, Case, CaseEvent, CaseFile, CaseStatus
from core.customer import Basis, LinkStatus
from core.mention import Kind, Mention
from core.store import browse, cases

Item = TypeVar("Item", bound=BaseModel)


class AuthorOut(BaseModel):
    id: str
    handle: str
    display_name: str
    followers: int | None
    verified: bool
    url: str


class MetricsOut(BaseModel):
    likes: int | None
    replies: int | None
    shares: int | None
    views: int | None


class MentionOut(BaseModel):
    """What was said. Once `erased`, its words and its author are empty."""

    id: str
    platform: str
    kind: Kind
    author: AuthorOut
    title: str
    text: str
    quoted_text: str
    url: str
    place: str
    created_at: datetime
    edited_at: datetime | None
    conversation_id: str
    metrics: MetricsOut
    erased: bool = False

    @classmethod
    def of(cls, mention: Mention, erased: bool = False) -> "MentionOut":
        author, m = mention.author, mention
        known = bool(author.external_id)
        return cls(
            id=m.id,
            platform=m.platform,
            kind=m.kind,
            author=AuthorOut(
                id=author.id if known else "",
                handle=author.handle,
                display_name=author.display_name,
                followers=author.followers,
                verified=author.verified,
                url=author.url,
            ),
            title=m.title,
            text=m.text,
            quoted_text=m.quoted_text,
            url=m.url,
            place=m.place,
            created_at=m.created_at,
            edited_at=m.edited_at,
            conversation_id=m.conversation_id,
            metrics=MetricsOut(
                likes=m.metrics.likes, replies=m.metrics.replies, shares=m.metrics.shares, views=m.metrics.views
            ),
            erased=erased,
        )


class SentimentOut(BaseModel):
    label: SentimentLabel
    score: float
    engine: str


class ReasonOut(BaseModel):
    signal: str
    weight: float
    text: str


class UrgencyOut(BaseModel):
    priority: PriorityName
    score: float
    reasons: list[ReasonOut]


class AssessmentOut(BaseModel):
    """What is thought of a mention on a brand's behalf, and why."""

    brand: str
    language: str
    sentiment: SentimentOut
    is_complaint: bool
    intent: Intent
    urgency: UrgencyOut
    department: Topic
    needs_review: bool
    audit: bool
    version: str
    assessed_at: datetime

    @classmethod
    def of(cls, a: Assessment) -> "AssessmentOut":
        return cls(
            brand=a.brand,
            language=a.language,
            sentiment=SentimentOut(label=a.sentiment.label, score=a.sentiment.score, engine=a.sentiment.engine),
            is_complaint=a.is_complaint,
            intent=a.intent,
            urgency=UrgencyOut(
                priority=_name(a.urgency.priority),
                score=a.urgency.score,
                reasons=[ReasonOut(signal=r.signal, weight=r.weight, text=r.text) for r in a.urgency.reasons],
            ),
            department=a.department,
            needs_review=a.needs_review,
            audit=bool(a.details.get("audit")),
            version=a.version,
            assessed_at=a.assessed_at,
        )


class CustomerOut(BaseModel):
    """A customer that the author is (`linked`) or may be (`possible`), and how we know."""

    customer_id: str
    name: str
    tier: str
    status: LinkStatus
    probability: float
    basis: Basis
    evidence: list[str]

    @classmethod
    def of(cls, candidate: Candidate) -> "CustomerOut":
        link, customer = candidate.link, candidate.customer
        return cls(
            customer_id=customer.customer_id,
            name=customer.name,
            tier=customer.tier,
            status=link.status,
            probability=link.probability,
            basis=link.basis,
            evidence=[evidence.text or evidence.kind for evidence in link.evidence],
        )


class LabelOut(BaseModel):
    """What a person says a mention is; `was` is what the judgement said then."""

    value: str
    was: str | None
    by: str
    at: datetime


class JudgedOut(BaseModel):
    """A mention and its judgement for one brand, null while it waits to be judged. `labels` are what people say, by kind."""

    brand: str
    mention: MentionOut
    assessment: AssessmentOut | None
    own: bool
    case: int | None
    customers: list[CustomerOut]
    labels: dict[str, LabelOut]

    @classmethod
    def of(cls, judged: browse.Judged) -> "JudgedOut":
        return cls(
            brand=judged.assessment.brand,
            mention=MentionOut.of(judged.mention, judged.erased_at is not None),
            assessment=AssessmentOut.of(judged.assessment) if judged.judged else None,
            own=judged.own,
            case=judged.case_id,
            customers=[CustomerOut.of(candidate) for candidate in judged.candidates],
            labels={
                kind: LabelOut(value=label.value, was=label.was, by=label.by, at=label.at)
                for kind, label in judged.labels.items()
            },
        )


class EditOut(BaseModel):
    """The words that a mention had until `seen_at`."""

    seen_at: datetime
    text: str


class MentionFileOut(BaseModel):
    mention: MentionOut
    source: str
    heard_at: datetime
    queries: list[str]
    own: bool
    judgements: list[JudgedOut]
    edits: list[EditOut]
    conversation: list[MentionOut]


class CaseOut(BaseModel):
    """A case. `owner` is a Slack user id; `answer_by` and `resolve_by` are its SLA's deadlines. Beside its mention, `joined`
    posts belong to it; all of them are by `authors` different people."""

    id: int
    brand: str
    status: CaseStatus
    priority: PriorityName
    department: Topic
    owner: str | None
    opened_at: datetime
    answer_by: datetime | None
    resolve_by: datetime | None
    answered_at: datetime | None
    resolved_at: datetime | None
    resolution: str | None
    slack_channel: str | None
    slack_ts: str | None
    mention: MentionOut
    assessment: AssessmentOut
    customers: list[CustomerOut]
    joined: int
    authors: int

    @classmethod
    def of(cls, file: CaseFile) -> "CaseOut":
        return cls(**_case(file))


class EventOut(BaseModel):
    kind: str
    actor: str
    at: datetime
    data: dict[str, Any]


class CaseFileOut(CaseOut):
    conversation: list[MentionOut]
    events: list[EventOut]

    @classmethod
    def with_history(cls, file: CaseFile, events: list[CaseEvent]) -> "CaseFileOut":
        return cls(
            **_case(file),
            conversation=[MentionOut.of(mention) for mention in file.conversation],
            events=[EventOut(kind=e.kind.value, actor=e.actor, at=e.at, data=e.data) for e in events],
        )


class PageOut(BaseModel, Generic[Item]):
    """One page of a list. Give `next` as `after` for the following one; null is the end."""

    items: list[Item]
    next: str | None


def router(site: Site) -> APIRouter:
    routes = APIRouter(prefix="/api", tags=["api"], dependencies=[needs(Role.VIEWER), TOKEN])
    names = {key: table.name for key, table in site.settings.brands.items()}

    @routes.get("/mentions", summary="The latest mentions with their judgements, newest first")
    def list_mentions(query: Annotated[MentionQuery, Query()]) -> PageOut[JudgedOut]:
        with site.store.read() as tx:
            found = browse.latest(tx, query.filters, after=query.key, limit=query.limit)
        return PageOut(items=[JudgedOut.of(j) for j in found.items], next=to_token(found.next) if found.next else None)

    @routes.get("/mentions/{mention_id:path}", summary="All that is stored of one mention")
    def get_mention(mention_id: str) -> MentionFileOut:
        with site.store.read() as tx:
            file = browse.mention_file(tx, mention_id)
        if file is None:
            raise HTTPException(404, "There is no such mention.")
        return MentionFileOut(
            mention=MentionOut.of(file.mention, file.erased_at is not None),
            source=file.source,
            heard_at=file.heard_at,
            queries=list(file.queries),
            own=file.own,
            judgements=[JudgedOut.of(judged) for judged in file.judged],
            edits=[EditOut(seen_at=edit.seen_at, text=edit.text) for edit in file.edits],
            conversation=[MentionOut.of(mention) for mention in file.conversation],
        )

    @routes.get("/cases", summary="Cases: those that wait, most urgent first, or those that are closed, newest first")
    def list_cases(query: Annotated[CaseQuery, Query()]) -> PageOut[CaseOut]:
        with site.store.read() as tx:
            found = browse.case_list(tx, **query.wanted, now=site.now(), names=names)
        return PageOut(
            items=[CaseOut.of(file) for file in found.items], next=to_token(found.next) if found.next else None
        )

    @routes.get("/cases/{case_id}", summary="One case with its conversation and its history")
    def get_case(case_id: Number) -> CaseFileOut:
        with site.store.read() as tx:
            case = cases.get(tx, case_id)
            file = cases.file(tx, case_id, names.get(case.brand, case.brand)) if case else None
            events = cases.events(tx, case_id)
        if file is None:
            raise HTTPException(404, "There is no such case.")
        return CaseFileOut.with_history(file, events)

    @routes.get("/sources", summary="How each source is doing")
    def sources() -> tuple[SourceStatus, ...]:
        return now().sources

    @routes.get("/status", summary="How everything is: sources, queues, desk, alarms; as `sunwai status --json`")
    def whole() -> Status:
        return now()

    def now() -> Status:
        return status(site.store, site.settings, site.now())

    return routes


def _name(priority: Priority) -> PriorityName:
    name: PriorityName = priority.name  # type: ignore[assignment]
    return name


def _case(file: CaseFile) -> dict[str, Any]:
    case: Case = file.case
    plain = {name: getattr(case, name) for name in case.__slots__ if name not in ("mention_id", "version", "priority")}
    return {
        **plain,
        "priority": case.priority.name,
        "mention": MentionOut.of(file.mention, file.erased),
        "assessment": AssessmentOut.of(file.assessment),
        "customers": [CustomerOut.of(candidate) for candidate in file.candidates],
        "joined": file.joined,
        "authors": file.authors,
    }

"""What the figures mean, a word each: the page that every number's name leads to. `docs/metrics.md` says the same, and how
each is counted."""

from dataclasses import dataclass

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from app.web.drawing import render
from app.web.signin import Role, needs
from app.web.site import Site
from core.tongue import N_


@dataclass(frozen=True, slots=True)
class Term:
    """`key` is its place on the page, `/glossary#key`; it never changes, for people link to it."""

    key: str
    name: str
    meaning: str


@dataclass(frozen=True, slots=True)
class Chapter:
    title: str
    terms: tuple[Term, ...]


GLOSSARY = (
    Chapter(
        N_("How to read a figure"),
        (
            Term(
                "window",
                N_("Window"),
                N_(
                    "7, 28 or 90 days that end today, in UTC. A figure is compared with as many days just before, "
                    "where we listened for all of them."
                ),
            ),
            Term(
                "interval",
                N_("95%% interval"),
                N_(
                    "What is estimated from posts would come out a little otherwise with other posts. In 95 of 100 "
                    "cases the interval holds the true value; the fewer posts, the wider it is."
                ),
            ),
            Term(
                "change",
                N_("Change"),
                N_(
                    "Marked with an arrow only where chance alone would make so great a change less than once in "
                    "twenty times. Of many changes shown together, at most one in twenty that are marked is chance."
                ),
            ),
        ),
    ),
    Chapter(
        N_("What is said"),
        (
            Term(
                "mentions",
                N_("Mentions"),
                N_(
                    "Posts, comments, reviews and articles about the brand. Reposts count; what the brand's own "
                    "accounts say does not, nor does what is erased."
                ),
            ),
            Term(
                "net-sentiment",
                N_("Net sentiment"),
                N_(
                    "Positive posts less negative ones, as a part of all that are judged: from −1, all against, to "
                    "+1, all for. Reposts are left out, and posts in a language that cannot be judged. What a person "
                    "corrected counts as corrected."
                ),
            ),
            Term("complaints", N_("Complaints"), N_("The share of judged posts that complain, politely or not.")),
            Term(
                "topic",
                N_("Topic"),
                N_(
                    "What a post is about, in the words of its language: themes such as delivery or refund, and "
                    "phrases that several people use. A post may have several, or none."
                ),
            ),
            Term(
                "share-of-voice",
                N_("Share of voice"),
                N_("The brand's part of all that was said of it and of the competitors in the settings."),
            ),
            Term(
                "reach",
                N_("Potential reach"),
                N_(
                    "The followers of all distinct authors together: how many might have seen it at most, not how "
                    "many did. Shown without the ten biggest accounts too, for one of them can outweigh all others."
                ),
            ),
        ),
    ),
    Chapter(
        N_("Who says it"),
        (
            Term(
                "authors", N_("People"), N_("Distinct accounts that spoke of the brand. One person may have several.")
            ),
            Term(
                "promoter",
                N_("Promoter"),
                N_(
                    "Whose judged posts in the window, at least two, are for the brand by half or more on balance: "
                    "those for it less those against it, as a part of all that are judged. A complaint speaks "
                    "against, however polite."
                ),
            ),
            Term("passive", N_("Passive"), N_("Whose judged posts, at least two, lean neither way so far.")),
            Term(
                "detractor",
                N_("Detractor"),
                N_(
                    "The other way round: whose judged posts, at least two, are against the brand by half or more on "
                    "balance."
                ),
            ),
            Term(
                "social-promoter-score",
                N_("Social promoter score"),
                N_(
                    "The share of promoters less the share of detractors among judged people, times 100: from -100 to"
                    " +100. It rests on what people chose to say in public. It is no survey and no NPS, and is not to"
                    " be compared with one."
                ),
            ),
            Term(
                "recovered",
                N_("Recovered"),
                N_(
                    "People who complained, were answered, and had a good word for the brand afterwards: what support"
                    " does for the brand's name."
                ),
            ),
            Term(
                "at-risk",
                N_("Customers at risk"),
                N_(
                    "Customers, as far as authors are linked to them, who complained or became detractors in the "
                    "window: those who wait for an answer first, then by lifetime value."
                ),
            ),
            Term(
                "link",
                N_("Link to a customer"),
                N_(
                    "That an author is probably a customer, with the evidence for it. Linked is sure enough to act "
                    "on; possible is to be checked before anything is shared."
                ),
            ),
        ),
    ),
    Chapter(
        N_("How the desk does"),
        (
            Term(
                "cases",
                N_("Cases opened"),
                N_("Cases that were opened in the window: each is somebody who needs an answer."),
            ),
            Term(
                "first-response-time",
                N_("First response"),
                N_(
                    "The median time from when a case is opened to its first answer, by the clock on the wall: nights"
                    " and weekends count. Nine in ten cases stay below the second figure."
                ),
            ),
            Term(
                "resolution-time",
                N_("Resolution"),
                N_("The same up to when a case is resolved. What was dismissed is not counted as resolved."),
            ),
            Term(
                "sla-attainment",
                N_("In time"),
                N_(
                    "The share of promises kept, of those that were kept or broken by now. Promises know the hours in"
                    " which a team works."
                ),
            ),
            Term("backlog", N_("Open cases"), N_("Cases that waited for the desk at the end of a day.")),
            Term(
                "transferred", N_("Handed on"), N_("The share of cases that went from one team or person to another.")
            ),
            Term("reopened", N_("Reopened"), N_("The share of cases that were resolved and then opened again.")),
            Term("dismissed", N_("Dismissed"), N_("The share of cases that turned out to need no answer.")),
        ),
    ),
)


def router(site: Site) -> APIRouter:
    routes = APIRouter(include_in_schema=False, default_response_class=HTMLResponse, dependencies=[needs(Role.VIEWER)])

    @routes.get("/glossary")
    def glossary(request: Request) -> HTMLResponse:
        return render(site, request, "glossary.html", chapters=GLOSSARY)

    return routes

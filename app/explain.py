"""What `sunwai explain` shows: every step from a text to its judgement, in plain words."""

from collections.abc import Iterator, Sequence

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from analysis.explain import Answer, Reading, Weighed
from app.terminal import one_line

_MOST = 6  # of each kind, as many as a person reads
_SLIGHT = 0.05


def render(found: Reading) -> RenderableType:
    """The steps for a terminal, one under the other."""
    judged = found.judged
    urgency = judged.urgency
    parts: list[RenderableType] = [
        Text.assemble(
            (urgency.priority.name, "bold"),
            f"  {judged.sentiment.label}, {judged.intent}, for {judged.department}",
            "  (a person should look: we do not know the language)" if judged.needs_review else "",
        )
    ]
    for title, lines in _steps(found):
        parts += [Text(f"\n{title}", style="bold"), Padding(Group(*lines), (0, 0, 0, 2))]
    return Group(*parts)


def _steps(found: Reading) -> Iterator[tuple[str, Sequence[RenderableType]]]:
    answers = {answer.task: answer for answer in found.answers}
    yield f"Language: {found.language}", [Text(one_line(found.why_language))]
    yield "Words, as the rules read them", [Text(one_line(" ".join(found.tokens)) or "none", style="dim")]
    if found.answers:
        yield f"Lexicon: {found.lexicon_score:+.2f}", [_lexicon(found)]
    if cues := list(_cues(found)):
        yield "Cues", cues
    if found.concepts:
        yield "Concepts", [Text("; ".join(f"{name} ({one_line(said)})" for name, said in found.concepts.items()))]
    mood = found.judged.sentiment
    if "sentiment" in answers:
        yield f"Sentiment: {mood.label} {mood.score:+.2f}, by {mood.engine}", list(_answer(answers["sentiment"]))
    else:
        yield f"Sentiment: {mood.label} {mood.score:+.2f}, by {mood.engine}", []
    complaint = [Text(f"{found.complaint:.0%} likely; a complaint from 50%")]
    yield (
        f"Complaint: {'yes' if found.judged.is_complaint else 'no'}",
        [
            *complaint,
            *(_answer(answers["complaint"]) if "complaint" in answers else ()),
        ],
    )
    if "priority" in answers:
        yield "How urgent it sounds to the learned head", list(_answer(answers["priority"]))
    yield f"Urgency: {found.judged.urgency.priority.name}", list(_reasons(found))
    yield f"Department: {found.judged.department}", [Text(one_line(found.why_department))]


def _lexicon(found: Reading) -> Text:
    if not found.lexicon:
        return Text("no charged word", style="dim")
    told = Text()
    for n, one in enumerate(found.lexicon):
        told.append(f"{', ' if n else ''}{one_line(one.text)} ")
        told.append(f"{one.counts:+.1f}", style="bold")
        if one.why:
            told.append(f" ({one.why}, {one.valence:+.1f} as listed)", style="dim")
    return told


def _answer(answer: Answer) -> Iterator[Text]:
    odds = sorted(answer.odds.items(), key=lambda one: -one[1])
    yield Text(", ".join(f"{label} {p:.0%}" for label, p in odds[:4]))
    yield Text(f"{answer.label} rather than {answer.runner_up}, in log odds:", style="dim")
    for kind, parts in (("words", answer.words), ("signs", answer.signs)):
        if told := _weights(parts):
            yield Text.assemble((f"{kind}  ", "dim"), told)
    total = sum(one.weight for one in (*answer.words, *answer.signs)) + answer.rest
    yield Text(f"in all {total:+.2f}, of which {answer.rest:+.2f} for what is usual in texts like this", style="dim")


def _weights(parts: Sequence[Weighed]) -> str:
    heavy = [one for one in parts if abs(one.weight) >= _SLIGHT]
    rest = sum(one.weight for one in parts) - sum(one.weight for one in heavy[:_MOST])
    told = [f"{one_line(one.name)} {one.weight:+.2f}" for one in heavy[:_MOST]]
    return ", ".join(told + ([f"others {rest:+.2f}"] if told and abs(rest) >= _SLIGHT else []))


def _cues(found: Reading) -> Iterator[Text]:
    for name, said in found.cues.items():
        yield Text.assemble(f"{name}  ", (one_line(said), "dim"))
    if found.dropped:
        yield Text(f"set aside, as denied, imagined, over or told of others: {', '.join(found.dropped)}", style="dim")
    if found.days:
        yield Text(f"days spoken of: {found.days:.0f}")
    if found.dollars:
        yield Text(f"money spoken of: about {found.dollars:,.0f} USD")


def _reasons(found: Reading) -> Iterator[Text]:
    urgency = found.judged.urgency
    for reason in urgency.reasons:
        floor = "  (a floor)" if reason.signal in found.floors else ""
        yield Text.assemble(
            f"{reason.weight:+6.2f}  {reason.signal}{floor}  ", (one_line(reason.text) if reason.text else "", "dim")
        )
    cuts = ", ".join(f"{name} from {cut:g}" for name, cut in found.cuts.items())
    yield Text.assemble((f"{urgency.score:6.2f}", "bold"), f"  in all: {urgency.priority.name}  ", (cuts, "dim"))

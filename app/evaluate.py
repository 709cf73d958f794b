"""What `sunwai evaluate` shows: figures with intervals, tables of what was taken for what, and the worst mistakes."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from analysis.evaluate import TASKS, Counts, Figure, Gold, Mistake, Report, corpus_gold, judgements, read_gold, report
from analysis.tongues import TONGUES
from app.terminal import one_line, progress
from core.errors import BadRecord, Misconfigured
from core.mention import Brand

_SHOWN_TABLES = ("sentiment", "priority", "complaint")


def golds_of(file: Path | None, split: str | None, languages: Sequence[str], brands: Sequence[Brand]) -> list[Gold]:
    """The texts to be measured by: a file's, or a split of our corpus."""
    if (file is None) == (split is None):
        raise Misconfigured("Name a FILE to measure by, or --corpus: one of them.")
    if split is not None:
        if unknown := set(languages) - set(TONGUES):
            raise Misconfigured(f"The corpus has no '{min(unknown)}'; it has {', '.join(TONGUES)}.")
        found = corpus_gold(split, languages)
        if not found:
            raise Misconfigured("There is no corpus here: it comes with the project's sources.")
        return found
    assert file is not None  # noqa: S101  # for mypy
    try:
        with file.open("rb") as lines:
            found = read_gold(lines, brands)
    except BadRecord as error:
        raise Misconfigured(f"{file}: {error}.") from None
    except OSError as error:
        raise Misconfigured(f"{file} cannot be read: {error.strerror}.") from None
    if not found:
        raise Misconfigured(f"{file} is empty: it has no text to measure by.")
    told = {gold.right.get("language") for gold in found}
    if unknown := set(languages) - set(TONGUES) - told:
        raise Misconfigured(f"{file} has no text in '{one_line(min(unknown))}'; choose from {', '.join(TONGUES)}.")
    if languages:
        found = [gold for gold in found if gold.right.get("language") in languages]
    if not any(gold.right for gold in found):
        raise Misconfigured(
            f"{file} does not say what is right: give label, language, is_complaint, priority, department or intent"
            f"{' for the texts in ' + ', '.join(languages) if languages else ''}."
        )
    return found


def measured(golds: Sequence[Gold], worst: int) -> Report:
    judged = []
    with progress("Judged", "texts", None) as show:
        for one in judgements(golds):
            judged.append(one)
            show(1, 0)
    return report(golds, judged, worst)


def render(found: Report) -> RenderableType:
    """Tables for a terminal."""
    parts: list[RenderableType] = [Text(f"{found.texts:,} texts. Figures in %, each with its 95% interval.\n")]
    parts.append(_figures(found))
    for task in _SHOWN_TABLES:
        if task in found.tables:
            title = Text(f"\n{task}: what people say, by what we said", style="bold")
            parts += [title, _counts(*found.tables[task])]
    for task, mistakes in found.worst.items():
        if mistakes:
            how = "the surest first" if task == "sentiment" else "the farthest off first; ring: P1 or P2"
            parts += [Text(f"\nWorst mistakes of {task}, {how}", style="bold"), *_mistakes(mistakes)]
    return Group(*parts)


def _figures(found: Report) -> Table:
    groups = [("all", found.texts, found.figures)]
    groups += [(code, texts, figures) for code, (texts, figures) in found.languages.items() if len(found.languages) > 1]
    shown = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    shown.add_column("", no_wrap=True)
    for name, texts, _ in groups:
        shown.add_column(Text(f"{name}\n{texts:,}"), justify="right", min_width=5)
    told = [{one.name: one for one in figures} for _, _, figures in groups]
    for task, measures in TASKS.items():
        names = [name for name in measures if any(name in figures for figures in told)]
        if names:
            shown.add_row(Text(f"texts with {task}", style="dim"), *(_texts(figures, measures) for figures in told))
        for name in names:
            shown.add_row(name, *(_share(figures.get(name), "\n" if len(groups) > 4 else "  ") for figures in told))
    return shown


def _texts(figures: Mapping[str, Figure], measures: Iterable[str]) -> Text:
    """How many texts the figures of a task rest on."""
    return Text(f"{max((figures[name].texts for name in measures if name in figures), default=0):,}", style="dim")


def _share(one: Figure | None, between: str) -> Text:
    if one is None:
        return Text("-", style="dim")
    return Text.assemble(
        (f"{100 * one.value:.1f}", "bold"), (f"{between}{100 * one.low:.0f}-{100 * one.high:.0f}", "dim")
    )


def _counts(rows: Sequence[str], columns: Sequence[str], counts: Counts) -> Table:
    used = [i for i, name in enumerate(columns) if name in rows or counts[:, i].any()]
    shown = Table(box=None, pad_edge=False, padding=(0, 3, 0, 0))
    shown.add_column("", style="bold")
    for i in used:
        shown.add_column(columns[i], justify="right")
    for name, row in zip(rows, counts, strict=True):
        cells = (Text(f"{row[i]:,.0f}", style="bold" if columns[i] == name else "") for i in used)
        shown.add_row(name, *cells)
    return shown


def _mistakes(mistakes: Sequence[Mistake]) -> Iterator[Text]:
    for one in mistakes:
        why = f"  {one.why}" if one.why else ""
        yield Text.assemble(
            f"  {one.right} taken for ",
            (one.said, "bold"),
            _how_sure(one),
            (f"{one_line(one.id)} {one.language}{why}", "dim"),
        )
        yield Text(f"    {one_line(one.text)[:220]}")


def _how_sure(one: Mistake) -> str:
    if one.confidence is None:
        return "  "
    return f", a ring {one.confidence:.0%} likely  " if one.task == "priority" else f", {one.confidence:.0%} sure  "

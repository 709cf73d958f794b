"""`sunwai label` and `sunwai learn`: what the commands do and say, beyond their options."""

import json
from collections.abc import Mapping
from getpass import getuser
from typing import TYPE_CHECKING, Any

import click

from analysis import learn
from analysis.weights import SHIPPED
from app.opening import House, clock
from app.terminal import one_line
from core.store import labels, weights

if TYPE_CHECKING:
    from analysis.learn import Lesson, Proposal
    from core.store.weights import Version


def label(house: House, mention_id: str, brand: str | None, said: Mapping[str, str], by: str | None) -> dict[str, int]:
    """Store what a person says of a mention; returns counts. Raises Misconfigured or BadRecord in a sentence."""
    if not said:
        raise click.UsageError("Say what it is: --priority, --not-urgent, --department, --sentiment, --complaint ...")
    known = list(house.settings.brands)
    if brand is None and len(known) > 1:
        raise click.UsageError(f"Say for which brand, with --brand: {', '.join(known)}.")
    if brand is not None:
        house.settings.need_brand(brand)
    kinds: Any = said
    who = by or _user()
    moment = clock()
    stored = house.store.run(lambda tx: labels.put(tx, mention_id, brand or known[0], kinds, who, moment))
    return {"labels": stored}


def _user() -> str:
    try:
        return getuser()
    except (KeyError, OSError):  # a container's user may have no name
        return "command line"


def lesson(house: House, dry_run: bool, as_json: bool) -> None:
    """Learn now and say what was found; adopt what is better, unless only asked what would be."""
    proposal = learn.propose(house.store)
    adopted = proposal.is_new and not dry_run and learn.adopt(house.store, proposal, clock())
    if as_json:
        row = proposal.as_json() | {"adopted": proposal.weights.version if adopted else None}
        click.echo(json.dumps(row, ensure_ascii=False))
        return
    for one in proposal.lessons:
        _tell(one)
    for floor, times in proposal.disputed.items():
        click.echo(f"{floor}: {times} say that it should not have rung. It is a floor, which only a person moves.")
    click.echo(_outcome(proposal, adopted, dry_run))


def _tell(one: "Lesson") -> None:
    sure = f", {one.confirmed} resolved" if one.confirmed else ""
    click.echo(f"{one.name}: {one.labels} learned from, {one.tested} tested on{sure}; {one.why}.")
    for name, (was, now) in one.moved.items():
        click.echo(f"  {name.replace('_', ' '):12} {was:g} to {now:g}")


def _outcome(proposal: "Proposal", adopted: bool, dry_run: bool) -> str:
    if not proposal.is_new:
        return f"{proposal.current.version} judges on."
    if dry_run:
        return f"{proposal.weights.version} would judge what is heard from then on. Nothing was changed."
    if not adopted:
        return "Another lesson came first; learn again to see what is left."
    return f"{proposal.weights.version} judges what is heard from now on; `sunwai replay` judges again what is stored."


def versions(house: House, as_json: bool) -> None:
    """Every version of the weights, oldest first, and which one judges."""
    with house.store.read() as tx:
        found = weights.listed(tx)
        judging = learn.current(tx).version
    if as_json:
        shipped: dict[str, Any] = {"version": SHIPPED.version, "judges": judging == SHIPPED.version}
        click.echo(json.dumps([shipped, *(_row(one, judging) for one in found)], ensure_ascii=False, default=str))
        return
    click.echo(f"{SHIPPED.version}  as shipped{'  judges now' if judging == SHIPPED.version else ''}")
    for one in found:
        state = "judges now" if one.version == judging else "rolled back" if one.rolled_back_at else "stands"
        what = ", ".join(name for name, figure in one.figures.items() if figure.get("adopted"))
        click.echo(f"{one.version}  adopted {one.adopted_at:%Y-%m-%d %H:%M} UTC  {what}  {state}")


def _row(one: "Version", judging: str) -> dict[str, Any]:
    return {
        "version": one.version,
        "based_on": one.based_on,
        "adopted_at": one.adopted_at.isoformat(),
        "rolled_back_at": one.rolled_back_at.isoformat() if one.rolled_back_at else None,
        "judges": one.version == judging,
        "weights": one.weights,
        "figures": one.figures,
    }


def roll_back(house: House, to: str | None, as_json: bool) -> None:
    """Have an earlier version judge again. Raises BadRecord where there is none."""
    moment = clock()
    judging = house.store.run(lambda tx: weights.roll_back(tx, SHIPPED.version, to, moment))
    click.echo(
        json.dumps({"current": judging}) if as_json else f"{one_line(judging)} judges what is heard from now on."
    )

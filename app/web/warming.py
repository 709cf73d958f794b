"""What the first visit after a start would wait for: the libraries that draw, which take a second or two to load."""

from datetime import date
from threading import Thread


def warm() -> Thread:
    """Load them in a thread of its own, so that the pages which need none answer at once."""
    thread = Thread(target=_draw, name="warming", daemon=True)
    thread.start()
    return thread


def _draw() -> None:
    """Draw a chart of nothing, for much is loaded only then."""
    import pandas as pd

    from app import charts

    counts = {key: [1] for key in ("mentions", "positive", "neutral", "negative")}
    charts.volume(pd.DataFrame({"day": [date(2026, 1, 1)], **counts}), charts.Look()).spec()

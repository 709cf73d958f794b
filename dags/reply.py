"""
### Reply

Always running: send the answers that agents wrote, and that whoever must has let out, as soon as that is so; and open the
tickets that were asked for. Each once, whatever crashes.

**When it is red:** no answer goes out, though nothing is lost: they wait in the outbox, and the next run sends them. The log
ends with why: a mistake in the program, or a database that does not answer. A wrong key does not make it red: the ops
channel is told once which one to mend, and what waited for it then goes out by itself. **To stop all answering,** pause this
DAG.
"""

from datetime import UTC, datetime, timedelta

from airflow.sdk import dag, task

LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
"""See dags/listen.py."""


@dag(
    schedule="@continuous",
    start_date=LONG_AGO,
    max_active_runs=1,
    params={"seconds": 60},
    doc_md=__doc__,
    tags=["sunwai"],
)
def reply() -> None:
    @task(retries=3, retry_delay=timedelta(seconds=5), execution_timeout=timedelta(minutes=10))
    def answer(params: dict[str, float] | None = None) -> dict[str, dict[str, int]]:
        from connections import house

        from app.pipeline import reply_for

        with house() as opened:
            return reply_for(opened, seconds=(params or {}).get("seconds", 60))

    answer()


reply()

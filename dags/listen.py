"""
### Listen

One DAG a source, always running: hear, judge, ring. Its single task pulls the source at its own pace for about a minute, and
what it brings is judged, triaged and posted at once.

**When it is red:** the other sources carry on. The task's log ends with one sentence that says what to mend, such as a key
to renew; the source then goes on where it stopped, by itself. Nothing is lost meanwhile, for its cursor has not moved, and
`sweep` finishes what was left half done. **To stop one source,** pause its DAG, and `sweep` with it, or set
`enabled = false` in its table of the settings.
"""

from datetime import UTC, datetime, timedelta

from airflow.sdk import dag, task

from core.settings import load

LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
"""Without a start date the first run's interval is empty, the second has the first one's date, and Airflow (3.3.2) passes it
over as one that exists, for ever."""


def listener(source: str) -> None:
    @dag(
        dag_id=f"listen_{source}",
        schedule="@continuous",
        start_date=LONG_AGO,
        max_active_runs=1,
        params={"seconds": 60},
        doc_md=__doc__,
        tags=["sunwai"],
    )
    def listen() -> None:
        @task(retries=3, retry_delay=timedelta(seconds=5), execution_timeout=timedelta(minutes=10))
        def hear_and_ring(params: dict[str, float] | None = None) -> dict[str, dict[str, int]]:
            from connections import house

            from app.pipeline import run_for

            with house() as opened:
                return run_for(opened, source, seconds=(params or {}).get("seconds", 60))

        hear_and_ring()

    listen()


for name in load().enabled_sources:
    listener(name)

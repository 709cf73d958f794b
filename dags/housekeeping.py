"""
### Housekeeping

Every 15 minutes: copy customers, orders, stock and help articles, ask the platforms which posts were deleted and erase
those, let go of what is older than the settings keep, and look after the database.

**When it is red:** nothing rings later for it. `sync`: a file or a database of these cannot be read; its log names the
file and the line, and what was copied last stays. `refresh`: a platform does not take its key; mend it within
a day, for deleted posts must go within 24 hours. `tidy`: the database is busy or full; look at its disk.
"""

from datetime import timedelta

from airflow.sdk import dag, task


@dag(schedule="*/15 * * * *", catchup=False, max_active_runs=1, doc_md=__doc__, tags=["sunwai"])
def housekeeping() -> None:
    @task(retries=2, retry_delay=timedelta(minutes=1))
    def stage(name: str) -> dict[str, int]:
        from connections import house

        from app import pipeline

        with house() as opened:
            return getattr(pipeline, name)(opened)

    stage.override(task_id="sync")("sync")
    stage.override(task_id="refresh")("refresh")
    stage.override(task_id="tidy")("housekeeping")


housekeeping()

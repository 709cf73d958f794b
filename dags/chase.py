"""
### Chase

Every minute: look after the clocks. Warn before a first answer or a resolution is overdue, ring again when it is, wake cases
that rested, and hand over where a shift has ended.

**When it is red:** promises may be missed without a word, so look soon. `chase`: a mistake in the program, or a database
that does not answer; its log ends with why. Nothing is forgotten: what should have been told in the last hours is told by
the next run that succeeds. `deliver`: Slack does not take the token; the rings wait in the outbox.
"""

from datetime import timedelta

from airflow.sdk import chain, dag, task


@dag(schedule="* * * * *", catchup=False, max_active_runs=1, doc_md=__doc__, tags=["sunwai"])
def chase() -> None:
    @task(retries=2, retry_delay=timedelta(seconds=5))
    def stage(name: str) -> dict[str, int]:
        from connections import house

        from app import pipeline

        with house() as opened:
            return getattr(pipeline, name)(opened)

    chain(*[stage.override(task_id=name)(name) for name in ("chase", "deliver")])


chase()

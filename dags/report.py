"""
### Report

Every quarter of an hour: tell marketing, once its hour has come, what changed the day or the week before and why; at once
what cannot wait; and mail what is to be mailed. Nothing to do while `[marketing]` names nobody.

**When it is red:** nothing rings later for it, and nothing is told twice. `report`: its log ends with why; `Misconfigured`
names the mail server's setting that is wrong, and the report in Slack went out all the same. `deliver`: Slack does not take
the token; the reports wait in the outbox.
"""

from datetime import timedelta

from airflow.sdk import chain, dag, task


@dag(schedule="*/15 * * * *", catchup=False, max_active_runs=1, doc_md=__doc__, tags=["sunwai"])
def report() -> None:
    @task(retries=2, retry_delay=timedelta(minutes=1))
    def stage(name: str) -> dict[str, int]:
        from connections import house

        from app import pipeline

        with house() as opened:
            return getattr(pipeline, name)(opened)

    chain(*[stage.override(task_id=name)(name) for name in ("report", "deliver")])


report()

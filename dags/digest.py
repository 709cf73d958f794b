"""
### Digest

Every quarter of an hour: tell each team, once its hour of the day has come, what was said the day before of the topics in
its digest; and tell it, once, that its guideline has changed.

**When it is red:** nothing rings later for it. `digest`: a mistake in the program, or a database that does not answer; its
log ends with why. The days of a week that were missed are told by the next run that succeeds. `deliver`: Slack does not take
the token; the digests wait in the outbox.
"""

from datetime import timedelta

from airflow.sdk import chain, dag, task


@dag(schedule="*/15 * * * *", catchup=False, max_active_runs=1, doc_md=__doc__, tags=["sunwai"])
def digest() -> None:
    @task(retries=2, retry_delay=timedelta(minutes=1))
    def stage(name: str) -> dict[str, int]:
        from connections import house

        from app import pipeline

        with house() as opened:
            return getattr(pipeline, name)(opened)

    chain(*[stage.override(task_id=name)(name) for name in ("digest", "deliver")])


digest()

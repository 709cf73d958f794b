"""
### Learn

Every night: learn from what the desk corrected since the last lesson, test it on the newest week of labels, and adopt only
what is better there. `sunwai learn --list` shows what was adopted. With `judgement.learn = false` it rests.

**When it is red:** nothing rings otherwise for it; what judged yesterday judges on, and the next night learns the same. Look
at the database, or for a mistake in the program. A lesson that was adopted and does no good is no error here:
`sunwai learn --rollback` takes it back.
"""

from datetime import timedelta

from airflow.sdk import dag, task


@dag(schedule="30 2 * * *", catchup=False, max_active_runs=1, doc_md=__doc__, tags=["sunwai"])
def learn() -> None:
    @task(retries=2, retry_delay=timedelta(minutes=5))
    def lesson() -> dict[str, int]:
        from connections import house

        from app import pipeline

        with house() as opened:
            return pipeline.learn(opened)

    lesson()


learn()

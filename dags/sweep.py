"""
### Sweep

Every minute, each stage once over all sources, whatever happened to the run that should have done it. On a quiet day it
finds nothing to do, for `listen_<source>` was faster.

**When it is red:** the red task is the stage that failed, and its log ends with why. The later stages ran all the same.
`ingest`: a source needs a person, and its sentence says which key to mend. `deliver`: Slack does not take the token; cards
wait in the outbox. `assess`, `triage`: a mistake in the program; what was heard waits in the store, and nothing is lost.
"""

from datetime import timedelta

from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.sdk import chain, dag, task


@dag(schedule="* * * * *", catchup=False, max_active_runs=1, doc_md=__doc__, tags=["sunwai"])
def sweep() -> None:
    @task(trigger_rule="all_done", retries=2, retry_delay=timedelta(seconds=5))
    def stage(name: str) -> dict[str, int]:
        from connections import house

        from app import pipeline

        with house() as opened:
            return getattr(pipeline, name)(opened)

    steps = [stage.override(task_id=name)(name) for name in ("ingest", "assess", "triage", "watch", "deliver")]
    chain(*steps)
    steps >> EmptyOperator(task_id="all_well")  # red where any step was, though the later ones ran


sweep()

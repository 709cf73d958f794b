"""
### Sweep

Every minute, each stage once over all sources, whatever happened to the run that should have done it. On a quiet day it
finds nothing to do, for `listen_<source>` was faster.

**When it is red:** the red task is the stage that failed, and its log ends with why. The later stages ran all the same.
`ingest`: a source needs a person, and its sentence says which key to mend. `deliver`: Slack does not take the token; cards
wait in the outbox. `assess`, `triage`: a mistake in the program; what was heard waits in the store, and nothing is lost.
"""

from datetime import timedelta
from itertools import pairwise

from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.sdk import dag, task

after_all = task(trigger_rule="all_done", retries=2, retry_delay=timedelta(seconds=5))


@dag(schedule="* * * * *", catchup=False, max_active_runs=1, doc_md=__doc__, tags=["sunwai"])
def sweep() -> None:
    @after_all
    def ingest() -> dict[str, int]:
        return stage("ingest")

    @after_all
    def assess() -> dict[str, int]:
        return stage("assess")

    @after_all
    def triage() -> dict[str, int]:
        return stage("triage")

    @after_all
    def watch() -> dict[str, int]:
        return stage("watch")

    @after_all
    def deliver() -> dict[str, int]:
        return stage("deliver")

    steps = [ingest(), assess(), triage(), watch(), deliver()]
    for before, then in pairwise(steps):
        before >> then
    steps >> EmptyOperator(task_id="all_well")  # red where any step was, though the later ones ran


def stage(name: str) -> dict[str, int]:
    from connections import house

    from app import pipeline

    with house() as opened:
        return getattr(pipeline, name)(opened)


sweep()

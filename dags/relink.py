"""
### Relink

Every hour: link authors anew whom a change of the customers can touch: those who are linked to a customer that is new,
changed or gone, and those who share a handle, an id or a name with one. Where nothing changed it rests.

**When it is red:** no mention is missed for it, and no card waits; authors keep the links they have, and whoever posts is
linked by the customers as they are. What changed stays marked, and the next hour begins again. Look at the database, or for
a mistake in the program. `sunwai relink --all` judges everybody anew.
"""

from datetime import timedelta

from airflow.sdk import dag, task


@dag(schedule="20 * * * *", catchup=False, max_active_runs=1, doc_md=__doc__, tags=["sunwai"])
def relink() -> None:
    @task(retries=2, retry_delay=timedelta(minutes=5))
    def link_anew() -> dict[str, int]:
        from connections import house

        from app import pipeline

        with house() as opened:
            return pipeline.relink(opened)

    link_anew()


relink()

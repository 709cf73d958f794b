"""`python -m tests.dags.in_airflow`: stays inside Airflow and does what each JSON line on standard input asks for.

{"do": "look"} tells what the DAG files define; {"do": "run", "dag": id, "environment": {...}} makes one run of a DAG, with
these variables. Each answer is a line that begins with "answer: ".
"""

import json
import os
import sys
import time
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parents[2] / "dags"
FILES = ("listen.py", "sweep.py", "housekeeping.py", "learn.py", "relink.py")


def bag() -> Any:
    from airflow.dag_processing.dagbag import BundleDagBag

    return BundleDagBag(FOLDER, bundle_path=FOLDER, bundle_name="dags-folder")


def look(order: dict[str, Any]) -> dict[str, Any]:
    """What the files define, and the CPU seconds that each takes by itself once Airflow is loaded."""
    import airflow.providers.standard.operators.empty
    import airflow.sdk  # noqa: F401

    seconds = {name: _parse_seconds(FOLDER / name) for name in FILES}
    found = bag()
    return {"dags": {dag.dag_id: _told(dag) for dag in found.dags.values()}, "errors": found.import_errors} | {
        "seconds": seconds
    }


def _told(dag: Any) -> dict[str, Any]:
    return {
        "timetable": type(dag.timetable).__name__,
        "expression": getattr(dag.timetable, "expression", None),
        "max_active_runs": dag.max_active_runs,
        "catchup": dag.catchup,
        "start_date": str(dag.start_date),
        "doc_md": dag.doc_md,
        "tasks": {
            task.task_id: {
                "retries": task.retries,
                "rule": task.trigger_rule.value,
                "after": sorted(task.upstream_task_ids),
            }
            for task in dag.tasks
        },
    }


def _parse_seconds(path: Path) -> float:
    reading, writing = os.pipe()
    if os.fork() == 0:
        began = time.process_time()
        sys.path.append(str(path.parent))
        try:
            exec(
                compile(path.read_text(), str(path), "exec"),
                {"__name__": "parsed", "__file__": str(path), "__doc__": ""},
            )
        finally:
            os.write(writing, str(time.process_time() - began).encode())
            os._exit(0)
    os.wait()
    return float(os.read(reading, 100))


def run(order: dict[str, Any]) -> dict[str, Any]:
    """One run of a DAG: its state, and each task's state and what it returned."""
    before = dict(os.environ)
    os.environ.update(order["environment"])
    try:
        made = bag().dags[order["dag"]].test(run_conf=order.get("conf"))
    finally:
        os.environ.clear()
        os.environ.update(before)
    tasks = {
        task.task_id: {"state": str(task.state), "returned": task.xcom_pull(task_ids=task.task_id)}
        for task in made.get_task_instances()
    }
    return {"state": str(made.state), "tasks": tasks}


if __name__ == "__main__":
    for line in sys.stdin:
        order = json.loads(line)
        print("answer: " + json.dumps({"look": look, "run": run}[order["do"]](order)), flush=True)

"""A database that goes away for a while, in the middle of everything, costs time and nothing else."""

import sqlite3
import threading
import time
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url

from app.opening import House
from app.pipeline import run_for, run_once
from core.settings import Environment, parse
from core.store import open_store, outbox
from tests.end_to_end.town import P1, Town


def listen(town: Town, seconds: float, break_it: object) -> list[str]:
    """Two workers listen to X while people speak and `break_it` does its worst. Returns the posts that must ring."""
    assert callable(break_it)
    run_once(town.house)
    houses = [
        House(parse(town.settings), Environment(town.sandbox.env()), open_store(town.database_url)) for _ in range(2)
    ]
    wrong: list[BaseException] = []

    def work(house: House) -> None:
        try:
            run_for(house, "x", seconds)
        except BaseException as error:
            wrong.append(error)

    threads = [threading.Thread(target=work, args=(house,)) for house in houses]
    for thread in threads:
        thread.start()
    breaker = threading.Thread(target=break_it)
    breaker.start()
    posts = []
    for number in range(8):
        posts.append(f"x:{town.sandbox.world.post('x', f'a{number}', f'{P1} number {number}').id}")
        time.sleep(seconds / 12)
    for thread in (*threads, breaker):
        thread.join(60)
        assert not thread.is_alive()
    for _ in range(12):
        town.hurry()
        run_once(town.house)
    for house in houses:
        house.close()
    return posts


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_file_that_another_process_holds_for_seconds(town: Town) -> None:
    path = make_url(town.database_url).database
    assert path and Path(path).exists()

    def hold() -> None:
        other = sqlite3.connect(path, timeout=30, isolation_level=None, check_same_thread=False)
        for _ in range(2):
            time.sleep(0.3)
            other.execute("BEGIN IMMEDIATE")
            time.sleep(1.2)
            other.execute("ROLLBACK")
        other.close()

    posts = listen(town, 4, hold)
    assert town.cards() == dict.fromkeys(posts, 1)


@pytest.mark.parametrize("database_url", [pytest.param("postgresql", marks=pytest.mark.postgres)], indirect=True)
def test_a_server_that_drops_every_connection(town: Town) -> None:
    admin = create_engine(make_url(town.database_url).set(database="postgres"), isolation_level="AUTOCOMMIT")
    name = make_url(town.database_url).database

    def drop() -> None:
        for _ in range(15):
            time.sleep(0.2)
            with admin.connect() as connection:
                connection.exec_driver_sql(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %(name)s", {"name": name}
                )

    posts = listen(town, 4, drop)
    admin.dispose()
    assert town.cards() == dict.fromkeys(posts, 1)
    with town.store.read() as tx:
        assert outbox.sizes(tx) == {"waiting": 0, "failed": 0}

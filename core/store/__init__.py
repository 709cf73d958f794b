"""The one place where everything is stored: SQLite for one machine, PostgreSQL for production.

    store = open_store("sqlite:///.sunwai/sunwai.db")
    with store.write() as tx:
        mentions.save_page(tx, ...)

One module per noun (`mentions`, `cursors`, `assessments`, `cases`, `outbox` ...) holds functions that take the open
transaction first, so that a stage can put what belongs together into one transaction.
"""

from core.store.engine import Store, open_store

__all__ = ["Store", "open_store"]

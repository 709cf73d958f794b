"""Is a Slack listener connected? Exit code 0 or 1, for the container's health check."""

import os
import sys
from datetime import timedelta

from core.store import health, open_store
from core.store.engine import database_now

store = open_store(os.environ["DATABASE_URL"])
with store.read() as tx:
    oldest = database_now(tx) - timedelta(seconds=60)
    sys.exit(not any(at > oldest for at in health.beats(tx, "listener:").values()))

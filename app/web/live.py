"""Telling open pages that something has changed, by server-sent events (the HTML standard, chapter 9.2)."""

import asyncio
from collections.abc import AsyncIterator, Callable, Hashable

from fastapi import HTTPException
from fastapi.responses import StreamingResponse
from starlette.concurrency import run_in_threadpool

from app.web.i18n import gettext as _

EVERY = 1.0
"""Seconds between two looks at what may have changed."""
STILL_HERE = 15.0
"""Seconds after which a silent stream says that it lives, or proxies would cut it off."""
LASTS = 600.0
"""Seconds after which a stream ends. The browser asks for a new one, and who may see it is looked at again."""
MOST = 300
"""Streams at once; pages beyond them ask every few seconds instead."""


class Watch:
    """Looks at one thing for all who wait for it, and only while somebody does.

    `look` returns what changes when something has changed. It is called in a thread, a moment at a time: however many pages
    are open, none of them holds a connection to the database.
    """

    def __init__(self, look: Callable[[], Hashable], every: float = EVERY) -> None:
        self._look = look
        self._every = every
        self._waiting: set[asyncio.Event] = set()
        self._looking: asyncio.Task[None] | None = None

    def stream(self) -> StreamingResponse:
        """An answer that sends `changed` whenever something has. Raises HTTPException where too many are open."""
        if len(self._waiting) >= MOST:
            raise HTTPException(503, _("Too many pages are open for this one to be told of changes; it asks for them."))
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}  # the latter is for nginx
        return StreamingResponse(self._events(), media_type="text/event-stream", headers=headers)

    async def _events(self) -> AsyncIterator[str]:
        changed = asyncio.Event()
        self._waiting.add(changed)
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self._keep_looking())
        ends = asyncio.get_running_loop().time() + LASTS
        try:
            yield "retry: 3000\n\n"
            while asyncio.get_running_loop().time() < ends:
                try:
                    await asyncio.wait_for(changed.wait(), STILL_HERE)
                except TimeoutError:
                    yield ": still here\n\n"
                else:
                    changed.clear()
                    yield "event: changed\ndata:\n\n"
        finally:
            self._waiting.discard(changed)

    async def _keep_looking(self) -> None:
        """Until nobody waits. A look that fails says nothing: the page's own next look tells what is wrong."""
        seen: Hashable = None
        first = True
        while self._waiting:
            try:
                found = await run_in_threadpool(self._look)
            except Exception:  # whatever the database says just now, the next look may go well
                found = seen
            if not first and found != seen:
                for waiting in self._waiting:
                    waiting.set()
            first, seen = False, found
            await asyncio.sleep(self._every)

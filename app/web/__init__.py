"""The dashboard: what waits, what was heard and why it was judged so, and how the listening goes. It reads, and takes down
what people say of a mention.

site.py     the application: its pages, its headers, where it may be reached
pages.py    the pages for people
api.py      the same as JSON
probes.py   /healthz, /readyz and /metrics
asking.py   what a query string may say: filters, and where a list goes on; and what a form may
words.py    how times, numbers and strangers' words are written on a page
"""

from app.web.site import create_app, run_web, web_server

__all__ = ["create_app", "run_web", "web_server"]

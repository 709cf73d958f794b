"""The dashboard: what waits, what was heard and why it was judged so, and how the listening goes. It reads, and takes down
what people say of a mention.

site.py         the application: its pages, its headers, where it may be reached
drawing.py      how every page is drawn, and the navigation
i18n.py         the languages that it speaks; the catalogs are in core/locale/
signin.py       who looks, and what they may do
scope.py        the brand and the days that an insight page is about
mentions.py     what was heard, and putting it right
cases.py        what the desk has before it
views.py        the views of these lists that people keep
exports.py      taking a list away as a file
live.py         telling open pages that something has changed
overview.py     how we are doing; people.py, trends.py, competitors.py, desk.py: the other pages for marketers
glossary.py     what each figure means
figures.py      their charts, and the script that draws them
telling.py      how figures and changes are told
pages.py        the sources, and what the API is
api.py          the same as JSON; api_insight.py what the pages for marketers show
probes.py       /healthz, /readyz and /metrics
asking.py       what a query string may say: filters, and where a list goes on; and what a form may
preferences.py  what a visitor chooses for themselves
words.py        how times, numbers and strangers' words are written on a page

A page is a module with `router(site) -> APIRouter`, whose router or routes declare `needs(Role...)`; it draws with
`drawing.render(site, request, "name.html", ...)`, takes forms as `signin.Form`, an insight page its brand and days as
`scope.BrandAsked` and `scope.DaysAsked` (handing `window=window_of(...)` to `render`, and drawing `choose_window()` of
`window.html`), and says every text in `_()`. The navigation finds it by its path.
"""

from app.web.site import create_app, run_web, web_server

__all__ = ["create_app", "run_web", "web_server"]

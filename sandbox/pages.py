"""What a person sees who follows a card's link to a post: plain pages, strangers' text escaped."""

from html import escape

from sandbox.world import Author, Post

STYLE = """
:root { color-scheme: light dark; --ink: #1c2430; --soft: #5b6674; --line: #d9dee5; --paper: #fff; --desk: #f3f5f8 }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e8ebf0; --soft: #9aa5b4; --line: #333c48; --paper: #1b212a; --desk: #12161c } }
body { font: 16px/1.5 system-ui, sans-serif; background: var(--desk); color: var(--ink); margin: 0; padding: 2rem 1rem }
main { max-width: 40rem; margin: auto } h1 { font-size: 1.25rem; margin: 0 0 .5rem }
article { background: var(--paper); border: 1px solid var(--line); border-radius: .75rem;
  padding: 1rem 1.25rem; margin: 0 0 1rem }
article.reply { margin-left: 2rem } .who { color: var(--soft); font-size: .9rem } .who b { color: var(--ink) }
textarea, button { font: inherit; width: 100%; box-sizing: border-box; border-radius: .5rem; padding: .6rem .8rem;
  border: 1px solid var(--line); background: var(--paper); color: inherit }
button { width: auto; margin: .6rem 0 0; font-weight: 600; cursor: pointer }
p { white-space: pre-wrap; overflow-wrap: anywhere; margin: .5rem 0 } footer { color: var(--soft); font-size: .85rem }
"""


def post_page(post: Post, replies: list[Post]) -> str:
    """One post and its direct replies."""
    body = _article(post, "") + "".join(_article(reply, "reply") for reply in replies)
    return page(f"{post.author.name} · sandbox", body)


def reply_page(post: Post, text: str, who: Author) -> str:
    """A post, and the box in which `who` answers it; `text` stands in it already."""
    box = (
        f'<article class="reply"><form method="post"><label for="text">Answer as <b>@{escape(who.handle)}</b></label>'
        f'<textarea id="text" name="text" rows="6" dir="auto">{escape(text)}</textarea><button>Post</button>'
        "</form></article>"
    )
    return page("Answer · sandbox", _article(post, "") + box)


def page(title: str, body: str) -> str:
    """A whole document; `body` is HTML, `title` is text."""
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>{escape(title)}</title><style>{STYLE}</style><main>{body}"
        f"<footer>Made up, on this machine only: the Sunwai sandbox.</footer></main></html>"
    )


def _article(post: Post, kind: str) -> str:
    heading = f"<h1>{escape(post.title)}</h1>" if post.title else ""
    place = f" · {escape(post.place)}" if post.place else ""
    when = f"{post.created_at:%d %b %Y, %H:%M} UTC"
    return (
        f'<article class="{kind}"><div class="who"><b>{escape(post.author.name)}</b> @{escape(post.author.handle)}{place}'
        f' · {when}</div>{heading}<p dir="auto">{escape(post.text)}</p></article>'
    )

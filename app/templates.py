"""The pages' templates: what those of the dashboard and those that are handed round share."""

from jinja2 import Environment, PackageLoader, StrictUndefined

from core.tongue import spoken, word


def environment() -> Environment:
    """Templates that escape strangers' text, fail on a name that nobody gave, and speak the language that is spoken."""
    made = Environment(
        loader=PackageLoader("app.web"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    made.install_gettext_callables(  # type: ignore[attr-defined]  # the extension adds it
        word, lambda one, many, n: spoken().catalog.ngettext(one, many, n), newstyle=True
    )
    return made

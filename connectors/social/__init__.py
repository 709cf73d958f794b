"""One module per platform, and the list of them. See CONTRIBUTING.md for how to add one."""

from collections.abc import Collection
from importlib import import_module

from connectors.social.source import Source
from core.errors import Misconfigured
from core.settings import Environment, Settings

REGISTRY = {
    "x": "connectors.social.x:build",
    "reddit": "connectors.social.reddit:build",
    "mastodon": "connectors.social.mastodon:build",
    "rss": "connectors.social.rss:build",
    "replay": "connectors.social.replay:build",
}
"""Each `type` of source, and what makes one: a function of (name, table, settings, environment). Loaded when used."""


def build(settings: Settings, environment: Environment, only: Collection[str] | None = None) -> list[Source]:
    """The enabled sources of the settings, or those of them that are named in `only`, in the settings' order.

    Raises Misconfigured with one sentence that names the key, the variable or the source.
    """
    for name in only or ():
        if name not in settings.sources:
            raise Misconfigured(
                f"there is no source '{name}': the settings have {', '.join(settings.sources) or 'none'}."
            )
    built = []
    for name, table in settings.sources.items():
        if (only is None or name in only) and table.get("enabled", True) is not False:
            kind = table.get("type", name)
            if kind not in REGISTRY:
                raise Misconfigured(f"sources.{name}.type is '{kind}': it may be one of {', '.join(REGISTRY)}.")
            module, factory = REGISTRY[kind].split(":")
            built.append(getattr(import_module(module), factory)(name, table, settings, environment))
    return built

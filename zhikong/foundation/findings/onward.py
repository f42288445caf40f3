"""What else may come of a finding: an app offers its own next step, such as an improvement project."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Onward:
    """A link on a finding's page. done: it has come of it already, the link leads there."""

    label: str
    url: str
    done: bool = False


Provider = Callable[..., Onward | None]
_providers: dict[str, Provider] = {}


def register(kind: str, provider: Provider) -> None:
    """Let ``provider(user, finding) -> Onward | None`` offer a step; called in an app's ready()."""
    _providers[kind] = provider


def unregister(kind: str) -> None:
    _providers.pop(kind, None)


def offers(user, finding) -> list[Onward]:
    """What the apps offer this reader for this finding, by kind."""
    found = (_providers[kind](user, finding) for kind in sorted(_providers))
    return [one for one in found if one is not None]

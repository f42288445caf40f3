"""What an app may show of itself on pages that it does not own: menu entries, home cards, a to-do count.

An app says it in its own ``panel.py``: ``PANEL = Panel(menu=(MenuEntry(...),), ...)``. The site collects the
panels of all apps, drops what the user has no permission for, and hands the rest to the templates, so that a
new function is a new folder and needs no line anywhere else. Nothing here knows Django or any app.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

Count = Callable[[Any], int]
"""Takes the request and gives a whole number; 0 shows nothing."""


@dataclass(frozen=True)
class MenuEntry:
    """One line of the left menu.

    label: a (lazily translated) Chinese word, four to six characters.
    url_name: a name that ``reverse`` resolves with ``url_args``.
    url_args: arguments of the address, such as the id of the form whose register the entry opens.
    icon: a lucide icon name.
    order: smaller stands higher; the first four also stand in the phone's bottom bar.
    permission: a member of the permission enum, or None when everybody who is signed in may go there.
    badge: a count in a red pill after the label.
    roles: codes of the roles whose work it is; empty means that everybody with the permission sees it.
    """

    label: Any
    url_name: str
    icon: str
    order: int = 100
    permission: Any = None
    badge: Count | None = None
    url_args: tuple[Any, ...] = ()
    roles: tuple[str, ...] = ()


@dataclass(frozen=True)
class CardRow:
    """One line of a home card: a text that leads somewhere, with a quiet note at the right."""

    text: Any
    url: str = ""
    note: Any = ""
    state: str = ""  # ok, warn, bad, none: drawn as shape and word
    word: Any = ""  # the word that goes with the state
    detail: Any = ""


@dataclass(frozen=True)
class HomeCard:
    """A card on the home page: rows in the house's form, or a template of the app's own with a context.

    empty: what to say, and what to do next, when there are no rows.
    """

    title: Any
    rows: tuple[CardRow, ...] = ()
    order: int = 100
    url: str = ""
    url_label: Any = ""
    empty: Any = ""
    template: str = "components/card_rows.html"
    context: Mapping[str, Any] = field(default_factory=dict)
    wide: bool = False


@dataclass(frozen=True)
class SearchHit:
    """One thing that the search found, for a reader who may see it.

    kind: the heading it stands under, such as 指标; note: what tells it from others of the same name.
    at: a date or moment of it, for the order within its kind; None when it has none.
    """

    title: Any
    url: str
    kind: Any
    note: Any = ""
    at: Any = None


Search = Callable[[Any, str], Iterable[SearchHit]]
"""Takes the request and the cleaned query; gives hits within the reader's scope, the best first, few of them."""


@dataclass(frozen=True)
class Panel:
    """Everything one app offers to pages it does not own.

    keeps_house: its cards look after the system, not after patients; the home page asks for them once it stands.
    """

    menu: tuple[MenuEntry, ...] = ()
    home_cards: Callable[[Any], Iterable[HomeCard]] | None = None
    keeps_house: bool = False
    todo_count: Count | None = None
    search: Search | None = None


def joined(*panels: Panel) -> Panel:
    """One panel of several parts of a function: entries and cards one after another, counts added."""

    def gathered(name: str) -> Callable[..., list] | None:
        parts = [part for panel in panels if (part := getattr(panel, name)) is not None]
        return (lambda *asked: [one for part in parts for one in part(*asked)]) if parts else None

    counts = [panel.todo_count for panel in panels if panel.todo_count is not None]
    return Panel(
        menu=tuple(entry for panel in panels for entry in panel.menu),
        home_cards=gathered("home_cards"),
        keeps_house=all(panel.keeps_house for panel in panels),
        todo_count=(lambda request: sum(count(request) for count in counts)) if counts else None,
        search=gathered("search"),
    )

"""Where findings come from: a source can say what to write into the form and where its cases are (CAP-14)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Source:
    """What the raise form starts with, and what the finding's page links to.

    departments: ids proposed; url: the source's page; cases_url: the cases behind it; cases: how many.
    clause_key, clause_text: what was not complied with (``<form id>:<item id>`` or a rule's id) and its words.
    """

    title: str = ""
    detail: str = ""
    label: str = ""
    url: str = ""
    cases_url: str = ""
    cases: int | None = None
    severity: str = "minor"
    departments: tuple[int, ...] = ()
    clause_key: str = ""
    clause_text: str = ""


Provider = Callable[..., Source | None]
_providers: dict[str, Provider] = {}


def register(kind: str, provider: Provider) -> None:
    """Let ``provider(key, department_id) -> Source`` describe sources of a kind; called in an app's ready().

    An indicator's key is ``<id>@<YYYY-MM>``; department_id is None before departments are chosen.
    """
    _providers[kind] = provider


def unregister(kind: str) -> None:
    _providers.pop(kind, None)


def describe(kind: str, key: str, department_id: int | None = None) -> Source:
    """The source as its provider describes it; an empty one when the kind is unknown."""
    provider = _providers.get(kind)
    return (provider(key, department_id) if provider else None) or Source()


def describe_several(kind: str, key: str, departments: Sequence[int]) -> Source:
    """The source for departments chosen beforehand: the facts of each, one after the other."""
    if len(departments) < 2:
        return describe(kind, key, departments[0] if departments else None)
    own = [describe(kind, key, pk) for pk in departments]
    return replace(
        describe(kind, key),
        title=own[0].title,
        detail="\n".join(source.detail for source in own),
        severity="major" if any(source.severity == "major" for source in own) else "minor",
        departments=tuple(departments),
    )


def own_details(
    kind: str, key: str, departments: Sequence[int], *, proposed: Source, detail: str
) -> dict[int, str]:
    """What each department's notice says when the proposed facts were left as they were: its own, not another's.

    Proposed for the whole hospital, the hospital's facts stand before the department's.
    """
    if not proposed.detail or detail.split() != proposed.detail.split():
        return {}
    head = () if proposed.departments else (proposed.detail,)
    own = {pk: describe(kind, key, pk).detail for pk in departments}
    return {pk: "\n".join((*head, text)) for pk, text in own.items() if text}


def indicator_key(query: Mapping[str, str]) -> str:
    """The key of an indicator's month from the parameters of a link."""
    return f"{query.get('indicator', '')}@{query.get('month', '')}"

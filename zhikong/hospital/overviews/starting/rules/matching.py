"""Which of several files belong together: a front page with the files of its own delivery. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePath


@dataclass(frozen=True)
class Given:
    """A file that was handed in. main: the mapping that knows it as a front page; fits: {mapping: its other sources
    whose columns it has}."""

    name: str
    main: str = ""
    fits: Mapping[str, Collection[str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Delivery:
    """One load: a front page, its mapping, and {source: file} of what came with it."""

    main: str
    mapping: str
    beside: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Sorted:
    """Deliveries in the order of their names, and the files that belong to none, with the reason."""

    deliveries: tuple[Delivery, ...]
    left: tuple[tuple[str, str], ...]


def sort(files: Sequence[Given]) -> Sorted:
    """Front pages each with its own companions: those of the same numbers in the name where there are several."""
    mains = sorted((f for f in files if f.main), key=lambda f: f.name)
    beside: dict[str, dict[str, str]] = {f.name: {} for f in mains}
    left = []
    for one in (f for f in files if not f.main):
        reason = _place(one, mains, beside)
        if reason:
            left.append((one.name, reason))
    return Sorted(tuple(Delivery(f.name, f.main, beside[f.name]) for f in mains), tuple(left))


def _place(one: Given, mains: Sequence[Given], beside: dict[str, dict[str, str]]) -> str:
    """Puts a companion beside its front page; gives the reason when it cannot."""
    if not one.fits:
        return "从表头认不出是哪种文件"
    fitting = [main for main in mains if main.main in one.fits]
    if not fitting:
        return "这是首页的伴随文件，请和它的首页一起选"
    if len(fitting) > 1:
        fitting = [main for main in fitting if _digits(main.name) == _digits(one.name)]
    if len(fitting) != 1:
        return "有几份首页，分不清它属于哪一份；请在文件名里写相同的年月，或和对应的首页单独导入"
    source = _source(one, fitting[0].main)
    taken = beside[fitting[0].name]
    if source in taken:
        return f"与 {taken[source]} 是同一种文件"
    taken[source] = one.name
    return ""


def _source(one: Given, mapping: str) -> str:
    return sorted(one.fits[mapping])[0]


def _digits(name: str) -> str:
    return "".join(re.findall(r"\d+", PurePath(name).stem))

"""Categories of adverse events as data: words that suggest one, who handles it, which typed form asks later. No ORM.

Sources: domain reference e2 (several hospitals' forms have 11 to 19), EVT-16, EVT-17, EVT-25; seeds 000-P6, 000-P7.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from zhikong.engine.definitions import located, shapes
from zhikong.engine.definitions.problems import Problem

GROUPS = ("care", "medication", "procedure", "tests", "safety", "support", "staff")
OWNERS = ("quality_office", "medical_affairs", "nursing", "infection_control", "pharmacy", "equipment")
FACTORS = (
    "patient", "staff", "task", "communication", "equipment", "environment", "organisation", "training", "team",
)  # fmt: skip
_texts = shapes.list_of(shapes.text)
SHAPE = shapes.Record(
    {
        **shapes.HEAD, "group": shapes.one_of(*GROUPS), "order": shapes.whole(1, 999), "plain": shapes.text,
        "handled_by": shapes.one_of(*OWNERS), "words": shapes.list_of(shapes.text, least=2),
        "factors": shapes.list_of(shapes.one_of(*FACTORS), least=1),
        "samples": shapes.list_of(
            shapes.Record({"said": shapes.text, "suggests": shapes.flag}), least=2
        ),
    },
    {
        "form": shapes.text, "emergency_plan": shapes.text, "harm_letters": shapes.flag, "not_words": _texts,
        "titles_en": shapes.text, "asks_first": _texts,
    },
)  # fmt: skip
FIX = "请对照 packs/national/incident_categories/fall.yaml 的写法。"


@dataclass(frozen=True)
class Category:
    """One category. plain: what it covers, in one sentence. words, not_words: what speaks for and against it.

    handled_by: role of the office. form: id of the typed form that is asked after the report, '' when none.
    emergency_plan: id of the plan that it sets off. factors: groups of contributory factors that are looked at first.
    harm_letters: the outcome is told by the letters A to I. samples: sentences and whether they suggest it.
    """

    id: str
    version: int
    title: str
    group: str
    order: int
    plain: str
    document: str
    clause: str
    mark: str
    handled_by: str
    words: tuple[str, ...]
    not_words: tuple[str, ...]
    form: str
    emergency_plan: str
    factors: tuple[str, ...]
    harm_letters: bool
    next_review: date
    samples: tuple[tuple[str, bool], ...]


def parse(text: str, *, file: Path) -> Category | list[Problem]:
    """Read a category; its own samples must come out as they say. Nothing is raised for bad content."""
    found = located.read_text(text, file=file)
    if isinstance(found, Problem):
        return [found]
    if problems := shapes.problems(found, SHAPE, FIX):
        return problems
    made = _category(found.data)
    return list(_wrong_samples(found, made)) or made


def _category(data: dict[str, Any]) -> Category:
    source = data["source"]
    return Category(
        data["id"], data["version"], data["title"]["zh"], data["group"], data["order"], data["plain"],
        source["document"], str(source.get("clause", "")), source["mark"], data["handled_by"],
        tuple(data["words"]), tuple(data.get("not_words", ())), data.get("form", ""),
        data.get("emergency_plan", ""), tuple(data["factors"]), data.get("harm_letters", False),
        data["next_review"], tuple((one["said"], one["suggests"]) for one in data["samples"]),
    )  # fmt: skip


def _wrong_samples(found, category: Category):
    for index, (said, expected) in enumerate(category.samples):
        if (weight(category, said) > 0) != expected:
            does = "会" if not expected else "不会"
            yield found.problem(
                ("samples", index),
                f"“{said}”{does}提示这个类别，与例子写的不同。",
                "请改 words、not_words 或例子。",
            )


def weight(category: Category, text: str) -> int:
    """How strongly a text speaks for a category: the letters of the words of it that occur, long words count more.

    A word against it takes the whole away: 输液渗出 is no fall, whatever else it says.
    """
    said = _folded(text)
    if any(_folded(word) in said for word in category.not_words):
        return 0
    found = [_folded(word) for word in category.words if _folded(word) in said]
    longest = [word for word in found if not any(word != other and word in other for other in found)]
    return sum(len(word) ** 2 for word in longest)


def suggested(categories: Iterable[Category], text: str, most: int = 3) -> list[Category]:
    """The categories that a text suggests, the likeliest first; none when nothing speaks for any."""
    weighed = [(weight(one, text), one) for one in categories]
    likely = sorted((pair for pair in weighed if pair[0]), key=lambda pair: (-pair[0], pair[1].order))
    return [one for _, one in likely[:most]]


def _folded(text: str) -> str:
    return "".join(text.casefold().split())

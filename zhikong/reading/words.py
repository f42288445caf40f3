"""The words of plans as data: spellings to be undone and the names that indicators, departments and committees go by."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from zhikong.engine.definitions import located
from zhikong.engine.definitions.problems import Problem
from zhikong.engine.definitions.shapes import HEAD, Record, list_of, map_of, problems, text

CODE = "plan_words"
FOLDER = "plan_words"
FIX = "请对照 packs/national/plan_words/plan_words.yaml 的写法。"
_NAMES = map_of(list_of(text, least=1), keys=text)
SHAPE = Record(
    {**HEAD, "spellings": map_of(text, keys=text), "indicators": _NAMES},
    {"departments": _NAMES, "committees": _NAMES, "rules": _NAMES},
)


@dataclass(frozen=True)
class PlanWords:
    """spellings: as written -> as meant; the others: id -> names."""

    id: str
    version: int
    title: str
    spellings: dict[str, str]
    indicators: dict[str, tuple[str, ...]]
    departments: dict[str, tuple[str, ...]]
    committees: dict[str, tuple[str, ...]]
    rules: dict[str, tuple[str, ...]]


def parse(content: str, *, file: Path) -> PlanWords | list[Problem]:
    """Read a pack's words of plans; nothing is raised for bad content."""
    found = located.read_text(content, file=file)
    if isinstance(found, Problem):
        return [found]
    if wrong := problems(found, SHAPE, FIX):
        return wrong
    data = found.data
    named = {
        kind: _named(data.get(kind, {})) for kind in ("indicators", "departments", "committees", "rules")
    }
    return PlanWords(data["id"], data["version"], data["title"]["zh"], dict(data["spellings"]), **named)


def _named(data: dict[str, list[str]]) -> dict[str, tuple[str, ...]]:
    return {one: tuple(names) for one, names in data.items()}


def packaged() -> PlanWords:
    """The words that are shipped."""
    file = Path(__file__).parents[1] / "packs" / "national" / FOLDER / "plan_words.yaml"
    found = parse(file.read_text("utf-8"), file=file)
    if isinstance(found, list):
        raise ValueError("; ".join(one.message for one in found))
    return found

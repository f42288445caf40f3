"""What packs say about analyses: contributory factors, the strength of measures, what each level demands. No ORM.

Sources: EVT-19 (000-P3 L118: the two 不放过), EVT-14 (000-P3 L120), EVT-20/22; RCA2 (IHI/NPSF 2015) as marked in the files.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from zhikong.engine.definitions import located, shapes
from zhikong.engine.definitions.problems import Problem

FACTORS, HIERARCHY, POLICY = "contributory_factors", "action_hierarchy", "incident_analysis_policy"
KINDS = ("rca", "light")
STRENGTHS = ("strong", "intermediate", "weak")
FIX = "请对照 packs/national 里同一类文件的写法。"


@dataclass(frozen=True)
class Factor:
    """One contributory factor. ask: the question that helps to see it."""

    id: str
    title: str
    ask: str
    group: str
    group_title: str


@dataclass(frozen=True)
class Factors:
    """Contributory factors by group, in the order of the file."""

    id: str
    title: str
    groups: tuple[tuple[str, str, tuple[Factor, ...]], ...]

    def get(self, factor_id: str) -> Factor | None:
        return next((one for _id, _title, of in self.groups for one in of if one.id == factor_id), None)

    def title_of(self, factor_id: str) -> str:
        """The words of a factor; an id that a later edition dropped stands for itself."""
        found = self.get(factor_id)
        return found.title if found else factor_id


@dataclass(frozen=True)
class ActionKind:
    """One kind of measure; strength: strong, intermediate or weak."""

    id: str
    title: str
    example: str
    strength: str


@dataclass(frozen=True)
class Hierarchy:
    """Kinds of measures from the strongest down. levels: (code, title, meaning)."""

    id: str
    title: str
    levels: tuple[tuple[str, str, str], ...]
    kinds: tuple[ActionKind, ...]

    def get(self, kind_id: str) -> ActionKind | None:
        return next((one for one in self.kinds if one.id == kind_id), None)


@dataclass(frozen=True)
class Demand:
    """Which analysis a level needs (rca, light) and within how many working days."""

    kind: str
    working_days: int


@dataclass(frozen=True)
class KeyReason:
    """Why a patient is declared, and within how many hours the joint round should stand."""

    code: str
    title: str
    round_hours: int


@dataclass(frozen=True)
class Policy:
    """The hospital's limits for analyses, lessons, alerts, key patients and the defect register."""

    id: str
    levels: dict[str, Demand]
    unknown: Demand
    team_least: int
    team_most: int
    outsiders_least: int
    start_hours: int
    whys_least: int
    people_least: int
    recheck_days: int
    alert_days: int
    remind_after_days: int
    scope: str
    reward: str
    reasons: tuple[KeyReason, ...]
    rounds_with: tuple[str, ...]
    follow_days: int
    review_by_day: int
    defect_kinds: tuple[tuple[str, str], ...]

    def demand(self, level: str) -> Demand:
        """What an event of a level needs; a level that nobody confirmed yet needs the light one at least."""
        return self.levels.get(level, self.unknown)

    def reason(self, code: str) -> KeyReason | None:
        return next((one for one in self.reasons if one.code == code), None)


FACTORS_SHAPE = shapes.Record(
    {
        **shapes.HEAD,
        "groups": shapes.list_of(
            shapes.Record(
                {
                    "id": shapes.text, "title": shapes.text,
                    "factors": shapes.list_of(
                        shapes.Record({"id": shapes.text, "title": shapes.text}, {"ask": shapes.words}), least=1
                    ),
                }
            ),
            least=1,
        ),
    }
)  # fmt: skip
HIERARCHY_SHAPE = shapes.Record(
    {
        **shapes.HEAD,
        "levels": shapes.list_of(
            shapes.Record(
                {
                    "code": shapes.one_of(*STRENGTHS), "title": shapes.text, "meaning": shapes.text,
                    "kinds": shapes.list_of(
                        shapes.Record({"id": shapes.text, "title": shapes.text}, {"example": shapes.words}), least=1
                    ),
                }
            ),
            least=3, most=3,
        ),
    }
)  # fmt: skip
_demand = {"kind": shapes.one_of(*KINDS), "working_days": shapes.whole(1, 400)}
_coded = shapes.Record({"code": shapes.text, "title": shapes.text})
POLICY_SHAPE = shapes.Record(
    {
        **shapes.HEAD,
        "levels": shapes.list_of(shapes.Record({"level": shapes.text, **_demand}), least=1),
        "unknown": shapes.Record(_demand),
        "rca": shapes.Record(
            {
                "team_least": shapes.whole(1, 20), "team_most": shapes.whole(1, 40),
                "outsiders_least": shapes.whole(0, 20), "start_hours": shapes.whole(1, 2000),
                "whys_least": shapes.whole(1, 10),
            }
        ),
        "lessons": shapes.Record({"people_least": shapes.whole(2, 1000), "recheck_days": shapes.whole(1, 3650)}),
        "alerts": shapes.Record({"days": shapes.whole(1, 3650), "remind_after_days": shapes.whole(1, 90)}),
        "key_patients": shapes.Record(
            {
                "scope": shapes.text, "reward": shapes.words, "rounds_with": shapes.list_of(shapes.text),
                "follow_days": shapes.whole(1, 90),
                "reasons": shapes.list_of(
                    shapes.Record({"code": shapes.text, "title": shapes.text, "round_hours": shapes.whole(1, 2000)}),
                    least=1,
                ),
            }
        ),
        "defects": shapes.Record(
            {"review_by_day": shapes.whole(1, 28), "kinds": shapes.list_of(_coded, least=1)}
        ),
    }
)  # fmt: skip


def parse_factors(text: str, *, file: Path) -> Factors | list[Problem]:
    """Read contributory factors; nothing is raised for bad content."""
    found = _read(text, file, FACTORS_SHAPE)
    if isinstance(found, list):
        return found
    ids = [one["id"] for group in found.data["groups"] for one in group["factors"]]
    return _twice(found, ("groups",), ids) or _factors(found.data)


def parse_hierarchy(text: str, *, file: Path) -> Hierarchy | list[Problem]:
    """Read the strength of measures, strongest first."""
    found = _read(text, file, HIERARCHY_SHAPE)
    if isinstance(found, list):
        return found
    levels = found.data["levels"]
    if tuple(one["code"] for one in levels) != STRENGTHS:
        return [found.problem(("levels",), f"levels 要依次写 {'、'.join(STRENGTHS)}。", FIX)]
    ids = [one["id"] for level in levels for one in level["kinds"]]
    return _twice(found, ("levels",), ids) or _hierarchy(found.data)


def parse_policy(text: str, *, file: Path) -> Policy | list[Problem]:
    """Read what the hospital demands of analyses."""
    found = _read(text, file, POLICY_SHAPE)
    if isinstance(found, list):
        return found
    data = found.data
    if data["rca"]["team_least"] > data["rca"]["team_most"]:
        return [found.problem(("rca", "team_least"), "team_least 不能大于 team_most。", FIX)]
    lists = ((("levels",), "level"), (("key_patients", "reasons"), "code"), (("defects", "kinds"), "code"))
    for path, key in lists:
        rows = data
        for step in path:
            rows = rows[step]
        if problems := _twice(found, path, [one[key] for one in rows]):
            return problems
    return _policy(data)


def _read(text: str, file: Path, shape) -> Any:
    found = located.read_text(text, file=file)
    if isinstance(found, Problem):
        return [found]
    return shapes.problems(found, shape, FIX) or found


def _twice(found, path, ids: Iterable[str]) -> list[Problem]:
    again = [one for one, times in Counter(ids).items() if times > 1]
    return [found.problem(path, f"{one} 写了不止一次。", FIX) for one in again]


def _factors(data: dict[str, Any]) -> Factors:
    groups = tuple(
        (
            group["id"],
            group["title"],
            tuple(
                Factor(one["id"], one["title"], one.get("ask", ""), group["id"], group["title"])
                for one in group["factors"]
            ),
        )
        for group in data["groups"]
    )
    return Factors(data["id"], data["title"]["zh"], groups)


def _hierarchy(data: dict[str, Any]) -> Hierarchy:
    levels = tuple((one["code"], one["title"], one["meaning"]) for one in data["levels"])
    kinds = tuple(
        ActionKind(one["id"], one["title"], one.get("example", ""), level["code"])
        for level in data["levels"]
        for one in level["kinds"]
    )
    return Hierarchy(data["id"], data["title"]["zh"], levels, kinds)


def _policy(data: dict[str, Any]) -> Policy:
    rca, patients, defects = data["rca"], data["key_patients"], data["defects"]
    return Policy(
        data["id"], {one["level"]: Demand(one["kind"], one["working_days"]) for one in data["levels"]},
        Demand(**data["unknown"]), rca["team_least"], rca["team_most"], rca["outsiders_least"], rca["start_hours"],
        rca["whys_least"], data["lessons"]["people_least"], data["lessons"]["recheck_days"], data["alerts"]["days"],
        data["alerts"]["remind_after_days"], patients["scope"], patients["reward"],
        tuple(KeyReason(**one) for one in patients["reasons"]), tuple(patients["rounds_with"]),
        patients["follow_days"], defects["review_by_day"],
        tuple((one["code"], one["title"]) for one in defects["kinds"]),
    )  # fmt: skip

"""How disputes are classed, by which routes they go, what must happen by when: read from packs. No ORM.

Sources: CMP-09, CMP-14, CMP-17, EVT-04, X-22, X-24, WF-10, WF-11 (000-P7 L350, L374, L384, L388).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from zhikong.engine.definitions import located, shapes
from zhikong.engine.definitions.problems import Problem

FIX = "请对照 packs/national/dispute_rules/disputes.yaml 的写法。"
MARKS = ("verified", "paraphrased", "memory", "hospital")
FROM = ("opened", "accepted", "agreed")
_code, _title = shapes.label, shapes.text
_period = {name: shapes.whole(0, 20_000) for name in ("hours", "days", "working_days")}
_clock = shapes.Record(
    {"code": _code, "title": _title, "says": shapes.text, "mark": shapes.one_of(*MARKS)},
    {**_period, "from": shapes.one_of(*FROM)},
)
SHAPE = shapes.Record(
    {
        **shapes.HEAD,
        "classes": shapes.list_of(
            shapes.Record(
                {
                    "code": _code, "title": _title, "hours": shapes.whole(1), "internal_hours": shapes.whole(0),
                    "says": shapes.text, "mark": shapes.one_of(*MARKS),
                }
            ),
            least=1,
        ),
        "grades": shapes.list_of(shapes.Record({"code": _code, "title": _title, "means": shapes.text}), least=1),
        "causes": shapes.list_of(
            shapes.Record({"code": _code, "title": _title}, {"communication": shapes.flag}), least=1
        ),
        "routes": shapes.list_of(
            shapes.Record(
                {
                    "code": _code, "title": _title, "body": shapes.text, "agrees": shapes.flag,
                    "representatives": shapes.whole(0, 100),
                    "documents": shapes.list_of(
                        shapes.Record({"code": _code, "title": _title, "needs": shapes.flag})
                    ),
                    "clocks": shapes.list_of(_clock),
                }
            ),
            least=1,
        ),
        "appraisals": shapes.list_of(
            shapes.Record(
                {
                    "code": _code, "title": _title, "materials_days": shapes.whole(1),
                    "result_days": shapes.whole(1), "says": shapes.text, "mark": shapes.one_of(*MARKS),
                }
            ),
            least=1,
        ),
        "responsibility": shapes.list_of(
            shapes.Record(
                {
                    "code": _code, "title": _title, "least": shapes.whole(0, 100), "most": shapes.whole(0, 100),
                }
            ),
            least=1,
        ),
        "clocks": shapes.list_of(_clock, least=1),
        "items": shapes.list_of(
            shapes.Record({"code": _code, "title": _title, "test": shapes.flag, "tell": shapes.words}), least=1
        ),
        "settings": shapes.Record(
            {
                "seal_years": shapes.whole(1, 100), "retention_years": shapes.whole(1, 200),
                "effect_days": shapes.whole(0, 1000), "negotiation_limit_yuan": shapes.whole(0, 100_000_000),
            }
        ),
    }
)  # fmt: skip
NEEDED_CLOCKS = (
    "autopsy", "autopsy_frozen", "body", "insurer", "answer", "statement", "discussion", "self_analysis",
    "supplement", "seal_end",
)  # fmt: skip


@dataclass(frozen=True)
class Named:
    """A code with its word. means: what it stands for. communication: the cause counts as poor communication."""

    code: str
    title: str
    means: str = ""
    communication: bool = False


@dataclass(frozen=True)
class ReportClass:
    """A class of disputes: within how many hours it is reported to the authority, and inside the house before that."""

    code: str
    title: str
    hours: int
    internal_hours: int
    says: str
    mark: str


@dataclass(frozen=True)
class Period:
    """A deadline: exactly one of hours, days, working days. start: from which day of a route it counts."""

    code: str
    title: str
    says: str
    mark: str
    hours: int = 0
    days: int = 0
    working_days: int = 0
    start: str = "opened"


@dataclass(frozen=True)
class Paper:
    """A document of a route. needs: without it no result can be entered."""

    code: str
    title: str
    needs: bool


@dataclass(frozen=True)
class Route:
    """A way to settle. agrees: it ends with an agreement of both, not with a decision. representatives: at most so many
    of each side; 0 for no limit."""

    code: str
    title: str
    body: str
    agrees: bool
    representatives: int
    papers: tuple[Paper, ...]
    clocks: tuple[Period, ...]

    def clocks_from(self, start: str) -> tuple[Period, ...]:
        return tuple(one for one in self.clocks if one.start == start)


@dataclass(frozen=True)
class AppraisalKind:
    code: str
    title: str
    materials_days: int
    result_days: int
    says: str


@dataclass(frozen=True)
class Responsibility:
    """A degree of responsibility and the percentages, both included, that go with it."""

    code: str
    title: str
    least: int
    most: int


@dataclass(frozen=True)
class ItemKind:
    """A kind of thing that is sealed. test: a body chosen by both tests it. tell: whom to tell besides."""

    code: str
    title: str
    test: bool
    tell: str


@dataclass(frozen=True)
class DisputeRules:
    """All of it, in force together. Yuan and years are whole numbers; negotiation_limit_yuan 0: no limit."""

    id: str
    version: int
    title: str
    document: str
    classes: tuple[ReportClass, ...]
    grades: tuple[Named, ...]
    causes: tuple[Named, ...]
    routes: tuple[Route, ...]
    appraisals: tuple[AppraisalKind, ...]
    responsibility: tuple[Responsibility, ...]
    clocks: tuple[Period, ...]
    items: tuple[ItemKind, ...]
    seal_years: int
    retention_years: int
    effect_days: int
    negotiation_limit_yuan: int

    def one(self, part: str, code: str):
        """The entry with a code of a part such as ``routes``; None when there is none."""
        return next((one for one in getattr(self, part) if one.code == code), None)

    def word(self, part: str, code: str) -> str:
        """The word of a code; '' for an empty one, the code itself when the rules know it no longer."""
        found = self.one(part, code)
        return found.title if found else code

    @property
    def communication(self) -> frozenset[str]:
        return frozenset(one.code for one in self.causes if one.communication)


def parse(text: str, *, file: Path) -> DisputeRules | list[Problem]:
    """Read the rules; nothing is raised for bad content."""
    found = located.read_text(text, file=file)
    if isinstance(found, Problem):
        return [found]
    return shapes.problems(found, SHAPE, FIX) or _senseless(found) or _rules(found.data)


def _senseless(found) -> list[Problem]:
    """What has the right shape and cannot be meant."""
    return [found.problem(path, said, FIX) for path, said in _nonsense(found.data)]


def _nonsense(data: dict[str, Any]):
    for index, one in enumerate(data["classes"]):
        if one["internal_hours"] > one["hours"]:
            yield ("classes", index, "internal_hours"), "院内期限不能晚于法定期限。"
    for index, one in enumerate(data["responsibility"]):
        if one["least"] > one["most"]:
            yield ("responsibility", index, "least"), "least 不能大于 most。"
    places = [(("clocks", n), one) for n, one in enumerate(data["clocks"])]
    for r, route in enumerate(data["routes"]):
        places += [(("routes", r, "clocks", n), one) for n, one in enumerate(route["clocks"])]
    for path, one in places:
        if sum(bool(one.get(name)) for name in _period) != 1:
            yield path, "期限写 hours、days、working_days 中的一个。"
    known = {one["code"] for one in data["clocks"]}
    for code in NEEDED_CLOCKS:
        if code not in known:
            yield ("clocks",), f"缺少期限 {code}。"
    for part in ("classes", "grades", "causes", "routes", "appraisals", "responsibility", "clocks", "items"):
        codes = [str(one["code"]) for one in data[part]]
        for index, code in enumerate(codes):
            if code in codes[:index]:
                yield (part, index, "code"), f"{code} 重复。"


def _period_of(one: dict[str, Any]) -> Period:
    return Period(
        str(one["code"]), one["title"], one["says"], one["mark"], one.get("hours", 0), one.get("days", 0),
        one.get("working_days", 0), one.get("from", "opened"),
    )  # fmt: skip


def _route(one: dict[str, Any]) -> Route:
    papers = tuple(Paper(str(p["code"]), p["title"], p["needs"]) for p in one["documents"])
    return Route(
        str(one["code"]), one["title"], one["body"], one["agrees"], one["representatives"], papers,
        tuple(_period_of(clock) for clock in one["clocks"]),
    )  # fmt: skip


def _rules(data: dict[str, Any]) -> DisputeRules:
    told = data["settings"]
    return DisputeRules(
        id=data["id"], version=data["version"], title=data["title"]["zh"], document=data["source"]["document"],
        classes=tuple(
            ReportClass(str(c["code"]), c["title"], c["hours"], c["internal_hours"], c["says"], c["mark"])
            for c in data["classes"]
        ),
        grades=tuple(Named(str(g["code"]), g["title"], g["means"]) for g in data["grades"]),
        causes=tuple(
            Named(str(c["code"]), c["title"], communication=c.get("communication", False)) for c in data["causes"]
        ),
        routes=tuple(_route(one) for one in data["routes"]),
        appraisals=tuple(
            AppraisalKind(str(a["code"]), a["title"], a["materials_days"], a["result_days"], a["says"])
            for a in data["appraisals"]
        ),
        responsibility=tuple(
            Responsibility(str(r["code"]), r["title"], r["least"], r["most"]) for r in data["responsibility"]
        ),
        clocks=tuple(_period_of(one) for one in data["clocks"]),
        items=tuple(ItemKind(str(i["code"]), i["title"], i["test"], i["tell"]) for i in data["items"]),
        seal_years=told["seal_years"], retention_years=told["retention_years"], effect_days=told["effect_days"],
        negotiation_limit_yuan=told["negotiation_limit_yuan"],
    )  # fmt: skip

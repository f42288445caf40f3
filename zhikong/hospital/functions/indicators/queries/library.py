"""The library: every definition that this house knows, in force or not, with its source, its review and its data."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from django.db.models import Count, Max
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhikong.engine.definitions import Definition
from zhikong.engine.plan.needs import needs_of
from zhikong.engine.tables import TABLES
from zhikong.foundation.facts import gateway
from zhikong.foundation.facts.reported import origin_of
from zhikong.foundation.packstore import kinds, shelf
from zhikong.foundation.packstore.models import Version
from zhikong.foundation.packstore.rules import HOSPITAL, OPEN
from zhikong.hospital.functions.indicators import months as calendar
from zhikong.hospital.functions.indicators.catalogue import INDICATOR, catalogue, definitions
from zhikong.hospital.functions.indicators.models import IndicatorValue
from zhikong.hospital.functions.indicators.queries.figures import Frame
from zhikong.hospital.functions.indicators.selection import newest_month

SOON = timedelta(days=90)
SEEN = 12  # months in which a value proves that there are data

STATES = {
    "published": gettext_lazy("现行"),
    "draft": gettext_lazy("草稿"),
    "submitted": gettext_lazy("待审核"),
    "reviewed": gettext_lazy("待发布"),
    "deprecated": gettext_lazy("已停用"),
}
REVIEWS = {
    "overdue": gettext_lazy("复审逾期"),
    "soon": gettext_lazy("90 天内复审"),
    "ok": gettext_lazy("在复审期内"),
}
DATA = {
    "yes": gettext_lazy("有数据"),
    "no": gettext_lazy("无数据来源"),
}
AREAS = {
    "stays": gettext_lazy("住院"),
    "front_pages": gettext_lazy("病案首页"),
    "diagnoses": gettext_lazy("病案首页"),
    "fees": gettext_lazy("费用"),
    "charges": gettext_lazy("费用"),
    "operations": gettext_lazy("手术"),
    "transfers": gettext_lazy("住院"),
    "icu_stays": gettext_lazy("重症"),
    "results": gettext_lazy("检验检查"),
    "documents": gettext_lazy("病历文书"),
    "document_sections": gettext_lazy("病历文书"),
    "consents": gettext_lazy("病历文书"),
    "consultations": gettext_lazy("核心制度"),
    "orders": gettext_lazy("医嘱"),
    "medications": gettext_lazy("用药"),
    "prescriptions": gettext_lazy("用药"),
    "transfusions": gettext_lazy("输血"),
    "condition_periods": gettext_lazy("护理"),
    "assessments": gettext_lazy("护理"),
    "rescues": gettext_lazy("急危重症"),
    "infections": gettext_lazy("医院感染"),
    "devices": gettext_lazy("医院感染"),
    "pathways": gettext_lazy("临床路径"),
    "visits": gettext_lazy("门急诊"),
    "visit_records": gettext_lazy("病历文书"),
    "appointments": gettext_lazy("门急诊"),
    "adverse_events": gettext_lazy("不良事件"),
    "staff": gettext_lazy("人员"),
    "duty_shifts": gettext_lazy("人员"),
    "bed_days": gettext_lazy("床位"),
    "reported_counts": gettext_lazy("科室填报"),
    "inspection_answers": gettext_lazy("现场检查"),
}
OTHER = gettext_lazy("其他")


@dataclass(frozen=True)
class Entry:
    """One line of the library. definition is None for a draft whose text cannot be read yet."""

    id: str
    name: str
    definition: Definition | None
    state: str
    pack: str
    open: Version | None = None
    has_data: bool = False
    why_none: str = ""
    today: date = date.min

    @cached_property
    def area(self) -> str:
        table = self.definition.table if self.definition else ""
        return str(AREAS.get(table, OTHER))

    @property
    def level(self) -> str:
        """hospital: its rows name no department; department: the hospital and its departments."""
        return "hospital" if self.definition is None or self.definition.department is None else "department"

    @property
    def origin(self) -> str:
        return origin_of(self.definition) if self.definition else ""

    @cached_property
    def review(self) -> str:
        """overdue, soon or ok; empty for a text that cannot be read."""
        if self.definition is None:
            return ""
        due = self.definition.next_review
        return "overdue" if due < self.today else "soon" if due < self.today + SOON else "ok"

    @property
    def document(self) -> str:
        return self.definition.source.document if self.definition else ""

    @property
    def mark(self) -> str:
        return str(self.definition.source.mark) if self.definition else ""

    @property
    def owner(self) -> str:
        return self.definition.owner if self.definition else ""

    @property
    def data(self) -> str:
        return "yes" if self.has_data else "no"

    @cached_property
    def text(self) -> str:
        """All words by which the entry is found."""
        said = self.definition
        if said is None:
            return f"{self.id} {self.name}".lower()
        parts = (said.id, *said.name.values(), said.source.document, said.source.clause, said.notes)
        return " ".join(parts).lower()


def entries(shown: Frame, *, today: date) -> list[Entry]:
    """Every definition: in force, drafts of the packs, and what the hospital is writing. Five queries."""
    open_ = {v.definition_id: v for v in Version.objects.filter(kind=INDICATOR, state__in=OPEN)}
    in_force = definitions()
    packaged = catalogue().indicators
    judge = _data_judge(shown)
    found = [_entry(d, "published", open_.get(d.id), judge, today) for d in in_force.values()]
    others = (d for name, d in packaged.items() if name not in in_force)
    found += [_entry(d, _packaged_state(d), open_.get(d.id), judge, today) for d in others]
    written = (v for name, v in open_.items() if name not in in_force and name not in packaged)
    return found + [_written(v, judge, today) for v in written]


def entry_of(shown: Frame, indicator_id: str, *, today: date) -> Entry | None:
    """One line of the library; None when nobody knows the id."""
    open_ = Version.objects.filter(kind=INDICATOR, state__in=OPEN, definition_id=indicator_id).first()
    judge = _data_judge(shown, indicator_id)
    if (found := definitions().get(indicator_id)) is not None:
        return _entry(found, "published", open_, judge, today)
    if (found := catalogue().indicators.get(indicator_id)) is not None:
        return _entry(found, _packaged_state(found), open_, judge, today)
    return _written(open_, judge, today) if open_ else None


def _packaged_state(definition: Definition) -> str:
    """A published definition that is not in force was replaced by one of the hospital that holds no longer."""
    return "draft" if definition.status == "draft" else "deprecated"


def _entry(definition: Definition, state: str, open_: Version | None, judge, today: date) -> Entry:
    has, why = judge(definition, state)
    pack = "" if definition.pack == HOSPITAL else shelf.pack_name(definition.pack)
    return Entry(definition.id, definition.title(), definition, state, pack, open_, has, why, today)


def _written(version: Version, judge, today: date) -> Entry:
    """A definition that so far exists only as the hospital's draft."""
    definition = kinds.read(INDICATOR, version.definition_id, version.text).obj
    has, why = judge(definition, version.state) if definition else (False, _("草稿还有问题没有改好"))
    return Entry(
        version.definition_id, version.title, definition, version.state, "", version, has, why, today
    )


def _data_judge(shown: Frame, indicator_id: str = "") -> Callable[[Definition, str], tuple[bool, str]]:
    """Whether a definition has data, and why not: by the newest results, or by the tables that it reads."""
    computed = _computed(shown, indicator_id)
    tables = frozenset(gateway.published().versions)

    def judge(definition: Definition, state: str) -> tuple[bool, str]:
        known = computed.get(definition.id) if state == "published" else None
        if known is not None:
            return (True, "") if known[0] else (False, known[1] or _("近 12 个月没有得到数值"))
        absent = _absent(definition, tables)
        if absent:
            return False, absent
        if state == "published":
            return False, _("还没有计算过")
        return False, _first_sentence(definition.notes) or _("草稿，尚未启用")

    return judge


def _computed(shown: Frame, indicator_id: str) -> Mapping[str, tuple[int, str]]:
    """id -> (months with a value among the last ones, a reason where there is none). One query."""
    span = calendar.last(SEEN, newest_month(shown))
    rows = IndicatorValue.objects.filter(shown.condition(span), department=None)
    rows = (rows.filter(indicator_id=indicator_id) if indicator_id else rows).values("indicator_id")
    counted = rows.annotate(known=Count("value"), why=Max("reason")).values_list(
        "indicator_id", "known", "why"
    )
    return {name: (known, why) for name, known, why in counted}


_needed: dict[str, frozenset[str]] = {}


def _needs(definition: Definition) -> frozenset[str]:
    """The tables that a definition reads; worked out once per process and text."""
    key = f"{definition.id} {definition.hash}"
    if key not in _needed:
        if len(_needed) > 2000:
            _needed.clear()
        _needed[key] = frozenset(needs_of(definition))
    return _needed[key]


def _absent(definition: Definition, tables: frozenset[str]) -> str:
    missing = sorted(_needs(definition) - tables)
    names = "、".join(TABLES[name].meaning.split("：")[0] for name in missing if name in TABLES)
    return _("尚未接入“%(tables)s”数据") % {"tables": names} if names else ""


def _first_sentence(text: str) -> str:
    return text.strip().split("。")[0][:80]


CHOICES = ("area", "document", "state", "review", "mark", "owner", "data", "level")


def narrowed(found: Iterable[Entry], *, words: str = "", chosen: Mapping[str, str]) -> list[Entry]:
    """The entries that hold all words and every chosen value; an empty choice does not narrow."""
    wanted = words.lower().split()
    picked = {name: value for name, value in chosen.items() if name in CHOICES and value}
    return [
        entry
        for entry in found
        if all(word in entry.text for word in wanted)
        and all(getattr(entry, name) == value for name, value in picked.items())
    ]


def values_of(found: Iterable[Entry], name: str) -> list[str]:
    """The values of a filter that occur, the most frequent first."""
    counted: dict[str, int] = {}
    for entry in found:
        value = getattr(entry, name)
        if value:
            counted[value] = counted.get(value, 0) + 1
    return sorted(counted, key=lambda value: (-counted[value], value))

"""How an issue is named, owned and coloured, and what may be done with it. Pure, without the database."""

from __future__ import annotations

from enum import StrEnum

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhikong.engine.quality.issues import HOSPITAL, Count
from zhikong.engine.quality.model import FAULTS, Field, Kind
from zhikong.engine.tables import TABLES

KIND_WORDS = {
    Kind.MISSING: gettext_lazy("缺失"),
    Kind.UNMAPPED: gettext_lazy("编码无法识别"),
    Kind.IMPLAUSIBLE: gettext_lazy("不可信"),
    Kind.LATE: gettext_lazy("迟到"),
    Kind.DUPLICATED: gettext_lazy("重复"),
    Kind.SET_ASIDE: gettext_lazy("被隔离"),
    Kind.SILENT: gettext_lazy("中断"),
}
REASON_WORDS = {
    "limit": gettext_lazy("超过阈值"),
    "jump": gettext_lazy("比前几个月明显增多"),
    "silent": gettext_lazy("连续几天没有数据"),
}
ROW = gettext_lazy("整行")
CODED_TABLES = frozenset(("stays", "diagnoses", "operations", "fees", "front_pages"))
"""What medical records enter and code (病案)."""


class Owner(StrEnum):
    """Whose work an issue is, by its nature."""

    SYSTEMS = "administrator"
    RECORDS = "record_reviewer"
    DEPARTMENT = "qc_officer"


def owner_of(table: str, kind: Kind, place: str) -> Owner:
    """Who has to look at it: the feed's keeper, medical records, or the department's quality officer.

    A source that delivers nothing, codes that nobody knows, what the reader refused: no ward can mend that.
    """
    if kind in (Kind.SILENT, Kind.SET_ASIDE, Kind.DUPLICATED) or place in (HOSPITAL, ""):
        return Owner.SYSTEMS
    if table in CODED_TABLES:
        return Owner.RECORDS
    return Owner.SYSTEMS if kind in (Kind.UNMAPPED, Kind.LATE) else Owner.DEPARTMENT


def table_name(table: str) -> str:
    """检验检查结果, from the contract's own words."""
    return TABLES[table].meaning.split("：")[0] if table in TABLES else table


def field_name(field: Field) -> str:
    """出院主要诊断编码, from the contract's own words; 整行 for the row as a whole."""
    table, column = field
    known = TABLES[table].column(column) if table in TABLES else None
    if not column or known is None:
        return column if column else str(ROW)
    return known.meaning.split("（")[0].split("：")[0].split("；")[0]


def tone(kind: Kind, count: Count | None, *, severe: float) -> str:
    """none: not counted; ok: nothing found; warn; bad: more than `severe` per cent, or nothing can excuse it."""
    if count is None or not count.base:
        return "none"
    if not count.count:
        return "ok"
    return "bad" if count.percent >= severe or kind in (Kind.SILENT, Kind.SET_ASIDE) else "warn"


def percent_text(count: Count | None) -> str:
    """7% of what could have been right; 0 stays 0, a little is <0.1%; a dash when nothing was counted."""
    if count is None or not count.base:
        return "—"
    if not count.count:
        return "0"
    percent = count.percent
    if percent < 0.1:
        return "<0.1%"
    return f"{percent:.1f}%" if percent < 10 else f"{percent:.0f}%"


def sentence(*, table: str, column: str, kind: Kind, place_name: str, count: Count) -> str:
    """“骨科 7% 的住院缺出院主要诊断编码（12 / 171 行）”."""
    words = {
        "place": place_name, "share": percent_text(count), "rows": table_name(table), "n": count.count,
        "base": count.base, "field": field_name((table, column)),
    }  # fmt: skip
    if kind is Kind.SILENT:
        return _("%(place)s“%(rows)s”的%(field)s有 %(n)d 天没有任何数据（共 %(base)d 天）") % words
    forms = {
        Kind.MISSING: _("%(place)s %(share)s 的“%(rows)s”缺%(field)s（%(n)d / %(base)d 行）"),
        Kind.UNMAPPED: _("%(place)s %(share)s 的“%(rows)s”%(field)s无法识别（%(n)d / %(base)d 行）"),
        Kind.IMPLAUSIBLE: _("%(place)s %(share)s 的“%(rows)s”%(field)s不可信（%(n)d / %(base)d 行）"),
        Kind.LATE: _("%(place)s %(share)s 的“%(rows)s”%(field)s迟到（%(n)d / %(base)d 行）"),
        Kind.DUPLICATED: _("%(place)s %(share)s 的“%(rows)s”内容重复（%(n)d / %(base)d 行）"),
        Kind.SET_ASIDE: _("%(place)s %(share)s 的“%(rows)s”因%(field)s有问题被隔离（%(n)d / %(base)d 行）"),
    }
    return forms[kind] % words


def effect_sentence(names: list[str], *, kind: Kind) -> str:
    """What it does to indicators: named up to three, counted beyond."""
    if not names:
        return _("没有指标用到它。")
    listed = "、".join(names[:3]) + (_("等 %(n)d 项") % {"n": len(names)} if len(names) > 3 else "")
    if kind is Kind.MISSING:
        return _("这些病例无法计入 %(n)d 项指标：%(names)s。") % {"n": len(names), "names": listed}
    return _("%(n)d 项指标用到它，数值可能不准：%(names)s。") % {"n": len(names), "names": listed}


def kinds_in_words() -> list[tuple[str, str]]:
    """For filters."""
    return [(str(kind), str(KIND_WORDS[kind])) for kind in FAULTS]

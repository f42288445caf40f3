"""The first draft of a notice's words, made from its figures; people change them before it is issued. No ORM."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from zhikong.hospital.functions.inspections.rules_results import Answer

MOST_TOLD = 6


def spoken(day: str) -> str:
    """'2026-11-22' -> 2026年11月22日."""
    said = date.fromisoformat(day)
    return _("%(year)d年%(month)d月%(day)d日") % {"year": said.year, "month": said.month, "day": said.day}


def period(figures: Mapping[str, Any]) -> str:
    """The days of a notice in words."""
    first, last = figures["first"], figures["last"]
    return spoken(first) if first == last else f"{spoken(first)}至{spoken(last)}"


def first_words(
    figures: Mapping[str, Any], *, title: str, kind: str, office: str, institution: str
) -> dict[str, str]:
    """Every part of the notice by its code."""
    return {
        "to": _to(figures),
        "lead": _lead(figures, title, kind, office),
        "inspected": "\n".join(_inspected(figures)),
        "good": "\n".join(_good(figures)),
        "summary": "\n".join(_summary(figures)),
        "demands": "\n".join(_demands(figures)),
        "sign": f"{institution}{office}",
        "copies": _("院领导，各职能部门"),
    }


def _names(figures: Mapping[str, Any]) -> list[str]:
    return list(dict.fromkeys(line["name"] for line in figures["scores"] if line["name"]))


def _to(figures: Mapping[str, Any]) -> str:
    names = _names(figures)
    return "、".join(names) if 0 < len(names) <= 3 else _("各科室")


def _lead(figures: Mapping[str, Any], title: str, kind: str, office: str) -> str:
    names = _names(figures)
    where = names[0] if len(names) == 1 else _("%(n)d个科室") % {"n": len(names)}
    said = {"office": office, "when": period(figures), "where": where, "title": title, "kind": kind}
    return _("%(office)s于%(when)s对%(where)s进行了“%(title)s”（%(kind)s），现将检查情况通报如下。") % said


def _inspected(figures: Mapping[str, Any]) -> list[str]:
    counted, problems = figures["counted"], figures["problems"]
    right, wrong = counted.get(Answer.YES, 0), counted.get(Answer.NO, 0)
    lines = [_("使用%(forms)s，共检查%(n)d次。") % {"forms": "".join(f"《{name}》" for name in figures["forms"]), "n": len(figures["visits"])}]  # fmt: skip
    if right + wrong:
        said = {"n": right + wrong, "right": right, "rate": f"{100 * right / (right + wrong):.1f}"}
        lines.append(_("查看条款%(n)d项次，符合%(right)d项次，符合率%(rate)s%%。") % said)
    if counted.get("moments"):
        said = {"n": counted["moments"], "done": counted["performed"], "rate": f"{100 * counted['performed'] / counted['moments']:.1f}"}  # fmt: skip
        lines.append(_("直接观察%(n)d例次，做到%(done)d例次，占%(rate)s%%。") % said)
    kinds = Counter(
        name for one in problems for name, held in (
            (_("严重"), one["severity"] == "major"), (_("重复发生"), one["recurrent"]), (_("当场纠正"), one["on_the_spot"])
        ) if held
    )  # fmt: skip
    more = "，".join(f"{name}{number}项" for name, number in kinds.items())
    if problems:
        lines.append(_("提出问题%(n)d项") % {"n": len(problems)} + (f"，其中{more}。" if more else "。"))
    else:
        lines.append(_("没有提出需要整改的问题。"))
    return lines


def _good(figures: Mapping[str, Any]) -> list[str]:
    clean = [
        line["name"]
        for line in figures["scores"]
        if line["applicable"] and line["conforming"] == line["applicable"]
    ]
    lines = []
    if clean:
        lines.append(_("%(names)s所查条款全部符合。") % {"names": "、".join(dict.fromkeys(clean))})
    for line in figures["scores"]:
        if line["mended"]:
            said = {"name": line["name"], "n": len(line["mended"]), "first": line["mended"][0]}
            lines.append(_("%(name)s与上次相比改正或提高%(n)d项，如“%(first)s”。") % said)
    return lines[:MOST_TOLD]


def _summary(figures: Mapping[str, Any]) -> list[str]:
    lines = [
        _("“%(title)s”没有做到的有%(n)d个科室。") % {"title": one["title"], "n": one["departments"]}
        for one in figures["frequent"] if one["departments"] > 1
    ][:MOST_TOLD]  # fmt: skip
    for line in figures["scores"]:
        if line["still"]:
            said = {"name": line["name"], "n": len(line["still"]), "first": line["still"][0]}
            lines.append(_("%(name)s上次指出后仍未改正%(n)d项，如“%(first)s”。") % said)
    return lines[: 2 * MOST_TOLD]


def _demands(figures: Mapping[str, Any]) -> list[str]:
    problems = [one for one in figures["problems"] if not one["on_the_spot"]]
    lines = []
    if problems:
        last = spoken(max(one["due_on"] for one in problems))
        lines.append(_("各责任科室对照附表逐条分析原因，落实到人，最迟于%(day)s前完成整改，并在系统中提交整改证据。") % {"day": last})  # fmt: skip
    if any(one["recurrent"] for one in problems):
        lines.append(
            _("重复发生的问题，科主任要组织讨论，从制度和流程上改进；牵头部门将复查，仅凭书面材料不能销号。")
        )
    if any(one["severity"] == "major" for one in problems):
        lines.append(_("严重问题由科主任负责整改，整改情况纳入科室考核。"))
    lines.append(_("其他科室举一反三，对照自查。"))
    return lines

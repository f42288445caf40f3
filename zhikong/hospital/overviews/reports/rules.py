"""From figures to sentences. Pure: a snapshot in, Chinese text out; every figure is quoted with its number 〔n〕."""

import re
from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

SECTIONS = {
    "overall": gettext_lazy("总体情况"),
    "problems": gettext_lazy("存在的主要问题"),
    "measures": gettext_lazy("原因分析与改进措施"),
    "findings": gettext_lazy("问题整改情况"),
    "next": gettext_lazy("下月工作重点"),
}
MARK = re.compile(r"〔(\d{1,3})〕")
MISSED, WARNING, MET = "missed", "alert", "met"
LONGEST_LIST = 5


def pieces(text: str) -> list[tuple[str, int | None]]:
    """Text split at its quotations: (words, None) or ('', number)."""
    parts = MARK.split(text)
    return [
        ("", int(part)) if index % 2 else (part, None)
        for index, part in enumerate(parts)
        if index % 2 or part
    ]


def unknown_marks(text: str, figures: dict) -> list[int]:
    """Numbers that the text quotes and the snapshot does not have."""
    known = {row["number"] for row in figures["rows"]}
    return sorted({number for _words, number in pieces(text) if number is not None} - known)


def mark(row: dict) -> str:
    return f"〔{row['number']}〕"


def draft(figures: dict) -> dict[str, str]:
    """The drafted text of every section."""
    return {
        "overall": overall(figures),
        "problems": problems(figures),
        "measures": measures(figures),
        "findings": findings(figures["findings"]),
        "next": next_month(figures),
    }


def _of(figures: dict, state: str) -> list[dict]:
    return [row for row in figures["rows"] if row["state"] == state]


def overall(figures: dict) -> str:
    judged = [row for row in figures["rows"] if row["state"] in (MET, WARNING, MISSED)]
    met, missed = _of(figures, MET), _of(figures, MISSED)
    said = {
        "month": figures["month_words"],
        "all": len(figures["rows"]),
        "judged": len(judged),
        "met": len(met),
        "share": f"{100 * len(met) / len(judged):.1f}" if judged else "—",
        "missed": len(missed),
        "warned": len(_of(figures, WARNING)),
    }
    first = _(
        "%(month)s全院监测指标 %(all)s 项，其中设有目标并可判断的 %(judged)s 项：达标 %(met)s 项（%(share)s%%），"
        "预警 %(warned)s 项，未达标 %(missed)s 项。"
    )
    return first % said + _movement(figures) + _unknown(figures)


def _movement(figures: dict) -> str:
    """What moved most, in the indicator's own unit; for rates percentage points."""
    better = [row for row in figures["rows"] if row["favourable"] is True and row["target"] != "—"]
    worse = [row for row in figures["rows"] if row["favourable"] is False and row["target"] != "—"]
    text = ""
    if better:
        text += _("较上月好转的有%(list)s。") % {"list": _changes(better)}
    if worse:
        text += _("较上月变差的有%(list)s。") % {"list": _changes(worse)}
    return text


def _changes(rows: Sequence[dict]) -> str:
    return "、".join(
        f"{row['name']}（{row['change']}{row['change_unit']}）{mark(row)}" for row in rows[:LONGEST_LIST]
    )


def _unknown(figures: dict) -> str:
    rows = _of(figures, "unknown")
    if not rows:
        return ""
    names = "、".join(row["name"] for row in rows[:LONGEST_LIST])
    return _("%(names)s等 %(n)s 项本月无法计算，未作判断。") % {"names": names, "n": len(rows)}


def problems(figures: dict) -> str:
    missed = _of(figures, MISSED)
    lines = [_problem(row) for row in missed]
    lines += [
        _("%(name)s为 %(value)s%(mark)s，虽达目标，但控制图出现不利的特殊原因信号，应查明。") % _said(row)
        for row in _of(figures, WARNING)
    ]
    return _numbered(lines) or _("本月各项有目标的指标均达标，也没有不利的特殊原因信号。")


def _said(row: dict) -> dict:
    return {"name": row["name"], "value": row["value"], "target": row["target"], "mark": mark(row)}


def _problem(row: dict) -> str:
    text = _("%(name)s为 %(value)s%(mark)s，未达到目标（%(target)s）") % _said(row)
    worst = row.get("worst", [])
    if worst:
        text += _("，主要在%(names)s") % {"names": "、".join(f"{w['name']}（{w['value']}）" for w in worst)}
    return text + "。" + (row["signal"] or "")


def measures(figures: dict) -> str:
    lines = [
        _("%(names)s。原因：%(cause)s措施：%(measure)s")
        % {"names": "、".join(a["misses"]), "cause": _stop(a["cause"]), "measure": _stop(a["measure"])}
        for a in figures["analyses"]
    ]
    open_count = figures["unanalysed"]
    if open_count:
        lines.append(
            _("另有 %(n)s 项未达标尚未提交原因分析和改进措施，请相关科室尽快补报。") % {"n": open_count}
        )
    return _numbered(lines) or _("本月没有需要分析的未达标项。")


def _stop(text: str) -> str:
    text = " ".join(text.split())
    return text if text.endswith(("。", "！", "？", "；")) else f"{text}。"


def findings(found: dict) -> str:
    text = _(
        "本月提出问题 %(raised)s 个，关闭 %(closed)s 个；月末尚在整改 %(open)s 个，其中逾期 %(overdue)s 个，"
        "观察中 %(observation)s 个，重新打开 %(reopened)s 个。"
    ) % {key: found[key] for key in ("raised", "closed", "open", "overdue", "observation", "reopened")}
    late = found["late"]
    if late:
        text += _("逾期未整改：%(list)s。") % {"list": "；".join(late[:LONGEST_LIST])}
    return text


def next_month(figures: dict) -> str:
    lines = [
        _("%(name)s：责任部门%(owner)s，落实改进措施并跟踪控制图变化。")
        % {"name": row["name"], "owner": row["owner"]}
        for row in _of(figures, MISSED)[:LONGEST_LIST]
    ]
    if figures["findings"]["overdue"]:
        lines.append(_("督促逾期问题限期整改，由质控科逐项核实效果。"))
    if figures["unanalysed"]:
        lines.append(_("补齐未达标项的原因分析和改进措施。"))
    return _numbered(lines) or _("保持现有水平，继续按月监测。")


def _numbered(lines: Sequence[str]) -> str:
    return "\n".join(f"{n}. {line}" for n, line in enumerate(lines, 1))

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
LONGEST_LIST, MOVED = 5, 3


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
    known = {entry["number"] for entry in (*figures["rows"], *figures.get("sources", ()))}
    return sorted({number for _words, number in pieces(text) if number is not None} - known)


def mark(row: dict) -> str:
    return f"〔{row['number']}〕"


def source_mark(figures: dict, key: str) -> str:
    """The quotation of where counts come from that are not an indicator's figure."""
    return next((mark(entry) for entry in figures.get("sources", ()) if entry["key"] == key), "")


def sources(figures: dict) -> list[dict]:
    """Where the counts in the text come from, numbered on after the indicators."""
    said = {
        "month": figures["month_words"],
        "read": figures["read_at"],
        "until": figures["findings"]["until"],
    }
    texts = {
        "counts": _(
            "达标情况：由本期各项指标的值与%(month)s生效的目标逐项比较得出；预警指达标但出现不利信号。"
        ),
        "analyses": _("原因分析与改进措施：取自%(month)s的月度结账清单，读取于 %(read)s。"),
        "findings": _("问题整改情况：取自问题台账，统计截至 %(until)s。"),
    }
    first = len(figures["rows"]) + 1
    return [
        {"key": key, "number": number, "text": text % said}
        for number, (key, text) in enumerate(texts.items(), first)
    ]


def draft(figures: dict) -> dict[str, str]:
    """The drafted text of every section."""
    return {
        "overall": overall(figures),
        "problems": problems(figures),
        "measures": measures(figures),
        "findings": findings(figures["findings"], source_mark(figures, "findings")),
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
        "mark": source_mark(figures, "counts"),
    }
    first = _(
        "%(month)s全院监测指标 %(all)s 项，其中设有目标并可判断的 %(judged)s 项：达标 %(met)s 项（%(share)s%%），"
        "预警 %(warned)s 项，未达标 %(missed)s 项%(mark)s。"
    )
    parts = (_movement(figures), _noise(figures) if judged else "", _unknown(figures))
    return first % said + "".join(parts)


def _movement(figures: dict) -> str:
    """What moved most for its size, in the indicator's own unit; for rates percentage points."""
    better, worse = (_most_moved(figures, good) for good in (True, False))
    text = ""
    if better:
        text += _("较上月好转较多的有%(list)s。") % {"list": _changes(better)}
    if worse:
        text += _("较上月变差较多的有%(list)s。") % {"list": _changes(worse)}
    return text


def _most_moved(figures: dict, good: bool) -> list[dict]:
    rows = [row for row in figures["rows"] if row["favourable"] is good and row["target"] != "—"]
    return sorted(rows, key=lambda row: -row.get("moved", 0.0))[:MOVED]


def _changes(rows: Sequence[dict]) -> str:
    return "、".join(f"{row['name']}（{row['change']}{row['change_unit']}）{mark(row)}" for row in rows)


def _noise(figures: dict) -> str:
    """Which movements are more than noise: nobody should be praised or blamed for the others."""
    special = [row for row in figures["rows"] if row["signal"]]
    if not special:
        return _("控制图均未提示特殊原因，以上升降属于正常波动，不宜据此奖惩。")
    names = "、".join(f"{row['name']}{mark(row)}" for row in special[:LONGEST_LIST])
    said = {"names": names, "n": len(special)}
    if len(special) > LONGEST_LIST:
        return _("控制图提示特殊原因的有%(names)s等 %(n)s 项，其余升降属于正常波动，不宜据此奖惩。") % said
    return _("控制图提示特殊原因的有%(names)s，其余升降属于正常波动，不宜据此奖惩。") % said


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
        + row["signal"]
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
        % {"names": _covered(a["misses"]), "cause": _stop(a["cause"]), "measure": _stop(a["measure"])}
        for a in figures["analyses"]
    ]
    if figures["unanalysed"]:
        lines.append(_lacking(figures, bool(lines)))
    return _numbered(lines) or _("本月没有需要分析的未达标项。")


def _lacking(figures: dict, others: bool) -> str:
    said = {
        "lead": _("另有") if others else _("尚有"),
        "n": figures["unanalysed"],
        "hospital": figures["unanalysed_hospital"],
        "departments": figures["unanalysed"] - figures["unanalysed_hospital"],
        "mark": source_mark(figures, "analyses"),
    }
    return (
        _(
            "%(lead)s %(n)s 项未达标（全院 %(hospital)s 项、科室 %(departments)s 项）未提交原因分析和改进措施%(mark)s，"
            "请责任部门尽快补报。"
        )
        % said
    )


def _covered(misses: dict[str, list[str]]) -> str:
    """“病床使用率（全院、儿科等 16 处）、丙级病案率（急诊医学科）”."""
    return "、".join(f"{name}（{_places(places)}）" for name, places in misses.items())


def _places(places: list[str]) -> str:
    shown = "、".join(places[:LONGEST_LIST])
    return (
        shown if len(places) <= LONGEST_LIST else _("%(list)s等 %(n)s 处") % {"list": shown, "n": len(places)}
    )


def _stop(text: str) -> str:
    text = " ".join(text.split())
    return text if text.endswith(("。", "！", "？", "；")) else f"{text}。"


def findings(found: dict, marked: str = "") -> str:
    text = _(
        "本月提出问题 %(raised)s 个，关闭 %(closed)s 个；月末尚在整改 %(open)s 个，其中逾期 %(overdue)s 个，"
        "观察中 %(observation)s 个，重新打开 %(reopened)s 个%(mark)s。"
    ) % (found | {"mark": marked})
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

"""From evidence to sentences. Pure: a snapshot in, sections of Chinese text out. No sentence without evidence;
what has none is named in a section of its own."""

from collections.abc import Iterable, Mapping

from django.utils.translation import gettext as _

from zhikong.hospital.overviews.years.rules_quoting import quoted

LONGEST = 8


class Figures:
    """The entries of a snapshot by key."""

    def __init__(self, snapshot: Mapping):
        self.snapshot = snapshot
        self.entries = snapshot["entries"]
        self.counts = {e["key"]: e for e in self.entries if e["what"] == "count"}
        self.indicators = [e for e in self.entries if e["what"] == "indicator"]

    def q(self, key: str) -> str:
        return quoted(self.counts[key])

    def n(self, key: str) -> int:
        return self.counts[key]["value"]

    def state(self, *states: str) -> list[Mapping]:
        return [entry for entry in self.indicators if entry["state"] in states]


def sections(snapshot: Mapping) -> list[dict]:
    """[{key, title, text}] in order; chapters of the plan stand after the indicators."""
    known = Figures(snapshot)
    made = [
        ("indicators", _("指标完成情况"), _indicators(known)),
        *((f"plan{n}", chapter["title"], _chapter(chapter, known)) for n, chapter in enumerate(snapshot["chapters"])),
        ("inspections", _("督导检查与问题整改"), _inspections(known)),
        ("improvements", _("持续改进"), _improvements(known)),
        ("meetings", _("委员会与会议"), _meetings(known)),
        ("duties", _("职责履行、培训与专项活动"), _duties(known)),
        ("complaints", _("投诉办理"), _complaints(known)),
        ("gaps", _("尚无证据的工作"), _gaps(known)),
        ("next", _("下一步工作重点"), _next(known)),
    ]  # fmt: skip
    return [{"key": key, "title": str(title), "text": text} for key, title, text in made if text]


def _list(entries: Iterable[Mapping], most: int = LONGEST) -> str:
    rows = list(entries)
    words = "、".join(_("%(name)s %(value)s") % {"name": e["title"], "value": quoted(e)} for e in rows[:most])
    return words + (_("等") if len(rows) > most else "")


def _indicators(known: Figures) -> str:
    met, missed = known.state("met"), known.state("missed")
    lines = []
    if met:
        lines.append(_("达到目标的有：%(list)s。") % {"list": _list(met)})
    for entry in missed[:LONGEST]:
        lines.append(
            _("%(name)s为 %(value)s，未达到目标（%(target)s）。")
            % {"name": entry["title"], "value": quoted(entry), "target": entry["target"]}
        )
    small = known.state("small")
    if small:
        lines.append(_("例数太少、不作判断的有：%(list)s。") % {"list": _list(small)})
    return "\n".join(lines)


def _chapter(chapter: Mapping, known: Figures) -> str:
    """The plan's own sentences that have evidence, each with how much."""
    by_number = {entry["number"]: entry for entry in known.entries}
    lines = []
    for sentence in chapter["sentences"]:
        if sentence["kept"] and sentence.get("number"):
            said = {"text": sentence["text"].rstrip("。；;"), "value": quoted(by_number[sentence["number"]])}
            lines.append(_("“%(text)s”：%(value)s。") % said)
    return "\n".join(lines)


def _inspections(known: Figures) -> str:
    lines = []
    if known.n("visits"):
        lines.append(
            _("组织督导检查 %(visits)s，覆盖科室 %(places)s。")
            % {"visits": known.q("visits"), "places": known.q("visited_departments")}
        )
    if known.n("findings_raised") or known.n("findings_closed"):
        lines.append(
            _("提出问题 %(raised)s，关闭 %(closed)s，其中经核实有效 %(effective)s。")
            % {
                "raised": known.q("findings_raised"), "closed": known.q("findings_closed"),
                "effective": known.q("findings_effective"),
            }
        )  # fmt: skip
    if known.n("findings_reopened"):
        lines.append(_("因复发或核实未通过重新打开 %(n)s。") % {"n": known.q("findings_reopened")})
    if known.n("findings_open"):
        lines.append(
            _("期末尚未关闭 %(open)s，其中逾期 %(late)s。")
            % {"open": known.q("findings_open"), "late": known.q("findings_overdue")}
        )
    return "\n".join(lines)


def _improvements(known: Figures) -> str:
    lines = []
    if known.n("projects_begun"):
        lines.append(_("批准立项 %(n)s。") % {"n": known.q("projects_begun")})
    if known.n("projects_closed"):
        lines.append(
            _("结题 %(n)s，其中评定为达到目标 %(reached)s。")
            % {"n": known.q("projects_closed"), "reached": known.q("projects_reached")}
        )
    return "\n".join(lines)


def _meetings(known: Figures) -> str:
    if not known.n("meetings"):
        return ""
    return _("各委员会召开会议 %(n)s。") % {"n": known.q("meetings")}


def _duties(known: Figures) -> str:
    lines = []
    if known.n("duties_due"):
        lines.append(
            _("制度规定的周期职责到期 %(due)s，有证据 %(proven)s，没有证据 %(missing)s。")
            % {
                "due": known.q("duties_due"), "proven": known.q("duties_proven"),
                "missing": known.q("duties_missing"),
            }
        )  # fmt: skip
    if known.n("trainings"):
        lines.append(_("登记培训 %(n)s。") % {"n": known.q("trainings")})
    if known.n("campaigns"):
        lines.append(
            _("开展专项活动 %(n)s，完成活动事项 %(done)s。")
            % {"n": known.q("campaigns"), "done": known.q("campaign_items")}
        )
    return "\n".join(lines)


def _complaints(known: Figures) -> str:
    if not known.n("complaints"):
        return ""
    return _("接到投诉 %(n)s，期末已办结 %(closed)s。") % {
        "n": known.q("complaints"), "closed": known.q("complaints_closed"),
    }  # fmt: skip


def gaps(snapshot: Mapping) -> list[str]:
    """What the summary cannot say, each with its reason; the names of what is lacking, no figures."""
    known = Figures(snapshot)
    said = []
    if not snapshot["complete"]:
        said.append(_("期间尚未结束，数据截至起草时点。"))
    if not snapshot["chapters"]:
        said.append(_("没有已采纳的年度计划，不能逐句对照计划。"))
    for chapter in snapshot["chapters"]:
        for sentence in chapter["sentences"]:
            if not sentence["kept"]:
                said.append(
                    _("计划“%(chapter)s”中“%(text)s”：%(why)s。")
                    % {
                        "chapter": chapter["title"],
                        "text": sentence["text"].rstrip("。；;"),
                        "why": sentence["why"],
                    }
                )
    unknown = known.state("unknown")
    if unknown:
        reasons: dict[str, list[str]] = {}
        for entry in unknown:
            reasons.setdefault(entry["reason"].rstrip("。"), []).append(entry["title"])
        for reason, names in reasons.items():
            said.append(
                _("无法计算：%(names)s（%(reason)s）。") % {"names": "、".join(names), "reason": reason}
            )
    for key, words in _NOTHING.items():
        if not known.n(key):
            said.append(str(words()))
    return said


_NOTHING = {
    "visits": lambda: _("没有督导检查的记录。"),
    "findings_raised": lambda: _("没有提出问题的记录。"),
    "projects_begun": lambda: _("没有改进项目立项的记录。"),
    "meetings": lambda: _("没有委员会会议的记录。"),
    "duties_due": lambda: _("没有到期的周期职责。"),
    "trainings": lambda: _("没有培训记录作为证据。"),
    "campaigns": lambda: _("没有专项活动的记录。"),
}


def _gaps(known: Figures) -> str:
    return "\n".join(f"{n}. {line}" for n, line in enumerate(gaps(known.snapshot), 1))


def _next(known: Figures) -> str:
    lines = [
        _("%(name)s：查明原因，落实改进措施。") % {"name": e["title"]}
        for e in known.state("missed")[:LONGEST]
    ]
    if known.n("findings_overdue"):
        lines.append(_("逾期问题逐项督办，核实效果后关闭。"))
    if known.n("duties_missing"):
        lines.append(_("没有证据的周期职责由责任科室说明情况并补做。"))
    return "\n".join(f"{n}. {line}" for n, line in enumerate(lines, 1))

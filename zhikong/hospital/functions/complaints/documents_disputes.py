"""What stands on the papers of disputes: the case file, the sealing list, the notice of autopsy, the yearly report."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from zhikong.foundation.organisation.queries import institution
from zhikong.hospital.functions.complaints.actions.disputes.money import yuan
from zhikong.hospital.functions.complaints.models.disputes import Dispute
from zhikong.hospital.functions.complaints.models.disputes_sealing import Sealing, SealSignature
from zhikong.hospital.functions.complaints.papers_disputes import Content, Section, Signature, Table
from zhikong.hospital.functions.complaints.queries.disputes import reading
from zhikong.hospital.functions.complaints.queries.disputes.figures import Year
from zhikong.hospital.functions.complaints.queries.disputes.rules import rules


def moment(at: datetime | None) -> str:
    return f"{timezone.localtime(at):%Y-%m-%d %H:%M}" if at else "—"


def sum_of(fen: int | None) -> str:
    """An amount; a dash when nobody named one, which is not zero."""
    return "—" if fen is None else yuan(fen)


def _content(
    title: str, number: str, sections, *, by, now: datetime, index: bool = False, secret: str = ""
) -> Content:
    trail = _("由 %(who)s 于 %(at)s 生成") % {"who": by, "at": moment(now)}
    words = {
        "page": _("第"), "of": _("页，共"), "pages": _("页"), "date": _("年　　月　　日"), "number": _("序号"),
        "part": _("内容"), "amount": _("数量"), "rows": _("%(n)d 项"), "there": _("有"), "none": _("无"),
    }  # fmt: skip
    return Content(
        institution().name,
        title,
        number,
        f"{timezone.localdate(now)}",
        trail,
        tuple(sections),
        index,
        secret,
        words,
    )


def case_file(found: Dispute, *, by, now: datetime) -> Content:
    """The whole case with an index: what happened, who, when, by which route, what was found, what it cost."""
    parts = (
        _matter(found), _parties(found), _clocks(found, now), _routes(found), _hearings(found), _appraisals(found),
        _money(found), _statements(found), _sealings(found), _measures(found), _papers(found), _contacts(found),
        _story(found),
    )  # fmt: skip
    return _content(
        _("医疗纠纷案卷"), found.number, parts, by=by, now=now, index=True, secret=_("内部资料，注意保密")
    )


def _matter(found: Dispute) -> Section:
    known = rules()
    lines = [
        (_("事由"), found.title), (_("科室"), found.department_name), (_("来源"), found.get_origin_display()),
        (_("得知时间"), moment(found.known_at)), (_("承办人"), str(found.officer)),
        (_("类别"), known.word("classes", found.report_class) or "—"),
        (_("等级"), known.word("grades", found.grade) or "—"),
        (_("主要原因"), known.word("causes", found.cause) or "—"),
        (_("责任程度"), known.word("responsibility", found.responsibility) or "—"),
        (_("患方诉求"), found.demand or "—"), (_("索赔金额"), sum_of(found.claimed_fen)),
        (_("经过"), found.summary or "—"), (_("答复"), found.answer or _("尚未答复")),
        (_("了结"), f"{found.get_outcome_display()} {found.outcome_text}" if found.outcome else _("尚未了结")),
    ]  # fmt: skip
    return Section(_("案情"), tuple(lines))


def _table(title: str, heads, widths, rows, *, right=(), empty="") -> Section:
    return Section(
        title, table=Table(tuple(heads), tuple(widths), tuple(rows), right), empty=empty or _("无")
    )


def _parties(found: Dispute) -> Section:
    rows = [
        (one.get_role_display(), one.name, one.relation or "—", one.proof or "—")
        for one in found.parties.order_by("pk")
    ]
    return _table(_("当事人"), (_("身份"), _("姓名"), _("关系或职务"), _("材料")), (2.4, 3.4, 5, 5), rows)


def _clocks(found: Dispute, now: datetime) -> Section:
    rows = []
    for one in (reading.ticking(clock, now) for clock in found.clocks.order_by("due_at", "pk")):
        done = moment(one.clock.met_at) if one.clock.met_at else one.left
        rows.append((one.clock.title, moment(one.clock.due_at), done, one.clock.proof or "—"))
    return _table(_("期限与凭据"), (_("事项"), _("期限"), _("完成"), _("凭据")), (4.2, 3.4, 3.6, 4.6), rows)


def _routes(found: Dispute) -> Section:
    known, rows = rules(), []
    for one in found.branches.order_by("pk"):
        title = known.word("routes", one.route) + (f" {one.instance}" if one.instance else "")
        body = f"{one.body}\n{one.reference}".strip()
        dates = f"{one.opened_on} — {one.ended_on or ''}"
        result = f"{one.get_state_display()} {sum_of(one.agreed_fen) if one.agreed_fen is not None else ''}\n{one.result}"
        rows.append((title, body, dates, result.strip()))
    return _table(_("解决途径"), (_("途径"), _("机构"), _("起止"), _("结果")), (2.6, 4.4, 3.6, 5.2), rows)


def _hearings(found: Dispute) -> Section:
    rows = [
        (moment(one.starts_at), one.get_kind_display(), f"{one.place}\n{one.attends}",
         _("取消：") + one.outcome if one.cancelled else one.outcome or "—")
        for one in found.hearings.order_by("starts_at")
    ]  # fmt: skip
    return _table(
        _("会谈、调解与开庭"), (_("时间"), _("事项"), _("地点与出席"), _("情况")), (3.2, 2.2, 4.8, 5.6), rows
    )


def _appraisals(found: Dispute) -> Section:
    known, rows = rules(), []
    for one in found.appraisals.order_by("pk"):
        share = _("，原因力 %(n)d%%") % {"n": one.share_percent} if one.share_percent is not None else ""
        result = known.word("responsibility", one.responsibility) + share if one.result_on else _("尚无结论")
        rows.append((known.word("appraisals", one.kind), one.body, f"{one.applied_on}\n{one.materials_on or '—'}",
                     f"{one.result_on or ''} {result}\n{one.conclusion}".strip()))  # fmt: skip
    heads = (_("种类"), _("机构"), _("申请 / 交材料"), _("结论"))
    return _table(_("鉴定"), heads, (3, 4, 3, 5.8), rows)


def _money(found: Dispute) -> Section:
    books = reading.ledger(found)
    lines = [(_("应赔"), sum_of(books.owed)), (_("已付"), yuan(books.paid))]
    told, claimed, granted = _("报案"), _("索赔"), _("核定")
    for one in found.insurances.order_by("pk"):
        lines.append((
            _("保险"), f"{one.insurer} {one.policy} {told} {moment(one.told_at)} {one.report_number} "
            f"{claimed} {sum_of(one.claimed_fen)} {granted} {sum_of(one.decided_fen)}",
        ))  # fmt: skip
    rows = [
        (str(one.paid_on), share.get_payer_display() + (f" {share.who}" if share.who else ""),
         one.get_kind_display(), yuan(one.amount_fen), one.voucher)
        for share in books.shares for one in share.payments.all()
    ]  # fmt: skip
    heads = (_("日期"), _("承担方"), _("种类"), _("金额"), _("凭证"))
    table = Table(heads, (2.6, 3.6, 2.6, 3.6, 3.4), tuple(rows), (3,))
    return Section(_("保险与赔偿台账"), tuple(lines), table)


def _statements(found: Dispute) -> Section:
    missing = _("尚未提交")
    lines = [
        (f"{one.writer}（{one.get_kind_display()}，{moment(one.written_at)}）",
         f"{one.ask}\n{one.text or missing}" + (f"\n{one.awareness}" if one.awareness else ""))
        for one in found.statements.select_related("writer").order_by("pk")
    ]  # fmt: skip
    return Section(_("当事人陈述与自我分析"), tuple(lines), empty=_("无"))


def _sealings(found: Dispute) -> Section:
    rows = [
        (one.number, one.get_kind_display(), one.seal_number, moment(one.sealed_at), moment(one.opened_at))
        for one in found.sealings.order_by("pk")
    ]
    heads = (_("编号"), _("种类"), _("封条"), _("封存"), _("启封"))
    return _table(_("封存与启封"), heads, (3.4, 2, 3.2, 3.6, 3.6), rows)


def _measures(found: Dispute) -> Section:
    rows = [
        (one.measure.number, one.measure.title, one.state,
         one.measure.effect or _("尚未认定"))
        for one in reading.measures(found)
    ]  # fmt: skip
    return _table(_("事后监管"), (_("整改"), _("问题"), _("状态"), _("效果")), (3, 5, 2.4, 5.4), rows)


def _papers(found: Dispute) -> Section:
    rows = [
        (str(one.dated_on), one.title, one.file.name if one.file else "—", one.kept_at or _("系统内附件"))
        for one in found.papers.select_related("file").order_by("dated_on", "pk")
    ]
    return _table(_("文件目录"), (_("日期"), _("文件"), _("附件"), _("原件存放")), (2.6, 5.2, 4, 4), rows)


def _contacts(found: Dispute) -> Section:
    rows = [
        (moment(one.at), f"{one.get_party_display()} {one.who}".strip(), one.way or "—", one.text)
        for one in found.contacts.order_by("at", "pk")
    ]
    return _table(_("对外联系"), (_("时间"), _("对方"), _("方式"), _("内容")), (3.2, 3.4, 2.2, 7), rows)


def _story(found: Dispute) -> Section:
    rows = [
        (moment(one.at), str(one.by or _("系统")), one.title, one.text)
        for one in found.steps.select_related("by").order_by("at", "pk")
    ]
    return _table(_("办理经过"), (_("时间"), _("人"), _("事项"), _("说明")), (3.2, 2.4, 4, 6.2), rows)


def sealing_list(found: Sealing, *, by, now: datetime) -> Content:
    """封存清单 in the form of the law: what, how many, with which seal, before whom; two copies, both signed."""
    kinds = {one.code: one.title for one in rules().items}
    lines = [
        (_("患者"), found.patient + (_("　住院编号 %(n)s") % {"n": found.stay_id} if found.stay_id else "")),
        (_("科室"), found.department_name), (_("事由"), found.reason),
        (_("封存时间与地点"), f"{moment(found.sealed_at)}　{found.place}"),
        (_("封条编号"), found.seal_number), (_("保管"), f"{found.kept_at}　{found.custodian}"),
        (_("封存的是"), (_("原件") if found.originals else _("复制件")) if found.kind == "record" else _("实物")),
        (_("交患方复制件"), _("%(n)d 页") % {"n": found.copies_given}),
    ]  # fmt: skip
    if found.unfinished:
        lines.append((_("说明"), _("病历尚未完成，已完成部分先封存，完成后对后续部分封存。")))
    if found.continues:
        lines.append((_("说明"), _("为 %(n)s 的后续部分。") % {"n": found.continues.number}))
    if found.tester:
        lines.append((_("检验机构"), found.tester))
    if found.absent_reason:
        lines.append((_("患方不到场或拒绝"), found.absent_reason))
    rows = [
        (str(n), one.name, kinds.get(one.kind, "—") if one.kind else "—",
         _("%(n)d 页") % {"n": one.pages} if one.pages else one.quantity,
         " ".join(filter(None, (one.batch, one.condition))) or "—")
        for n, one in enumerate(found.items.order_by("pk"), 1)
    ]  # fmt: skip
    heads = (_("序号"), _("名称"), _("种类"), _("页数或数量"), _("批号、外观"))
    sections = [
        Section(_("封存情况"), tuple(lines)),
        Section(_("封存清单"), table=Table(heads, (1.4, 5.6, 2.6, 2.6, 3.6), tuple(rows))),
        Section(_("封存签名（一式两份，医患各执一份）"), signatures=_signatures(found, "seal")),
    ]
    if found.state == Sealing.State.OPENED:
        told = ((_("启封时间"), moment(found.opened_at)), (_("理由与依据"), found.open_reason),
                (_("封条情况"), found.open_state))  # fmt: skip
        signed = () if found.alone else _signatures(found, "open")
        sections.append(Section(_("启封"), told, signatures=signed))
    title = _("病历封存清单") if found.kind == "record" else _("实物封存清单")
    return _content(title, found.number, sections, by=by, now=now)


def _signatures(found: Sealing, act: str) -> tuple[Signature, ...]:
    made = [
        Signature(f"{one.get_side_display()}（{one.relation}）", one.name, moment(one.at), one.strokes)
        for one in found.signatures.filter(act=act).order_by("pk")
    ]
    sides = set(found.signatures.filter(act=act).values_list("side", flat=True))
    for side in (SealSignature.Side.HOSPITAL, SealSignature.Side.PATIENT, SealSignature.Side.WITNESS):
        if side not in sides and not (side == "patient" and "notary" in sides):
            made.append(Signature(str(side.label)))
    return tuple(made)


def autopsy_notice(found: Dispute, *, by, now: datetime) -> Content:
    """What the law has the relatives told, with the last moments counted for this death, and room to decide and sign."""
    codes = ("autopsy", "autopsy_frozen", "body")
    dues = {one.code: one for one in found.clocks.filter(code__in=codes).order_by("stopped", "-pk")}
    known = rules()
    lines = [
        (_("患者死亡时间"), moment(found.died_at)),
        ("", _("医患双方对死因有异议的，应当在患者死亡后 48 小时内进行尸检；具备尸体冻存条件的，可以延长至 7 日。尸检应当经死者近亲属同意并签字，拒绝签字的，视为死者近亲属不同意进行尸检。")),
        ("", _("不同意或者拖延尸检，超过规定时间，影响对死因判定的，由不同意或者拖延的一方承担责任。")),
    ]  # fmt: skip
    lines += [
        (one.title, _("%(at)s 前。%(why)s") % {"at": moment(one.due_at), "why": one.reason})
        for one in dues.values()
        if not one.stopped
    ]
    lines.append(("", _("依据：%(doc)s") % {"doc": known.document}))
    choice = (("", _("□ 同意尸检　　□ 不同意尸检　　□ 需要在　　月　　日　　时前答复")),)
    sections = [
        Section(_("告知内容"), tuple(lines)),
        Section(
            _("近亲属意见"), choice,
            signatures=(Signature(_("近亲属签名")), Signature(_("与患者关系")), Signature(_("告知人签名"))),
        ),
    ]  # fmt: skip
    return _content(_("尸检告知书"), found.number, sections, by=by, now=now)


def year_report(found: Year, *, by, now: datetime) -> Content:
    """The yearly report: formulas with both their numbers, then departments, causes, outcomes."""
    figures = [
        (one.title, _number(one, one.top), _number(one, one.bottom),
         one.shown() + (one.unit if one.value is not None else ""), _target(one))
        for one in found.figures
    ]  # fmt: skip
    heads = (_("指标"), _("分子"), _("分母"), _("结果"), _("目标"))
    rows = [
        (one.department, str(one.received), str(one.closed), str(one.communication), yuan(one.paid_fen),
         "/".join(map(str, one.by_class)))
        for one in (*found.rows, found.total)
    ]  # fmt: skip
    classes = "/".join(found.classes)
    why = tuple(("", f"{one.title}：{one.why}") for one in found.figures if one.why)
    graded = [(title, str(n)) for title, n in zip(found.grades, found.total.by_grade, strict=False) if n]
    sections = [
        Section(_("主要指标"), why, Table(heads, (4.4, 3.2, 3.6, 2.8, 1.8), tuple(figures), (1, 2, 3))),
        Section(_("数据来源"), tuple(("", one) for one in found.sources)),
        Section(
            _("各科室（类别依次为 %(c)s）") % {"c": classes},
            table=Table((_("科室"), _("纠纷"), _("结案"), _("沟通"), _("赔偿"), _("各类")), (4.2, 1.8, 1.8, 1.8, 3.6, 2.6),
                        tuple(rows), (1, 2, 3, 4)),
        ),
        _table(_("等级"), (_("等级"), _("件")), (11, 4.8), graded, right=(1,), empty=_("没有定级的纠纷，等级医疗事故为 0。")),
        _table(_("主要原因"), (_("原因"), _("件")), (11, 4.8), [(t, str(n)) for t, n in found.causes], right=(1,)),
        _table(_("了结方式"), (_("方式"), _("件")), (11, 4.8), [(t, str(n)) for t, n in found.outcomes], right=(1,)),
    ]  # fmt: skip
    return _content(_("%(y)d 年医疗纠纷年度报告") % {"y": found.year}, "", sections, by=by, now=now)


def _number(one, value: int | None) -> str:
    """A count as it is, money as yuan; a dash for what nobody told."""
    if value is None:
        return "—"
    return yuan(value) if one.code == "compensation" else f"{value:,}"


def _target(one) -> str:
    return "—" if one.limit is None else f"{'≤' if one.at_most else '≥'}{one.limit}"

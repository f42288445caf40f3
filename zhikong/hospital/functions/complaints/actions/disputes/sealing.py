"""Sealing and unsealing in the presence of both sides (CMP-17, WF-11; 医疗纠纷预防和处理条例第二十四、二十五条).

A sealing is written down, signed by both on the spot, and then sealed; from that moment the record is locked for
everybody through ``foundation.facts.sealing``. The lock and whoever is about to write into the record wait for each
other, so that nothing slips in between the question and the writing.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from zhikong.foundation.access.scope import current_scope
from zhikong.foundation.facts.sealing import lock_record
from zhikong.foundation.tasks import actions as tasks
from zhikong.hospital.functions.complaints import rules_disputes_clocks as timing
from zhikong.hospital.functions.complaints.actions.disputes import steps
from zhikong.hospital.functions.complaints.models.disputes import OFFICES, Dispute
from zhikong.hospital.functions.complaints.models.disputes_sealing import (
    RecordLock,
    SealedItem,
    Sealing,
    SealSignature,
)
from zhikong.hospital.functions.complaints.queries.disputes.rules import rules
from zhikong.hospital.functions.complaints.rules_disputes_sealing import missing_sides, strokes_of

Act, Side, State = SealSignature.Act, SealSignature.Side, Sealing.State


@transaction.atomic
def prepare(
    *, by, now: datetime, department_id: int, kind: str, patient: str, reason: str, place: str, seal_number: str,
    kept_at: str, items: Sequence[dict[str, Any]], stay_id: str = "", custodian=None, originals: bool = False,
    copies_given: int = 0, unfinished: bool = False, tester: str = "", told: str = "",
    dispute: Dispute | None = None, continues: Sealing | None = None,
) -> Sealing:  # fmt: skip
    """Write down what is to be sealed, where and with which seal; then both sides sign.

    items: each with name, and pages for documents or quantity for things; kind, batch, condition.
    """
    steps.office(by)
    if kind not in Sealing.Kind.values:
        raise ValidationError(_("请选择封存病历还是实物。"))
    if kind == Sealing.Kind.RECORD and not stay_id.strip():
        raise ValidationError(_("封存病历要写住院编号，系统据此锁定病历。"))
    if not items:
        raise ValidationError(_("封存清单是空的，请至少写一行。"))
    if continues is not None and continues.stay_id != stay_id.strip():
        raise ValidationError(_("补封的住院编号与先前封存的不同。"))
    _check_things(kind, items, tester, told)
    if Sealing.objects.filter(seal_number=seal_number.strip()).exclude(state=State.DROPPED).exists():
        raise ValidationError(_("这个封条编号已经用过。"))
    made = Sealing.objects.create(
        institution_id=current_scope().institution_id, department_id=department_id,
        department_name=steps.department_name(department_id, now), dispute=dispute, continues=continues,
        number=steps.next_number("sealing", "FCJ", now), kind=kind, stay_id=stay_id.strip(),
        patient=steps.words(patient, _("请写患者姓名。"))[:60], reason=steps.words(reason, _("请写封存的事由。"))[:200],
        place=steps.words(place, _("请写封存地点。"))[:120],
        seal_number=steps.words(seal_number, _("请写封条编号。"))[:60],
        kept_at=steps.words(kept_at, _("请写保管在哪里。"))[:120], custodian=custodian or by, originals=originals,
        copies_given=copies_given, unfinished=unfinished and kind == Sealing.Kind.RECORD, tester=tester.strip()[:120],
        told=told.strip()[:120], made_at=now, made_by=by, readers=[by.pk], reader_roles=[*OFFICES, "department_head"],
    )  # fmt: skip
    for one in items:
        _item(made, one)
    if dispute is not None:
        steps.record(dispute, "seal", _("准备封存 %(n)s") % {"n": made.number}, by=by, now=now)
    return made


def _check_things(kind: str, items, tester: str, told: str) -> None:
    """Things are tested by a body that both chose; for blood the blood centre is told."""
    if kind != Sealing.Kind.ITEM:
        return
    for one in items:
        known = rules().one("items", one.get("kind", ""))
        if known is None:
            raise ValidationError(_("请选择实物的种类。"))
        if known.test and not tester.strip():
            raise ValidationError(_("请写明双方共同选定的检验机构；未选定时写明由谁指定。"))
        if known.tell and not told.strip():
            raise ValidationError(f"{known.title}：{known.tell}，" + _("请写明通知的时间和人。"))


def _item(sealing: Sealing, one: dict[str, Any]) -> SealedItem:
    pages, quantity = one.get("pages"), (one.get("quantity") or "").strip()
    if not pages and not quantity:
        raise ValidationError(_("清单的每一行要写页数或数量。"))
    return SealedItem.objects.create(
        institution_id=sealing.institution_id, sealing=sealing, kind=one.get("kind", ""),
        name=steps.words(one.get("name", ""), _("清单的每一行要写名称。"))[:120], pages=pages or None,
        quantity=quantity[:40], batch=(one.get("batch") or "").strip()[:60],
        condition=(one.get("condition") or "").strip()[:120],
    )  # fmt: skip


def _lock(sealing: Sealing, *states: str) -> Sealing:
    found = Sealing.objects.select_for_update(of=("self",)).get(pk=sealing.pk)
    if found.state not in states:
        raise ValidationError(
            _("这次封存现在是“%(state)s”，不能这样做。") % {"state": found.get_state_display()}
        )
    return found


@transaction.atomic
def sign(
    sealing: Sealing, *, by, now: datetime, act: str, side: str, name: str, relation: str, strokes: Any = None
) -> SealSignature:
    """One signature, drawn on the device of ``by``. For the hospital's side ``by`` may sign with the own account."""
    steps.office(by, sealing)
    sealing = _lock(sealing, State.DRAFT if act == Act.SEAL else State.SEALED)
    if act not in Act.values or side not in Side.values:
        raise ValidationError(_("请选择代表哪一方签名。"))
    drawn, account = strokes_of(strokes), None
    if not drawn:
        if side != Side.HOSPITAL:
            raise ValidationError(_("请在签名框里签名。"))
        account, name = by, str(by)
    named = steps.words(name, _("请写签名人的姓名。"))[:60]
    if SealSignature.objects.filter(sealing=sealing, act=act, side=side, name=named).exists():
        raise ValidationError(_("%(name)s已经签过。") % {"name": named})
    return SealSignature.objects.create(
        institution_id=sealing.institution_id, sealing=sealing, act=act, side=side, name=named,
        relation=steps.words(relation, _("请写签名人的身份，或与患者的关系。"))[:60], strokes=drawn or None,
        account=account, at=now, by=by,
    )  # fmt: skip


def _check_sides(sealing: Sealing, act: str, *, absent: str = "") -> None:
    signed = set(sealing.signatures.filter(act=act).values_list("side", flat=True))
    if missing := missing_sides(signed, refused=bool(absent.strip())):
        words = "、".join(str(Side(one).label) for one in missing)
        raise ValidationError(_("还缺%(who)s的签名。") % {"who": words})


@transaction.atomic
def seal(sealing: Sealing, *, by, now: datetime, absent_reason: str = "") -> Sealing:
    """Both have signed: it is sealed, and a record is locked from now on.

    absent_reason: the patient's side was told and does not come or sign; then a notary signs in its place.
    """
    steps.office(by, sealing)
    sealing = _lock(sealing, State.DRAFT)
    _check_sides(sealing, Act.SEAL, absent=absent_reason)
    sealing.absent_reason = absent_reason.strip()[:200]
    sealing.state, sealing.sealed_at, sealing.sealed_by = State.SEALED, now, by
    sealing.save()
    if sealing.kind == Sealing.Kind.RECORD:
        lock_record(sealing.stay_id)
        RecordLock.objects.create(
            institution_id=sealing.institution_id, sealing=sealing, stay_id=sealing.stay_id, sealed_at=now
        )
    _after_sealing(sealing, by=by, now=now)
    return sealing


def _after_sealing(sealing: Sealing, *, by, now: datetime) -> None:
    """Later parts of an unfinished record are due; the dispute's story knows."""
    if sealing.unfinished:
        period = rules().one("clocks", "supplement")
        tasks.assign(
            by=by, now=now, owner=sealing.custodian, title=_("补封后完成的病历 %(n)s") % {"n": sealing.number},
            due_on=timezone.localdate(now + timedelta(days=period.days)), due_reason=period.says,
            source_kind=steps.SEALING_SOURCE, source_key=str(sealing.pk),
            url=reverse("complaints:sealing", args=[sealing.pk]), department_id=sealing.department_id,
        )  # fmt: skip
    if sealing.continues_id:
        tasks.complete_for(
            source_kind=steps.SEALING_SOURCE, source_key=str(sealing.continues_id), by=by, now=now
        )
    if sealing.dispute is not None:
        title = _("封存 %(n)s，封条 %(seal)s") % {"n": sealing.number, "seal": sealing.seal_number}
        steps.record(sealing.dispute, "seal", title, by=by, now=now, text=sealing.kept_at)


@transaction.atomic
def drop(sealing: Sealing, *, by, now: datetime, reason: str) -> Sealing:
    """Not sealed after all; a draft leaves no lock behind."""
    steps.office(by, sealing)
    sealing = _lock(sealing, State.DRAFT)
    sealing.absent_reason = steps.words(reason, _("请写明为什么没有封存。"))[:200]
    sealing.state = State.DROPPED
    sealing.save()
    return sealing


@transaction.atomic
def open_seal(
    sealing: Sealing, *, by, now: datetime, reason: str, seal_state: str, alone: bool = False
) -> Sealing:
    """Unsealed before both sides; alone only after the years of the rules, with the notice that was given."""
    steps.office(by, sealing)
    sealing = _lock(sealing, State.SEALED)
    said = steps.words(reason, _("请写明为什么启封，依据什么。"))
    if alone:
        over = timing.seal_over(sealing.sealed_at, rules().seal_years, zone=timezone.get_current_timezone())
        if now <= over:
            raise ValidationError(_("封存没有满 %(n)d 年，要双方在场启封。") % {"n": rules().seal_years})
        if sealing.dispute is not None and sealing.dispute.state == Dispute.State.HANDLING:
            raise PermissionDenied(_("患方已经提出解决要求，不能自行启封。"))
    else:
        _check_sides(sealing, Act.OPEN)
    sealing.open_reason, sealing.open_state = (
        said[:300],
        steps.words(seal_state, _("请写明启封时封条的情况。"))[:120],
    )
    sealing.alone, sealing.state, sealing.opened_at, sealing.opened_by = alone, State.OPENED, now, by
    sealing.save()
    if sealing.kind == Sealing.Kind.RECORD:
        lock_record(sealing.stay_id)
        RecordLock.objects.filter(sealing=sealing, unsealed_at=None).update(unsealed_at=now)
    tasks.cancel_for(source_kind=steps.SEALING_SOURCE, source_key=str(sealing.pk), by=by, now=now,
                     reason=_("已启封"))  # fmt: skip
    if sealing.dispute is not None:
        steps.record(
            sealing.dispute, "seal", _("启封 %(n)s") % {"n": sealing.number}, by=by, now=now, text=said
        )
    return sealing

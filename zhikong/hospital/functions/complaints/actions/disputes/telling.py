"""Who is in a dispute, what the patient's side was answered, what was said to and by others (CMP-01, CMP-13)."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from zhikong.foundation.notices import actions as notices
from zhikong.foundation.notices.sealing import seal
from zhikong.hospital.functions.complaints.actions.disputes import steps
from zhikong.hospital.functions.complaints.models.disputes import Dispute, DisputeParty
from zhikong.hospital.functions.complaints.models.disputes_parts import DisputeContact


@transaction.atomic
def add_party(
    dispute: Dispute, *, by, now: datetime, role: str, name: str, relation: str = "", phone: str = "",
    id_number: str = "", address: str = "", proof: str = "", account=None,
) -> DisputeParty:  # fmt: skip
    """Somebody of the case. Telephone, identity number and address are sealed with the key outside the database."""
    steps.office(by, dispute)
    dispute = steps.lock_open(dispute)
    if role not in DisputeParty.Role.values:
        raise ValidationError(_("请选择身份。"))
    if role == DisputeParty.Role.AGENT and not proof.strip():
        raise ValidationError(_("代理人要写明委托书。"))
    tag = uuid.uuid4().hex
    told = {"phone": phone.strip(), "id_number": id_number.strip(), "address": address.strip()}
    made = DisputeParty.objects.create(
        institution_id=dispute.institution_id, dispute=dispute, role=role,
        name=steps.words(name, _("请写姓名。"))[:60], relation=relation.strip()[:60], account=account, tag=tag,
        contact=seal(told, bound_to=f"dispute_party:{tag}") if any(told.values()) else b"", proof=proof.strip()[:120],
    )  # fmt: skip
    steps.record(
        dispute, "party", _("登记当事人：%(role)s") % {"role": made.get_role_display()}, by=by, now=now
    )
    return made


@transaction.atomic
def answer(dispute: Dispute, *, by, now: datetime, text: str) -> Dispute:
    """The answer to the patient's side (一诉一反馈); a later one takes its place, the story keeps both."""
    steps.office(by, dispute)
    dispute = steps.lock_open(dispute)
    dispute.answer = steps.words(text, _("请写明答复的内容。"))
    dispute.answered_at, dispute.answered_by = now, by
    dispute.save()
    steps.meet_if_open(dispute, "answer", by=by, now=now, proof=_("已答复患方"))
    steps.record(dispute, "answer", _("答复患方"), by=by, now=now, text=dispute.answer)
    notices.send(
        by=by, now=now, title=_("医疗纠纷 %(number)s 已答复患方") % {"number": dispute.number},
        url=steps.url_of(dispute), departments=[dispute.department_id], source_kind=steps.SOURCE,
        source_key=str(dispute.pk),
    )  # fmt: skip
    return dispute


@transaction.atomic
def log_contact(
    dispute: Dispute, *, by, now: datetime, party: str, text: str, who: str = "", way: str = "",
    at: datetime | None = None,
) -> DisputeContact:  # fmt: skip
    """Something was said to or by somebody outside; to the leader it meets the clock of the report inside the house."""
    steps.office(by, dispute)
    dispute = steps.lock_open(dispute)
    if party not in DisputeContact.With.values:
        raise ValidationError(_("请选择对方。"))
    at = steps.past_moment(at or now, now, _("联系时间"))
    made = DisputeContact.objects.create(
        institution_id=dispute.institution_id, dispute=dispute, party=party, who=who.strip()[:80], at=at,
        way=way.strip()[:40], text=steps.words(text, _("请写明说了什么。")), by=by,
    )  # fmt: skip
    if party == DisputeContact.With.LEADER:
        steps.meet_if_open(
            dispute,
            "internal_report",
            by=by,
            now=now,
            proof=_("已报告分管院长"),
            at=max(at, dispute.known_at),
        )
    return made

"""All writes. Proposed, opened, concluded and answered by different people; nobody is judged unheard."""

from datetime import datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from zhikong.foundation.access.models import User
from zhikong.foundation.access.permissions import Permission, require
from zhikong.foundation.access.scope import current_scope
from zhikong.foundation.notices import actions as notices
from zhikong.hospital.functions.accountability import queries, rules
from zhikong.hospital.functions.accountability.models import AccountabilityFile, Evidence, Points, Step
from zhikong.hospital.functions.accountability.rules import Outcome, Source, State

REPORT_REFUSED = (
    "不良事件报告不能作为责任认定的依据。善意报告受保护；请用检查、投诉核实、司法鉴定或审计的独立文书。"
)


@transaction.atomic
def propose(
    *, by, now: datetime, person, department_id: int | None, title: str, source: str, source_reference: str, grounds: str,
    declared: bool,
) -> AccountabilityFile:  # fmt: skip
    """Ask for the decision to open a file. declared: whoever proposes it states that no report is its ground."""
    require(by, Permission.KEEP_ACCOUNTABILITY)
    if not declared:
        raise ValidationError(_("请确认：依据不是不良事件报告，也不是由报告得知后补造的材料。"))
    if rules.cites_report(title, source_reference, grounds):
        raise ValidationError(_(REPORT_REFUSED))
    made = AccountabilityFile.objects.create(
        institution_id=current_scope().institution_id, person=person, department_id=department_id, source=Source(source),
        title=_said(title, 2)[:80], source_reference=_said(source_reference, 2)[:120], grounds=_said(grounds),
        declared=True, reader_roles=queries.keeper_roles(), proposed_at=now, proposed_by=by,
    )  # fmt: skip
    _record(made, "propose", by=by, now=now)
    return made


@transaction.atomic
def decide_opening(found: AccountabilityFile, *, by, now: datetime, opened: bool, text: str) -> None:
    """Another person opens the file with a reason, or does not; the person concerned is let in and told."""
    require(by, Permission.OPEN_ACCOUNTABILITY)
    _begin(found, State.PROPOSED)
    _another(by, found.proposed_by_id, _("立案决定不能由提出的人作出。"))
    found.opening_text, found.opened_at, found.opened_by = _said(text), now, by
    found.state = State.OPENED if opened else State.REFUSED
    if opened:
        found.readers = _accounts(found.person_id)
    found.save()
    _record(found, "open" if opened else "refuse", by=by, now=now)
    if opened:
        _tell(found, _("请阅读一份文书并陈述意见"), now=now)


@transaction.atomic
def add_evidence(
    found: AccountabilityFile, *, by, now: datetime, kind: str, text: str, reference: str
) -> Evidence:
    """Something that shows it, gathered for this file; a report of an adverse event is none."""
    require(by, Permission.KEEP_ACCOUNTABILITY)
    _begin(found, State.OPENED, State.HEARD)
    if rules.cites_report(text, reference):
        raise ValidationError(_(REPORT_REFUSED))
    made = Evidence.objects.create(
        institution_id=found.institution_id, file=found, at=now, by=by, kind=Evidence.Kind(kind), text=_said(text, 2),
        reference=_said(reference, 2)[:160],
    )  # fmt: skip
    _record(found, "evidence", by=by, now=now)
    return made


@transaction.atomic
def make_statement(found: AccountabilityFile, *, by, now: datetime, text: str) -> None:
    """The person concerned says what happened; it may be added to until there is a conclusion."""
    if not queries.is_about(by, found):
        raise PermissionDenied(_("只有当事人本人可以陈述。"))
    _begin(found, State.OPENED, State.HEARD)
    found.statement = "\n".join(part for part in (found.statement, _said(text, 2)) if part)
    found.state, found.heard_at = State.HEARD, now
    found.save()
    _record(found, "statement", by=by, now=now)


@transaction.atomic
def note_silence(found: AccountabilityFile, *, by, now: datetime) -> None:
    """The days to be heard are over: that is written down, and it goes on."""
    require(by, Permission.KEEP_ACCOUNTABILITY)
    _begin(found, State.OPENED)
    if not rules.declined(timezone.localdate(found.opened_at), timezone.localdate(now)):
        raise ValidationError(
            _("陈述期（%(days)d 天）还没有过，请等当事人陈述。") % {"days": rules.STATEMENT_DAYS}
        )
    found.state, found.heard_at = State.HEARD, now
    found.save()
    _record(found, "silence", by=by, now=now)


@transaction.atomic
def conclude(
    found: AccountabilityFile, *, by, now: datetime, conclusion: str, outcome: str, points: int = 0
) -> None:
    """What follows, after evidence and hearing; points go into the ledger with the day on which they end."""
    require(by, Permission.KEEP_ACCOUNTABILITY)
    _begin(found, State.HEARD)
    _another(by, found.opened_by_id, _("结论不能由决定立案的人作出。"))
    if queries.is_about(by, found):
        raise PermissionDenied(_("不能对自己作出结论。"))
    if not Evidence.objects.filter(file=found).exists():
        raise ValidationError(_("还没有独立收集的证据，不能作出结论。"))
    if Outcome(outcome) is Outcome.NONE and points:
        raise ValidationError(_("不予追究的，不记分。"))
    if not 0 <= points <= rules.MOST_POINTS:
        raise ValidationError(_("一次记分不超过 %(most)d 分。") % {"most": rules.MOST_POINTS})
    found.conclusion, found.outcome, found.points = _said(conclusion), Outcome(outcome), points
    found.state, found.concluded_at, found.concluded_by = State.CONCLUDED, now, by
    found.save()
    _enter(found, now)
    _record(found, "conclude", by=by, now=now)
    _tell(found, _("一份文书已有结论，可在期限内申诉"), now=now)


@transaction.atomic
def appeal(found: AccountabilityFile, *, by, now: datetime, text: str) -> None:
    """The person concerned asks for another look."""
    if not queries.is_about(by, found):
        raise PermissionDenied(_("只有当事人本人可以申诉。"))
    _begin(found, State.CONCLUDED)
    if not rules.may_appeal(timezone.localdate(found.concluded_at), timezone.localdate(now)):
        raise ValidationError(_("申诉期（%(days)d 天）已过。") % {"days": rules.APPEAL_DAYS})
    found.appeal, found.appealed_at, found.state = _said(text, 2), now, State.APPEALED
    found.save()
    _record(found, "appeal", by=by, now=now)


@transaction.atomic
def answer_appeal(found: AccountabilityFile, *, by, now: datetime, text: str, revoke: bool) -> None:
    """Another person than who concluded answers; what is revoked leaves the ledger at once."""
    require(by, Permission.OPEN_ACCOUNTABILITY)
    _begin(found, State.APPEALED)
    _another(by, found.concluded_by_id, _("申诉不能由作出结论的人答复。"))
    found.answer, found.revoked = _said(text), revoke
    found.state, found.answered_at, found.answered_by = State.FINAL, now, by
    found.save()
    if revoke:
        Points.objects.filter(file=found).update(revoked_at=now)
    _record(found, "answer", by=by, now=now)
    _tell(found, _("您的申诉已有答复"), now=now)


def _enter(found: AccountabilityFile, now: datetime) -> None:
    if not found.points:
        return
    today = timezone.localdate(now)
    Points.objects.create(
        institution_id=found.institution_id, person_id=found.person_id, file=found, points=found.points, given_on=today,
        expires_on=rules.expires(today), department_id=found.department_id, readers=found.readers,
        reader_roles=found.reader_roles,
    )  # fmt: skip


def _begin(found: AccountabilityFile, *states: State) -> None:
    found.refresh_from_db(from_queryset=AccountabilityFile.objects.select_for_update(of=("self",)))
    if found.state not in states:
        raise ValidationError(
            _("现在的状态是“%(state)s”，不能这样做。") % {"state": found.get_state_display()}
        )


def _another(by, maker_id: int | None, sentence: str) -> None:
    if by is not None and by.pk == maker_id:
        raise ValidationError(sentence)


def _said(text: str, least: int = rules.LEAST_WORDS) -> str:
    text = (text or "").strip()
    if len(text) < least:
        raise ValidationError(_("请写明内容，至少 %(least)d 个字。") % {"least": least})
    return text


def _accounts(person_id: int) -> list[int]:
    return list(User.objects.filter(person_id=person_id, is_active=True).values_list("pk", flat=True))


def _record(found: AccountabilityFile, act: str, *, by, now: datetime) -> None:
    Step.objects.create(institution_id=found.institution_id, file=found, at=now, by=by, act=act)


def _tell(found: AccountabilityFile, title: str, *, now: datetime) -> None:
    """To the person concerned alone, without saying what about."""
    notices.send(
        by=None, now=now, title=title, url=reverse("accountability:file", args=[found.code]),
        users=User.objects.filter(pk__in=found.readers), source_kind="accountability", source_key=found.code,
    )  # fmt: skip

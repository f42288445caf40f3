"""A complaint comes in: by whoever is told it, or by the complainant himself on the page without login."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from zhikong.foundation.access.permissions import Permission, can
from zhikong.foundation.access.queries import scope_of
from zhikong.foundation.access.scope import current_scope
from zhikong.foundation.files import actions as files
from zhikong.foundation.organisation.queries import names
from zhikong.foundation.patients.rules import Identity, seal
from zhikong.foundation.patients.rules import key_of as identity_key
from zhikong.hospital.functions.complaints.actions.intake import steps
from zhikong.hospital.functions.complaints.models.intake import Complainant, Complaint, VoicePoint
from zhikong.hospital.functions.complaints.models.intake_parts import ComplaintFile, ConcernedDepartment
from zhikong.hospital.functions.complaints.queries.intake import persons
from zhikong.hospital.functions.complaints.queries.intake.rules import in_force, setting
from zhikong.hospital.functions.complaints.rules_intake import READER_ROLES, Channel, Step, Who, readers_of
from zhikong.hospital.functions.complaints.rules_intake_keys import (
    key_hash,
    new_nonce,
    number_and_key,
    person_print,
)
from zhikong.hospital.functions.complaints.rules_intake_pack import suggest

REPEAT_DAYS = 365
PHOTOS = 3
FULL = _("这一小时网上提交的人很多，没有接收。您写的内容还在页面上，请稍后再交，或直接打投诉电话。")


@dataclass(frozen=True)
class Told:
    """What is known when a complaint comes in. asked_fen: money asked for, in fen. told: what was explained."""

    channel: str
    content: str
    demand: str = ""
    who: str = Who.PATIENT
    name: str = ""
    phone: str = ""
    department_id: int | None = None
    category: str = ""
    occurred_on: date | None = None
    place: str = ""
    asked_fen: int | None = None
    patient_key: str = ""
    stay_id: str = ""
    letter_number: str = ""
    letter_due_on: date | None = None
    told: Sequence[str] = ()
    received_at: datetime | None = None


@dataclass(frozen=True)
class Registered:
    """The complaint with the key that opens its page, to be handed over now: only a fingerprint of it is kept."""

    complaint: Complaint
    key: str
    again: bool = False


@transaction.atomic
def register(*, by, now: datetime, told: Told, nonce: str = "") -> Registered:
    """Write down a complaint that somebody was told. Whoever is told it carries it until somebody took it over (CMP-03).

    No permission is asked: the first recipient may be anybody. nonce: of the page, so that sending twice is once.
    """
    made = _create(told, now=now, nonce=nonce or new_nonce(), first=by, point=None)
    if not made.again:
        steps.note(made.complaint, Step.RECEIVED, by=by, now=now, text=made.complaint.get_channel_display())
        steps.give(made.complaint, by, what="accept", title=_first_title(by), by=by, now=now, clock="accept")
    return made


def _first_title(by) -> str:
    handles = can(by, Permission.HANDLE_COMPLAINTS, whole_hospital=True)
    return _("受理") if handles else _("移交投诉管理部门并看到接收")


@transaction.atomic
def register_from_page(
    *, now: datetime, told: Told, nonce: str, point: VoicePoint | None, photos=()
) -> Registered:
    """A complaint from the page without login, in a job's scope. Raises ValidationError when the page is closed or full.

    The complaint officer is the first recipient. Photos are painted anew before they are kept (foundation/files).
    """
    limit = setting()
    if not limit.open:
        raise ValidationError(_("网上投诉暂停接收，请打投诉电话或到投诉接待处。"))
    recent = Complaint.objects.filter(channel=Channel.WEB, received_at__gt=now - timedelta(hours=1)).count()
    first = steps.officer(now)
    made = _create(told, now=now, nonce=nonce, first=first, point=point, full=recent >= limit.hourly_limit)
    if made.again:
        return made
    attach(made.complaint, photos, now=now)
    steps.note(made.complaint, Step.RECEIVED, by=None, now=now, text=made.complaint.get_channel_display())
    if first is not None:
        steps.give(made.complaint, first, what="accept", title=_("受理"), by=None, now=now, clock="accept")
        steps.tell(made.complaint, _("网上收到一件投诉"), by=None, now=now, users=[first])
    return made


def attach(complaint: Complaint, uploads, *, now: datetime) -> None:
    """Keep a complainant's pictures; a file that is no picture is refused by the store in words."""
    for upload in list(uploads)[:PHOTOS]:
        if not (upload.content_type or "").startswith("image/"):
            raise ValidationError(_("%(name)s 不是照片，只能上传照片。") % {"name": upload.name[:60]})
        file = files.store(by=None, now=now, upload=upload, purpose="complaints.photo", retention="incident")
        ComplaintFile.objects.create(
            institution_id=complaint.institution_id,
            complaint=complaint,
            file=file,
            from_complainant=True,
            at=now,
        )


def _create(
    told: Told, *, now: datetime, nonce: str, first, point: VoicePoint | None, full: bool = False
) -> Registered:
    number, key, known = _numbered(nonce)
    if known is not None:
        return Registered(known, key, again=True)
    if full:
        raise ValidationError(FULL)
    _check(told)
    department_id = told.department_id or (point.department_id if point else None)
    complaint = Complaint.objects.create(
        institution_id=current_scope().institution_id, number=number,
        key_hash=key_hash(settings.IDENTITY_SECRET, number, key), channel=told.channel, point=point,
        letter_number=told.letter_number[:60], letter_due_on=told.letter_due_on, received_at=told.received_at or now,
        first_recipient=first, first_department_id=_own_department(first, now), handler=first, who=told.who,
        department_id=department_id, department_name=_name_of(department_id, now),
        category=told.category or suggest(in_force(), f"{told.content} {told.demand}"), occurred_on=told.occurred_on,
        place=told.place[:80], content=told.content.strip(), demand=told.demand.strip(), asked_fen=told.asked_fen,
        told=list(told.told), patient_key=told.patient_key, stay_id=told.stay_id, **_person(told, now=now),
        readers=[first.pk] if first is not None else [], reader_roles=readers_of(withheld=department_id is None),
    )  # fmt: skip
    _keep_person(complaint, told, first, now=now)
    if department_id is not None:
        _concern(complaint, department_id)
    steps.start_clocks(complaint, "received", now=now, counted_from=complaint.received_at)
    steps.start_clocks(complaint, "letter", now=now)
    return Registered(complaint, key)


def _numbered(nonce: str) -> tuple[str, str, Complaint | None]:
    """Number and key of a nonce; the complaint that has them already, when the same page was sent before."""
    for attempt in range(5):
        number, key = number_and_key(settings.IDENTITY_SECRET, nonce, attempt)
        known = Complaint.objects.filter(number=number).first()
        if known is None or known.key_hash == key_hash(settings.IDENTITY_SECRET, number, key):
            return number, key, known
    raise ValidationError(_("暂时取不到编号，请再交一次。"))


def _check(told: Told) -> None:
    steps.required(told.content, _("请写下投诉的内容：什么时候、在哪里、发生了什么。"), least=5)
    if told.asked_fen is not None and told.asked_fen < 0:
        raise ValidationError(_("金额不能小于 0。"))
    if told.category and in_force().category(told.category) is None:
        raise ValidationError(_("没有这个类别。"))
    if told.occurred_on and told.received_at and told.occurred_on > timezone.localdate(told.received_at):
        raise ValidationError(_("发生日期不能晚于接到投诉的日期。"))


def _own_department(person, now: datetime) -> int | None:
    if person is None:
        return None
    scope = scope_of(person, timezone.localdate(now))
    return None if scope.whole_hospital else next(iter(sorted(scope.departments)), None)


def _name_of(department_id: int | None, now: datetime) -> str:
    return names(on=timezone.localdate(now)).get(department_id, "")[:80] if department_id else ""


def _person(told: Told, *, now: datetime) -> dict:
    """The fingerprint of the complainant's number, and the earlier complaint of the same within a year."""
    mark = person_print(settings.IDENTITY_SECRET, current_scope().institution_id, told.phone)
    earlier = Complaint.objects.filter(
        repeated_person=mark, received_at__gt=now - timedelta(days=REPEAT_DAYS)
    )
    return {"repeated_person": mark, "repeats": earlier.order_by("-received_at").first() if mark else None}


def _keep_person(complaint: Complaint, told: Told, first, *, now: datetime) -> None:
    """Seal who complains. An anonymous complaint keeps nobody, whatever was typed."""
    if told.who == Who.ANONYMOUS or not (told.name.strip() or told.phone.strip()):
        return
    found = Identity(name=told.name.strip()[:60], phone=told.phone.strip()[:40])
    Complainant.objects.create(
        institution_id=complaint.institution_id, complaint=complaint, updated_at=now,
        sealed=seal(found, key=identity_key(settings.IDENTITY_SECRET), bound_to=persons.bound_to(complaint)),
        readers=[first.pk] if first is not None else [], reader_roles=list(READER_ROLES),
    )  # fmt: skip


def _concern(complaint: Complaint, department_id: int) -> None:
    ConcernedDepartment.objects.create(
        institution_id=complaint.institution_id, complaint=complaint, department_id=department_id, main=True
    )

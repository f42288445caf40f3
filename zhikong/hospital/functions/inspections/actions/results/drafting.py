"""A notice drafts itself when a visit or a round is concluded; people edit the draft, and gather its figures anew."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from zhikong.foundation.access.permissions import Permission, require
from zhikong.foundation.access.scope import current_scope
from zhikong.foundation.organisation.queries import departments, institution
from zhikong.hospital.functions.inspections import wording_results as wording
from zhikong.hospital.functions.inspections.models.planning import Round, Visit
from zhikong.hospital.functions.inspections.models.results import InspectionNotice
from zhikong.hospital.functions.inspections.permissions_results import may_draft
from zhikong.hospital.functions.inspections.queries.results.gathering import figures
from zhikong.hospital.functions.inspections.rules_planning import FINISHED, Kind
from zhikong.hospital.functions.inspections.rules_results import PARTS

NOT_BY_ITSELF = (Kind.SELF, Kind.AD_HOC)
"""Kinds whose visits are nobody's news: a department's own look at itself, a look in passing."""
LONGEST = 4000  # characters of one part
MOST_TITLES = 3
State = InspectionNotice.State


@transaction.atomic
def draft_of_visit(visit: Visit, *, by, now: datetime, asked: bool = False) -> InspectionNotice | None:
    """The draft of the visit's round, or of the visit alone; None for a kind that is told to nobody.

    A draft that exists takes the new figures; what people wrote stays. asked: a person wants one, whatever the kind.
    """
    if visit.state not in FINISHED:
        raise ValidationError(_("检查下了结论之后才能起草通报。"))
    if visit.round_id and not asked:
        return draft_of_round(visit.round, by=by, now=now)
    if visit.kind in NOT_BY_ITSELF and not asked:
        return None
    known = InspectionNotice.objects.filter(visit=visit, state=State.DRAFT).first()
    title = _("关于%(place)s“%(title)s”情况的通报") % {"place": visit.department_name, "title": visit.title}
    return _draft(known, [visit], by=by, now=now, title=title, visit=visit, programme=visit.programme)


@transaction.atomic
def draft_of_round(round_: Round, *, by, now: datetime) -> InspectionNotice | None:
    """The draft of all concluded visits of a round; None while none is."""
    visits = list(round_.visits.filter(state__in=FINISHED).order_by("planned_on", "pk"))
    if not visits:
        return None
    known = InspectionNotice.objects.filter(round=round_, state=State.DRAFT).first()
    title = _("关于“%(title)s”情况的通报") % {"title": round_.title}
    return _draft(known, visits, by=by, now=now, title=title, round=round_, programme=round_.programme)


@transaction.atomic
def draft_of_visits(
    visits: Iterable[Visit], *, by, now: datetime, title: str, programme=None
) -> InspectionNotice:
    """A draft of any concluded visits: a month, a campaign."""
    require(by, Permission.ISSUE_INSPECTION_NOTICES)
    found = [visit for visit in visits if visit.state in FINISHED]
    if not found:
        raise ValidationError(_("这段时间还没有下了结论的检查。"))
    return _draft(None, found, by=by, now=now, title=title, programme=programme)


def _draft(
    known: InspectionNotice | None, visits: list[Visit], *, by, now: datetime, title: str, **of
) -> InspectionNotice:
    told = figures(visits)
    words = wording.first_words(
        told, title=_occasion(visits, of), kind=visits[0].get_kind_display(), office=_office(of.get("programme"), timezone.localdate(now)),
        institution=institution().name,
    )  # fmt: skip
    if known is not None:
        return _renew(known, told, words, by=by, now=now)
    return InspectionNotice.objects.create(
        institution_id=current_scope().institution_id, title=title[:120], words=words | {"drafted": words},
        figures=told, first_on=told["first"], last_on=told["last"], drafted_at=now, drafted_by=by, changed_at=now,
        changed_by=by, **of,
    )  # fmt: skip


def _occasion(visits: list[Visit], of: Mapping) -> str:
    """What the visits are called together: their round, their one title, or the titles one after another."""
    if of.get("round"):
        return of["round"].title
    titles = list(dict.fromkeys(visit.title for visit in visits))
    return "、".join(titles[:MOST_TITLES]) + (_("等") if len(titles) > MOST_TITLES else "")


def _office(programme, on) -> str:
    """The department that leads the programme, by its own name; the quality office where nobody is named."""
    role = programme.owner_role if programme and programme.owner_role else "quality_office"
    named = {place.function: place.name for place in departments(on=on) if place.function}
    return named.get(role) or named.get("quality_office") or str(_("质控科"))


def _renew(known: InspectionNotice, told: dict, words: dict, *, by, now: datetime) -> InspectionNotice:
    """New figures; a part that nobody touched is worded anew, one that somebody wrote is left."""
    before = known.words.get("drafted", {})
    kept = {
        code: text for code, text in known.words.items() if code != "drafted" and text != before.get(code)
    }
    known.words = words | kept | {"drafted": words}
    known.figures, known.first_on, known.last_on = told, told["first"], told["last"]
    known.changed_at, known.changed_by = now, by
    known.save()
    return known


def lock_draft(notice: InspectionNotice) -> InspectionNotice:
    """The notice as it is now, held; ValidationError when it is no draft any more."""
    notice.refresh_from_db(from_queryset=InspectionNotice.objects.select_for_update(of=("self",)))
    if notice.state != State.DRAFT:
        raise ValidationError(_("这份通报已经%(state)s，不能再改。") % {"state": notice.get_state_display()})
    return notice


@transaction.atomic
def edit(
    notice: InspectionNotice, *, by, now: datetime, title: str, words: Mapping[str, str],
    left_out: Iterable[int] = (), names_people: bool = True,
) -> InspectionNotice:  # fmt: skip
    """Change the words of a draft. left_out: findings that are not told; they stay findings all the same."""
    if not may_draft(by):
        require(by, Permission.ISSUE_INSPECTION_NOTICES)
    lock_draft(notice)
    if len(title.strip()) < 4:
        raise ValidationError(_("请写明标题。"))
    said = {part.code: (words.get(part.code) or "").strip()[:LONGEST] for part in PARTS}
    known = {one["finding"] for one in notice.figures.get("problems", [])}
    notice.title, notice.words = title.strip()[:120], notice.words | said
    notice.left_out = sorted(known & set(left_out))
    notice.names_people = names_people
    notice.changed_at, notice.changed_by = now, by
    notice.save()
    return notice


@transaction.atomic
def renew(notice: InspectionNotice, *, by, now: datetime) -> InspectionNotice:
    """Gather the figures of a draft anew: findings were closed meanwhile, a visit was concluded."""
    if not may_draft(by):
        require(by, Permission.ISSUE_INSPECTION_NOTICES)
    lock_draft(notice)
    if notice.round_id:
        return draft_of_round(notice.round, by=by, now=now) or notice
    visits = list(Visit.objects.filter(pk__in=notice.figures["visits"]).order_by("planned_on", "pk"))
    return _draft(notice, visits, by=by, now=now, title=notice.title, programme=notice.programme)

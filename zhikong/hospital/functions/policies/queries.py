"""Reads of policies: the list, versions, who must read and has not, coverage, the matrix by duty division."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from django.db.models import Max, Prefetch, Q

from zhikong.foundation.access.models import User
from zhikong.foundation.access.permissions import Permission, can
from zhikong.foundation.organisation.models import Appointment
from zhikong.foundation.organisation.queries import departments, in_force
from zhikong.foundation.search.rules import holding
from zhikong.hospital.functions.policies.models import (
    Clause,
    Disease,
    Policy,
    PolicyVersion,
    PublicItem,
    Receipt,
)
from zhikong.hospital.functions.policies.rules import Part

State = PolicyVersion.State
UNDER_WAY = (State.DRAFT, State.SUBMITTED, State.REVIEWED, State.APPROVED)


def is_keeper(user) -> bool:
    """Whether a person sees what is not published yet."""
    return can(user, Permission.KEEP_POLICIES) or can(user, Permission.APPROVE_POLICIES)


def policies(user, *, kind: str = "", division: str = "", q: str = ""):
    """Documents that a person may see, with ``current`` and ``coming`` versions; newest words win in a search."""
    found = Policy.objects.select_related("owner", "department")
    if not is_keeper(user):
        found = found.filter(withdrawn_at=None, versions__state=State.PUBLISHED)
    if kind in Policy.Kind:
        found = found.filter(kind=kind)
    if division in Policy.Division:
        found = found.filter(division=division)
    if q:
        inside = Clause.objects.filter(version__state=State.PUBLISHED, **holding("text", q))
        found = found.filter(
            Q(**holding("title", q)) | Q(code__iexact=q) | Q(pk__in=inside.values("version__policy_id"))
        )
    return found.distinct().prefetch_related(
        Prefetch("versions", PolicyVersion.objects.filter(state=State.PUBLISHED), to_attr="in_force"),
        Prefetch("versions", PolicyVersion.objects.filter(state__in=UNDER_WAY), to_attr="under_way"),
    )


def policy(user, code: str) -> Policy | None:
    """One document by its code, or None for who may not see it."""
    return policies(user).filter(code=code).first()


def versions(user, of: Policy):
    """The versions that a person may look at: once published ones, and for keepers all."""
    found = of.versions.select_related("drafted_by", "reviewed_by", "approved_by", "published_by", "policy")
    return found if is_keeper(user) else found.filter(state__in=(State.PUBLISHED, State.REPLACED))


def parts_of(version: PolicyVersion) -> list[Part]:
    """The clauses of a version as the rules know them."""
    return [Part(one.mark, one.text, one.is_heading, one.key) for one in version.clauses.all()]


def last_key(of: Policy) -> int:
    """The highest clause number that any version has given out."""
    return Clause.objects.filter(version__policy=of).aggregate(last=Max("key"))["last"] or 0


def must_read(version: PolicyVersion, *, on: date):
    """Accounts of the people who must read a version, by their posts in force."""
    if not version.must_read:
        return User.objects.none()
    posts = Appointment.objects.filter(in_force(on))
    if version.reader_departments:
        posts = posts.filter(department_id__in=version.reader_departments)
    if version.reader_posts:
        posts = posts.filter(post__in=version.reader_posts)
    return User.objects.filter(is_active=True, person_id__in=posts.values("person_id")).order_by("pk")


def has_read(version: PolicyVersion, user) -> bool:
    return Receipt.objects.filter(version=version, user=user, read_at__isnull=False).exists()


def unread_by(user, *, on: date) -> list[PolicyVersion]:
    """Versions in force that a person must read and has not."""
    posts = list(Appointment.objects.filter(in_force(on), person_id=user.person_id)) if user.person_id else []
    open_ones = PolicyVersion.objects.filter(
        state=State.PUBLISHED, must_read=True, policy__withdrawn_at=None
    ).exclude(pk__in=Receipt.objects.filter(user=user, read_at__isnull=False).values("version_id"))
    return [
        one for one in open_ones.select_related("policy").order_by("read_by_on", "pk")
        if any(_fits(one, post) for post in posts)
    ]  # fmt: skip


def _fits(version: PolicyVersion, post: Appointment) -> bool:
    return (not version.reader_departments or post.department_id in version.reader_departments) and (
        not version.reader_posts or post.post in version.reader_posts
    )


@dataclass(frozen=True)
class Reading:
    """How far a version has been read: people with their departments, those who have not first."""

    asked: int
    done: int
    waiting: tuple[User, ...]

    @property
    def share(self) -> int:
        return round(100 * self.done / self.asked) if self.asked else 0


def reading(version: PolicyVersion, *, on: date) -> Reading:
    people = list(must_read(version, on=on).select_related("person"))
    done = set(
        Receipt.objects.filter(version=version, read_at__isnull=False).values_list("user_id", flat=True)
    )
    waiting = tuple(one for one in people if one.pk not in done)
    return Reading(len(people), len(people) - len(waiting), waiting)


@dataclass(frozen=True)
class Covered:
    """A specialty: how many guidelines stand, and which of its diseases have none."""

    department_id: int
    name: str
    guidelines: int
    diseases: int
    missing: tuple[str, ...]


GUIDING = (Policy.Kind.GUIDELINE, Policy.Kind.PATHWAY, Policy.Kind.PROCEDURE)


def coverage(*, on: date) -> list[Covered]:
    """Each specialty and disease with its guideline (POL-03)."""
    standing = Policy.objects.filter(withdrawn_at=None, versions__state=State.PUBLISHED, kind__in=GUIDING)
    counts, covered = defaultdict(int), defaultdict(set)
    for one in standing.distinct():
        counts[one.department_id] += 1
        covered[one.department_id] |= set(one.diseases)
    wanted = defaultdict(list)
    for one in Disease.objects.all():
        wanted[one.department_id].append(one.name)
    return [
        Covered(
            d.id, d.name, counts[d.id], len(wanted[d.id]),
            tuple(n for n in wanted[d.id] if n not in covered[d.id] | covered[None]),
        )
        for d in departments(on=on, kinds=("clinical", "medtech"))
    ]  # fmt: skip


@dataclass(frozen=True)
class Division:
    """A duty division: how many documents of each kind stand, in the order of the kinds."""

    code: str
    name: str
    counts: tuple[int, ...]

    @property
    def cells(self) -> list[tuple[str, int]]:
        """The name of each kind with how many there are."""
        return list(zip(map(str, Policy.Kind.labels), self.counts, strict=True))

    @property
    def missing(self) -> int:
        return sum(not one for one in self.counts)


def completeness() -> list[Division]:
    """Documents in force by duty division and kind (POL-08)."""
    counts: dict[tuple[str, str], int] = defaultdict(int)
    for one in Policy.objects.filter(withdrawn_at=None, versions__state=State.PUBLISHED).distinct():
        counts[one.division, one.kind] += 1
    return [
        Division(code, str(name), tuple(counts[code, kind] for kind in Policy.Kind.values))
        for code, name in Policy.Division.choices
    ]


def due_for_review(*, on: date):
    """Versions in force whose day of review has come."""
    return PolicyVersion.objects.filter(
        state=State.PUBLISHED, review_due_on__lte=on, policy__withdrawn_at=None
    ).select_related("policy", "policy__owner")


def public_items():
    """What the hospital makes public, the latest first."""
    return PublicItem.objects.select_related("kept_by")

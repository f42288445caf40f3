"""Reads of duties and their occurrences."""

from collections.abc import Iterable
from datetime import date

from django.db.models import Count, Prefetch, Q, QuerySet

from zhikong.foundation.access.scope import once
from zhikong.foundation.calendar.queries import working_calendar
from zhikong.foundation.duties import likeness, rules
from zhikong.foundation.duties.definition.model import Duty
from zhikong.foundation.duties.descriptions import Description
from zhikong.foundation.duties.models import Occurrence, Proof
from zhikong.foundation.duties.rules import Standing, State
from zhikong.foundation.packstore import queries as packstore
from zhikong.foundation.packstore import shelf
from zhikong.foundation.packstore.queries import Broken, Resolved, UnknownHash
from zhikong.foundation.tasks.models import Task

KIND = "duty"  # the kind in the pack store, and the source of tasks and notices


def duties(*, on: date) -> list[Resolved]:
    """Every duty in force on a day, in the order of the pages."""
    found = packstore.resolve_all(KIND, on=on)
    return sorted(found, key=lambda resolved: (resolved.obj.order, resolved.id))


def in_force(duty_id: str, *, on: date) -> bool:
    """Whether a duty comes round on a day; one that is only offered does not."""
    return any(resolved.id == duty_id for resolved in duties(on=on))


def offered(*, on: date) -> list[Resolved]:
    """Packaged duties that come into force only when a plan that asks for them is adopted, in the order of the pages."""
    known = {resolved.id for resolved in duties(on=on)}
    names = [name for name in shelf.ids(KIND, samples=packstore.sees_samples()) if name not in known]
    found = [one for name in names if (one := packstore.packaged(KIND, name)) is not None and one.obj.preset]
    return sorted(found, key=lambda resolved: (resolved.obj.order, resolved.id))


def packaged() -> list[Duty]:
    """Every duty of the packs, in force, offered or replaced by the hospital's own, in the order of the pages."""
    names = shelf.ids(KIND, samples=packstore.sees_samples())
    found = [one.obj for name in names if (one := packstore.packaged(KIND, name)) is not None]
    return sorted(found, key=lambda duty: (duty.order, duty.id))


def like(description: Description, *, on: date) -> Resolved | None:
    """The duty in force or offered that a plan's sentence means, or None."""
    known = {one.id: one for one in [*offered(on=on), *duties(on=on)]}
    if description.duty_id:
        return known.get(description.duty_id)
    meant = likeness.best(description, [one.obj for one in known.values()])
    return known[meant.id] if meant else None


def definition(occurrence: Occurrence) -> Duty | None:
    """The duty as it was when the occurrence was opened; None when this release cannot read it."""
    try:
        return packstore.by_hash(KIND, occurrence.duty_hash).obj
    except (UnknownHash, Broken):
        return None


def standing(occurrence: Occurrence) -> Standing:
    return Standing(occurrence.due_on, occurrence.done_on, occurrence.excused_at is not None)


def state(occurrence: Occurrence, today: date) -> State:
    """How an occurrence stands today."""
    soon = once(f"duties.soon.{today}", lambda: rules.soon_from(today, working_calendar()))
    return rules.state_of(standing(occurrence), today, soon)


def occurrences(*, every: str, period: str) -> QuerySet[Occurrence]:
    """The occurrences of one period in scope, with their valid proofs at hand."""
    return with_proofs(Occurrence.objects.filter(every=every, period=period)).order_by("pk")


def with_proofs(rows: QuerySet[Occurrence]) -> QuerySet[Occurrence]:
    """Add ``valid_proofs`` (a list) to each occurrence."""
    valid = Proof.objects.filter(withdrawn_at=None).select_related("by")
    return rows.prefetch_related(Prefetch("proofs", queryset=valid, to_attr="valid_proofs"))


def history(*, duty_id: str, department_id: int | None = None) -> QuerySet[Occurrence]:
    """All occurrences of one duty in scope, latest period first."""
    rows = Occurrence.objects.filter(duty_id=duty_id)
    if department_id is not None:
        rows = rows.filter(department_id=department_id)
    return with_proofs(rows).order_by("-starts_on", "place_name", "pk")


def mine(*, user, departments: Iterable[int] = ()) -> QuerySet[Occurrence]:
    """Open occurrences that are a person's task, and those of the departments the person answers for."""
    keys = Task.objects.filter(owner=user, source_kind=KIND, state=Task.State.OPEN)
    own = [int(key) for key in keys.values_list("source_key", flat=True) if key.isdigit()]
    rows = Occurrence.objects.filter(done_on=None, excused_at=None)
    rows = rows.filter(Q(pk__in=own) | Q(department_id__in=list(departments)))
    return with_proofs(rows).order_by("due_on", "pk")


def open_occurrences() -> QuerySet[Occurrence]:
    return Occurrence.objects.filter(done_on=None, excused_at=None)


def missing(*, today: date) -> QuerySet[Occurrence]:
    """Open occurrences whose due date has passed without enough evidence, the longest first."""
    return with_proofs(open_occurrences().filter(due_on__lt=today)).order_by("due_on", "pk")


def unowned() -> list[tuple[str, int]]:
    """Departments with open occurrences that nobody has as a task: name and how many, the most first."""
    held = Task.objects.filter(source_kind=KIND, state=Task.State.OPEN).values_list("source_key", flat=True)
    keys = {int(key) for key in held if key.isdigit()}
    rows = open_occurrences().filter(department_id__isnull=False).exclude(pk__in=keys)
    return list(rows.values_list("place_name").annotate(n=Count("pk")).order_by("-n", "place_name"))


def committee_occurrences() -> QuerySet[Occurrence]:
    """Occurrences of standing bodies, by body, latest period first."""
    rows = Occurrence.objects.filter(body__isnull=False)
    return with_proofs(rows).order_by("place_name", "duty_id", "-starts_on")


def last_period(duty_id: str) -> str | None:
    """The latest period in which a duty was opened, or None."""
    latest = (
        Occurrence.objects.filter(duty_id=duty_id).order_by("-starts_on").values_list("period", flat=True)
    )
    return latest.first()


def proof_count(occurrence: Occurrence) -> int:
    return occurrence.proofs.filter(withdrawn_at=None).count()


def kept_periods(*, every: str, limit: int = 24) -> list[str]:
    """The periods of a kind that have occurrences in scope, latest first."""
    rows = Occurrence.objects.filter(every=every).values("period", "starts_on").annotate(n=Count("pk"))
    return [row["period"] for row in rows.order_by("-starts_on")[:limit]]


def owner_of(occurrence: Occurrence):
    """Who has the occurrence's open task, or None."""
    task = (
        Task.objects.filter(source_kind=KIND, source_key=str(occurrence.pk), state=Task.State.OPEN)
        .select_related("owner")
        .first()
    )
    return task.owner if task else None

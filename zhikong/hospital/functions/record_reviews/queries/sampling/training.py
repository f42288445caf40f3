"""Who ought to walk along: doctors whose records had problems, and junior ones; and who has done so."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q, QuerySet

from zhikong.foundation.organisation.models import Appointment, Person
from zhikong.foundation.organisation.queries import in_force
from zhikong.hospital.functions.record_reviews.models import ReviewCase, TrainingRound, TrainingSeat

JUNIOR = "住院医师"
MOST = 60


@dataclass(frozen=True)
class Candidate:
    """A doctor who may be taken along: why, what says so, and how often he has been."""

    person: Person
    department_id: int
    why: str
    evidence: str
    been: int


def rounds() -> QuerySet[TrainingRound]:
    """Rounds, the newest first, with how many walk along and how many came."""
    came = Q(seats__came=TrainingSeat.Came.YES)
    return (
        TrainingRound.objects.select_related("leader", "sample", "made_by", "closed_by")
        .annotate(invited=Count("seats"), present=Count("seats", filter=came))
        .order_by("-held_on", "-pk")
    )


def round_of(pk: int) -> TrainingRound | None:
    return rounds().filter(pk=pk).first()


def seats(made: TrainingRound) -> list[TrainingSeat]:
    return list(made.seats.select_related("person", "department").order_by("pk"))


def seats_of(person_id: int) -> list[TrainingSeat]:
    """What one doctor has been invited to, the newest first."""
    rows = TrainingSeat.objects.filter(person_id=person_id).select_related("round__leader")
    return list(rows.order_by("-round__held_on"))


def candidates(months: Iterable[str], *, on: date) -> list[Candidate]:
    """Doctors with records below grade A in these months, the most first; then junior doctors who have been least."""
    problems = _problems(list(months))
    posts = _posts(on)
    been = dict(
        TrainingSeat.objects.filter(came=TrainingSeat.Came.YES)
        .order_by()
        .values_list("person")
        .annotate(n=Count("pk"))
    )
    found = []
    for number, (count, worst) in sorted(problems.items(), key=lambda item: (-item[1][0], item[0])):
        post = posts.get(number)
        if post is not None:
            evidence = f"近 {len(list(months))} 个月评审 {count} 份低于甲级" + (
                "，含丙级" if worst == "丙" else ""
            )
            found.append(
                Candidate(
                    post.person,
                    post.department_id,
                    TrainingSeat.Why.PROBLEMS,
                    evidence,
                    been.get(post.person_id, 0),
                )
            )
    juniors = [p for number, p in posts.items() if p.title == JUNIOR and number not in problems]
    juniors.sort(key=lambda p: (been.get(p.person_id, 0), p.department_id, p.person.staff_number))
    found += [
        Candidate(p.person, p.department_id, TrainingSeat.Why.JUNIOR, p.title, been.get(p.person_id, 0))
        for p in juniors
    ]
    return found[:MOST]


def _problems(months: list[str]) -> dict[str, tuple[int, str]]:
    """Staff number of the writer → (records below grade A, the worst grade's first character)."""
    rows = ReviewCase.objects.filter(month__in=months).exclude(grade="").exclude(grade__startswith="甲")
    found: dict[str, tuple[int, str]] = {}
    for writer, grade in rows.exclude(writer="").values_list("writer", "grade"):
        count, worst = found.get(writer, (0, ""))
        found[writer] = (count + 1, "丙" if "丙" in (worst, grade[:1]) else grade[:1])
    return found


def _posts(on: date) -> dict[str, Appointment]:
    """Staff number → the physician's appointment in force."""
    rows = Appointment.objects.filter(in_force(on), post=Appointment.Post.PHYSICIAN).select_related("person")
    return {one.person.staff_number: one for one in rows.order_by("-pk")}

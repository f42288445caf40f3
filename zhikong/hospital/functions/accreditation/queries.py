"""Reads of accreditation: a review's tree and results, a clause's evidence and gaps, what could be evidence, surveys."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from zhikong.foundation.duties.dates import between
from zhikong.foundation.duties.models import Proof
from zhikong.foundation.findings.models import Finding
from zhikong.foundation.packstore.queries import resolve_all
from zhikong.hospital.functions.accreditation import rules
from zhikong.hospital.functions.accreditation.models import Clause, Evidence, Review, Survey

MOST = 40


def standards(*, on: date) -> list[rules.Standard]:
    return sorted((one.obj for one in resolve_all(rules.CODE, on=on)), key=lambda one: one.id)


def reviews() -> QuerySet[Review]:
    """Reviews with how many clauses they have, how many are rated and checked."""
    clause = Q(clauses__kind="clause")
    return Review.objects.annotate(
        size=Count("clauses", filter=clause),
        rated=Count("clauses", filter=clause & ~Q(clauses__rating="")),
        checked=Count("clauses", filter=clause & ~Q(clauses__checked="")),
    )


def review(pk: int) -> Review | None:
    return Review.objects.filter(pk=pk).first()


def clause(pk: int) -> Clause | None:
    return (
        Clause.objects.select_related("review", "rated_by", "checked_by").filter(pk=pk, kind="clause").first()
    )


def tree(found: Review, *, chapter: str = "", show: str = "") -> list[Clause]:
    """Lines in the order of the standard. show: open (not rated), check (rated, not checked), gap (C or D), core."""
    rows = found.clauses.annotate(proofs=Count("evidence", filter=Q(evidence__removed_at=None)))
    if chapter:
        rows = rows.filter(chapter=chapter)
    if show == "open":
        return list(rows.filter(kind="clause", rating=""))
    if show == "check":
        return list(rows.filter(kind="clause", checked="").exclude(rating=""))
    if show == "core":
        return list(rows.filter(core=True, kind="clause"))
    if show == "gap":
        return [one for one in rows if one.stands in ("C", "D")]
    return list(rows)


def below(found: Review, codes: Iterable[str]) -> list[Clause]:
    """The clauses of some codes; a chapter's or a section's code takes what stands below it."""
    codes = tuple(codes)
    return [
        one
        for one in found.clauses.filter(kind="clause")
        if any(code in (one.code, one.chapter) or one.code.startswith(f"{code}.") for code in codes)
    ]


def results(found: Review) -> tuple[list[rules.Tally], rules.Tally, rules.Tally]:
    """(each chapter, all clauses, core clauses) by the rating that counts."""
    rows = list(found.clauses.all())
    clauses = [one for one in rows if one.kind == "clause"]
    chapters = [
        rules.tally(str(head), [one.stands for one in clauses if one.chapter == head.code])
        for head in rows
        if head.kind == "chapter"
    ]
    core = rules.tally("核心条款", [one.stands for one in clauses if one.core])
    return chapters, rules.tally("合计", [one.stands for one in clauses]), core


@dataclass(frozen=True)
class Shown:
    """A piece of evidence, why it no longer proves anything (empty while it does), and its title now if it changed."""

    row: Evidence
    stale: str


def evidence(found: Clause, *, today: date) -> list[Shown]:
    """The evidence of a clause, live: a proof that was withdrawn or a finding that was reopened is told."""
    rows = list(found.evidence.filter(removed_at=None).select_related("added_by"))
    alive = {("duty", str(pk)) for pk in _keys(Proof.objects.filter(withdrawn_at=None), rows, "duty")}
    alive |= {
        ("finding", str(pk)) for pk in _keys(Finding.objects.filter(closed_at__isnull=False), rows, "finding")
    }
    live = ("duty", "finding")
    return [
        Shown(
            one, rules.stale(one.dated_on, today, gone=one.kind in live and (one.kind, one.key) not in alive)
        )
        for one in rows
    ]


def _keys(rows: QuerySet, wanted: list[Evidence], kind: str) -> Iterable[int]:
    keys = [int(one.key) for one in wanted if one.kind == kind and one.key.isdigit()]
    return rows.filter(pk__in=keys).values_list("pk", flat=True) if keys else ()


@dataclass(frozen=True)
class Candidate:
    """A thing of the system that may be evidence."""

    kind: str
    key: str
    title: str
    dated_on: date
    url: str


def candidates(*, today: date, words: str = "") -> list[Candidate]:
    """What was kept in the last year and is in scope: duties proven, findings closed, meetings and what else has dates."""
    since, words = today - timedelta(days=rules.FRESH_DAYS), words.strip()
    proofs = Proof.objects.filter(withdrawn_at=None, dated_on__range=(since, today), title__icontains=words)
    found = [
        Candidate(
            "duty",
            str(one.pk),
            one.title,
            one.dated_on,
            reverse("duties:occurrence", args=[one.occurrence_id])
            if not one.url.startswith("/")
            else one.url,
        )
        for one in proofs.order_by("-dated_on")[:MOST]
    ]
    closed = Finding.objects.filter(closed_at__date__range=(since, today), title__icontains=words)
    found += [
        Candidate(
            "finding",
            str(one.pk),
            f"{one.number} {one.title}",
            timezone.localdate(one.closed_at),
            reverse("findings:detail", args=[one.pk]),
        )
        for one in closed.order_by("-closed_at")[:MOST]
    ]
    dated = [
        one
        for one in between(since, today)
        if one.url.startswith("/") and words in one.title and one.kind != "theme"
    ]
    found += [
        Candidate(one.kind[:16], f"{one.url}@{one.on}"[:80], one.title[:160], one.on, one.url)
        for one in dated[-MOST:]
    ]
    return sorted(found, key=lambda one: one.dated_on, reverse=True)[:MOST]


def gaps(clause_ids: Iterable[int], *, open_only: bool = False) -> list[Finding]:
    """The findings that were raised from clauses."""
    keys = [str(pk) for pk in clause_ids]
    rows = Finding.objects.filter(source_kind="accreditation", source_key__in=keys)
    return list(rows.filter(closed_at=None) if open_only else rows)


def survey(pk: int) -> Survey | None:
    return Survey.objects.select_related("review").filter(pk=pk).first()


@dataclass(frozen=True)
class Compared:
    """A mock survey beside the own ratings. differs: clauses whose two ratings are not the same."""

    total: int
    rated: int
    both: int
    differs: int

    @property
    def agreement(self) -> int | None:
        return (self.both - self.differs) * 100 // self.both if self.both else None


def compared(found: Survey) -> tuple[list, Compared]:
    looks = list(found.looks.select_related("clause", "by"))
    both = [one for one in looks if one.rating and one.clause.stands]
    differs = [one for one in both if one.rating != one.clause.stands]
    for one in looks:
        one.differs = one in differs
    return looks, Compared(len(looks), sum(bool(one.rating) for one in looks), len(both), len(differs))

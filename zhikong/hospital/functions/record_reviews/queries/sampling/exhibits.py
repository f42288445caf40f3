"""Exhibited records as boards show them, and what is known of the persons in them, to be looked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from django.db.models import QuerySet

from zhikong.foundation.facts.charts import Chart, chart_of
from zhikong.foundation.organisation.models import Person
from zhikong.foundation.patients.queries import traces_of
from zhikong.hospital.functions.record_reviews.models import Exhibit, ExhibitComment
from zhikong.hospital.functions.record_reviews.rules_exhibits import Leak, leaks, worth_knowing


def board(*, kind: str = "") -> QuerySet[Exhibit]:
    """What hangs on the board, the newest first."""
    rows = Exhibit.objects.filter(state=Exhibit.State.PUBLISHED).select_related("contest")
    return (rows.filter(kind=kind) if kind else rows).order_by("-approved_at", "-pk")


def drafts() -> QuerySet[Exhibit]:
    """What is prepared or waits for approval."""
    states = [Exhibit.State.DRAFT, Exhibit.State.SUBMITTED]
    return Exhibit.objects.filter(state__in=states).select_related("made_by", "submitted_by").order_by("-pk")


def waiting() -> int:
    """How many wait for approval."""
    return Exhibit.objects.filter(state=Exhibit.State.SUBMITTED).count()


def exhibit(pk: int) -> Exhibit | None:
    people = ("made_by", "submitted_by", "approved_by", "withdrawn_by", "contest", "department")
    return Exhibit.objects.select_related(*people).filter(pk=pk).first()


def comments(one: Exhibit) -> list[ExhibitComment]:
    """What was said of it and is not hidden, the oldest first."""
    return list(one.comments.filter(hidden_at=None).select_related("written_by"))


def known_of(chart: Chart | None, *, by) -> list[str]:
    """Names and numbers to look for: the patient's own and the names of all staff."""
    names = list(Person.objects.values_list("name", flat=True))
    if chart is not None:
        names += traces_of(by=by, patient_key=chart.patient_key, purpose="病历展示前核对是否去除身份信息")
    return worth_knowing(names)


def chart_for(one: Exhibit, *, by) -> Chart:
    """The chart behind an exhibit; raises NoSuchChart."""
    return chart_of(one.stay_id, by=by, purpose="准备病历展示", month=one.month)


def leaks_of(one: Exhibit, *, by) -> list[Leak]:
    """Identifiers that are still in the exhibit, title and remark included."""
    return leaks(shown_parts(one), known_of(chart_for(one, by=by), by=by))


def shown_parts(one: Exhibit) -> Sequence[Mapping[str, str]]:
    """Everything of it that readers will see."""
    return [{"title": one.title, "text": one.remark}, *one.parts]


def open_for_objection(until: date | None, today: date) -> bool:
    """Whether an objection may still be raised."""
    return until is not None and today <= until

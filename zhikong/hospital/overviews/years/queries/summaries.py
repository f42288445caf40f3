"""Reads of written summaries, and of the rows behind a count as far as the reader may see them."""

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from zhikong.foundation.duties.models import Occurrence, Proof
from zhikong.foundation.findings.models import Finding
from zhikong.foundation.organisation.models import DepartmentVersion
from zhikong.hospital.functions.campaigns.models import Campaign, Item
from zhikong.hospital.functions.improvements.models.projects import Project
from zhikong.hospital.functions.inspections.models.visits import Visit
from zhikong.hospital.functions.meetings.models import Meeting
from zhikong.hospital.overviews.years.models import Summary
from zhikong.hospital.overviews.years.queries.letters import keeps

SHOWN = 500


def visible(user) -> QuerySet[Summary]:
    rows = Summary.objects.select_related("drafted_by", "edited_by", "published_by")
    return rows if keeps(user) else rows.filter(state=Summary.State.PUBLISHED)


def summary(pk: int, user) -> Summary | None:
    return visible(user).filter(pk=pk).first()


def entry(found: Summary, number: int) -> dict | None:
    return next((one for one in found.figures["entries"] if one["number"] == number), None)


def rows_of(one: dict) -> list[tuple[str, str]]:
    """(what, address) of the rows behind a count, in the reader's own scope; nothing of complaints or people."""
    keys = one.get("rows", [])[:SHOWN]
    made = {
        "findings": lambda: [
            (f"{f.number} {f.title}（{f.department_name}）", reverse("findings:detail", args=[f.pk]))
            for f in Finding.objects.filter(pk__in=keys).order_by("number")
        ],
        "visits": lambda: [
            (f"{v.planned_on} {v.title}", "") for v in Visit.objects.filter(pk__in=keys).order_by("planned_on")
        ],
        "departments": lambda: [
            (name, "") for name in DepartmentVersion.objects.filter(department_id__in=keys, valid_to=None)
            .order_by("sort_key").values_list("name", flat=True)
        ],
        "projects": lambda: [
            (f"{p.number} {p.title}", "") for p in Project.objects.filter(pk__in=keys).order_by("number")
        ],
        "meetings": lambda: [
            (f"{m.on} {m.body.name}", reverse("meetings:meeting", args=[m.pk]))
            for m in Meeting.objects.filter(pk__in=keys).select_related("body").order_by("on")
        ],
        "campaigns": lambda: [
            (c.name, c.get_absolute_url()) for c in Campaign.objects.filter(pk__in=keys).order_by("starts_on", "pk")
        ],
        "campaign_items": lambda: [
            (f"{i.campaign.name}：{i.title}", i.campaign.get_absolute_url())
            for i in Item.objects.filter(pk__in=keys).select_related("campaign").order_by("done_at")
        ],
        "occurrences": lambda: [
            (_("%(title)s（%(place)s %(period)s）") % {"title": o.title, "place": o.place_name, "period": o.period}, "")
            for o in Occurrence.objects.filter(pk__in=keys).order_by("due_on", "place_name")
        ],
        "proofs": lambda: [
            (f"{p.dated_on} {p.title}", "") for p in Proof.objects.filter(pk__in=keys).order_by("dated_on")
        ],
    }.get(one.get("source", ""))  # fmt: skip
    return made() if made else []

"""Reads of plans and of their items."""

from django.db.models import Count, Q, QuerySet

from zhikong.hospital.functions.plans.models import ItemDecision, PlanDocument, PlanItem

ADOPTABLE = (PlanItem.State.ACCEPTED, PlanItem.State.CORRECTED)


def documents() -> QuerySet[PlanDocument]:
    """All plans, the newest year first."""
    return PlanDocument.objects.select_related("department", "brought_by", "replaces")


def document(pk: int) -> PlanDocument | None:
    return documents().filter(pk=pk).first()


def items_to_adopt(document: PlanDocument) -> QuerySet[PlanItem]:
    """What people accepted or corrected, in the order of the text."""
    return (
        document.items.filter(state__in=ADOPTABLE).select_related("department").order_by("start", "end", "pk")
    )


def with_progress() -> QuerySet[PlanDocument]:
    """All plans with how many items they have and how many are open."""
    return (
        documents()
        .defer("text")
        .annotate(
            all_items=Count("items", distinct=True),
            open_items=Count("items", filter=Q(items__state=PlanItem.State.OPEN), distinct=True),
        )
    )


def history(document: PlanDocument) -> QuerySet[ItemDecision]:
    """The last decisions about a plan."""
    return document.decisions.select_related("by")[:30]

"""The worker reads long plans."""

from django.utils import timezone
from procrastinate.contrib.django import app

from zhikong.foundation.access.jobs import scoped_job
from zhikong.hospital.functions.plans.actions.reviewing import bringing
from zhikong.hospital.functions.plans.models import PlanDocument


@app.task(name="plans.read_document")
@scoped_job("plans.read_document")
def read_document(number: int) -> None:
    """Read one document that waits; one that is gone or was read meanwhile is left."""
    document = PlanDocument.objects.filter(pk=number, state=PlanDocument.State.WAITING).first()
    if document:
        bringing.read_waiting(document, now=timezone.now())

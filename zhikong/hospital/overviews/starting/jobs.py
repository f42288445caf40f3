"""The first month is made by the worker: computing two years takes minutes."""

from django.utils import timezone
from procrastinate.contrib.django import app

from zhikong.foundation.access.jobs import scoped_job
from zhikong.hospital.overviews.starting.actions import first_month


@app.task(name="starting.first_month")
@scoped_job("starting.first_month")
def make(*, asked_id: int) -> None:
    first_month.make_asked(asked_id=asked_id, now=timezone.now())

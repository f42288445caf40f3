"""Each minute: seal what has been recorded since."""

from django.utils import timezone
from procrastinate.contrib.django import app

from zhikong.foundation.access.jobs import fresh_connection
from zhikong.foundation.audit import sealing


@app.periodic(cron="* * * * *")
@app.task(name="audit.seal", queueing_lock="audit.seal", lock="audit.seal")
@fresh_connection
def seal(timestamp: int) -> None:
    """One chain for all institutions, so without a scope: the worker's role may read the trail, nothing else."""
    sealing.seal_all(now=timezone.now())

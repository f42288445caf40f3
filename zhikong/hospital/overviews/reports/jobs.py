"""Work in the background: the charts of a drafted brief are drawn before anybody downloads it."""

from procrastinate.contrib.django import app

from zhikong.foundation.access.jobs import scoped_job
from zhikong.hospital.overviews.reports.documents.drawing import picture
from zhikong.hospital.overviews.reports.models import Brief

KINDS = ("svg", "png")  # for PDF and for Word


@app.task(name="reports.draw_charts")
@scoped_job("reports.draw_charts")
def draw_charts(*, brief_id: int) -> None:
    """Fill the charts' cache; a brief that was redrafted meanwhile has its newest charts drawn."""
    brief = Brief.objects.filter(pk=brief_id).first()
    for chart in brief.figures["charts"] if brief else ():
        for kind in KINDS:
            picture(chart, kind)

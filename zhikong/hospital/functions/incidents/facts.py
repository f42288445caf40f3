"""What adverse events announce: numbers of rows only, never words, categories or people."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from zhikong.foundation.outbox.registry import Fact, fact


@fact("incident_reported", _("报告了不良事件"))
@dataclass(frozen=True)
class IncidentReported(Fact):
    """A report came in, or came again after it was returned. Handling sets its clocks."""

    incident_id: int


@fact("incident_added_to", _("不良事件有了补充"))
@dataclass(frozen=True)
class IncidentAddedTo(Fact):
    """The reporter told more, or answered a question."""

    incident_id: int

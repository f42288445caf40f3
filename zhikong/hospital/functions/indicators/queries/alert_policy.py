"""The settings of alerts that hold, and their history."""

from zhikong.foundation.access.scope import once
from zhikong.hospital.functions.indicators.catalogue import definitions
from zhikong.hospital.functions.indicators.models import AlertPolicy

NEVER = ("medical_accident_rate", "death_within_24_hours_of_anaesthesia")
CRITICAL = (
    "inpatient_mortality", "surgical_mortality", "perioperative_mortality", "newborn_mortality", "icu_mortality",
    "ami_mortality", "stroke_mortality", "heart_failure_mortality", "pneumonia_mortality", "copd_mortality",
    "rescue_success", "emergency_rescue_success", "unplanned_reoperation", "surgical_complications",
    "hospital_infection_incidence", "surgical_site_infection_registered", "fall_injury_share",
)  # fmt: skip


def alert_policy() -> AlertPolicy:
    """What holds now: the newest row, or what the product starts with. Asked once a request."""
    return once("indicators.alert_policy", _newest)


def _newest() -> AlertPolicy:
    found = AlertPolicy.objects.select_related("set_by").order_by("-set_at", "-pk").first()
    return found or initial_policy()


def initial_policy() -> AlertPolicy:
    """The product's own settings; not saved."""
    known = definitions()
    return AlertPolicy(
        never=[name for name in NEVER if name in known], critical=[name for name in CRITICAL if name in known]
    )


def policies() -> list[AlertPolicy]:
    """All that ever held, newest first."""
    return list(AlertPolicy.objects.select_related("set_by").order_by("-set_at", "-pk"))

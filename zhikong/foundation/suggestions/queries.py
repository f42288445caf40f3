"""What is set and what came of it."""

from zhikong.foundation.suggestions.models import Call, Service, Suggestion


def service() -> Service | None:
    """The hospital's service, switched on or not; None before anybody set it up."""
    return Service.objects.first()


def is_on() -> bool:
    """Whether pages may offer to ask."""
    return Service.objects.filter(enabled=True).exists()


def calls_of(stay_id: str):
    """Calls about a stay, the newest first."""
    return Call.objects.filter(stay_id=stay_id).select_related("asked_by").order_by("-asked_at", "-pk")


def suggestions_of(stay_id: str):
    """What the last call that was answered gave."""
    answered = calls_of(stay_id).filter(state=Call.State.DONE).first()
    if answered is None:
        return Suggestion.objects.none()
    return answered.suggestions.select_related("decided_by").order_by("document", "section", "start", "pk")


def latest_calls(number: int):
    """The newest calls of all, for the administrator: counts and outcomes, no text."""
    return Call.objects.select_related("asked_by").order_by("-asked_at", "-pk")[:number]

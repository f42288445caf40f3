"""What machines ask: ready, and the numbers. No session, no account, no word about the data."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseNotFound
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from zhikong.site.monitoring import exposition, readiness
from zhikong.site.monitoring.rules import may_read


@login_not_required
@never_cache
@require_safe
def ready(request: HttpRequest) -> HttpResponse:
    """200 when the installation can do its work, otherwise 503 and the codes of what is wrong."""
    found = readiness.problems()
    return HttpResponse(",".join(found) or "ready", status=503 if found else 200, content_type="text/plain")


@login_not_required
@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """The numbers in Prometheus' text form, for this machine and the addresses that the hospital allows."""
    if not may_read(request.META, _allowed()):
        return HttpResponseNotFound(content_type="text/plain")
    return HttpResponse(exposition.text(now=timezone.now()), content_type=exposition.CONTENT_TYPE)


def _allowed() -> list[str]:
    chosen = settings.OPTIONS.get("metrics")
    named = chosen.get("allow") if isinstance(chosen, dict) else None
    return named if isinstance(named, list) else []

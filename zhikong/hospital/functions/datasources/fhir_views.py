"""The FHIR endpoint: a Bundle, a resource or NDJSON in, an OperationOutcome back. No session: a token says who calls."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET

from zhikong.foundation.access.scope import scoped
from zhikong.foundation.facts import raw, raw_keys
from zhikong.hospital.functions.datasources import fhir_actions, fhir_rules
from zhikong.hospital.functions.datasources.mappings import mapping_named, packaged
from zhikong.hospital.functions.datasources.models import Feed
from zhikong.hospital.functions.datasources.push import actions as callers
from zhikong.hospital.functions.datasources.push.rules import Body, Refused
from zhikong.hospital.functions.datasources.push.views import content_of, scope_of
from zhikong.intake.formats.fhir import resources_of
from zhikong.intake.mappings import Mapping
from zhikong.intake.reasons import FileRefused

MAPPING = "fhir_r4"


@csrf_exempt  # there is no cookie that a foreign page could use
@login_not_required
def receive(request: HttpRequest, feed: str) -> HttpResponse:
    """Take resources in: 202 when they are kept, 200 when the same had come before."""
    try:
        if request.method != "POST":
            raise Refused(405, "method", "请用 POST。", "Use POST.")
        return _received(request, feed)
    except Refused as refused:
        return _refused(refused)
    except FileRefused as refused:
        return _refused(
            Refused(503, "mapping", f"{refused.message}{refused.remedy}", "The feed has no mapping.")
        )
    except (raw.RawProblem, raw_keys.KeyMissing) as problem:
        return _refused(Refused(503, "not_kept", str(problem), "Nothing was kept; try again later."))


def _received(request: HttpRequest, code: str) -> HttpResponse:
    now = timezone.now()
    token = callers.caller(now=now, header=request.headers.get("Authorization", ""))
    headers = request.headers
    body = Body(content_of(request), headers.get("Content-Type", ""), headers.get("Content-Encoding", ""))
    with scoped(scope_of(request, token)):
        feed = callers.feed_of(token, code, kind=Feed.Kind.FHIR)
        found = fhir_rules.incoming(body)
        callers.note_use(now=now, token=token)
        callers.refuse_flood(feed, now)
        known = types_of(mapping_named(feed.mapping or MAPPING).mapping)
        receipt, again = fhir_actions.take(now=now, feed=feed, found=found)
    answer = fhir_rules.taken(found, receipt.seq, again=again, known=known)
    return _answer(answer, 200 if again else 202)


def types_of(mapping: Mapping) -> set[str]:
    """The resource types that a mapping takes."""
    sources = (s for s in mapping.sources.values() if s.format == "fhir")
    return {name for source in sources for name in resources_of(source)}


def _answer(content: dict, status: int) -> JsonResponse:
    return JsonResponse(
        content,
        status=status,
        json_dumps_params={"ensure_ascii": False},
        content_type="application/fhir+json; charset=utf-8",
    )


def _refused(refused: Refused) -> JsonResponse:
    answer = _answer(fhir_rules.refusal(refused), refused.status)
    if refused.status == 401:
        answer["WWW-Authenticate"] = 'Bearer realm="zhikong"'
    if refused.status in (429, 503):
        answer["Retry-After"] = "60"
    return answer


@require_GET
@login_not_required
def metadata(request: HttpRequest) -> HttpResponse:
    """The CapabilityStatement; says nothing about this hospital."""
    url = request.build_absolute_uri(reverse("datasources:fhir_metadata")).removesuffix("metadata")
    types = types_of(packaged()[MAPPING].mapping)
    return _answer(fhir_rules.capability(types, date=timezone.localdate().isoformat(), url=url), 200)

"""A question on its way: read, sent without an open transaction, and whatever comes of it noted."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime
from time import monotonic

from zhikong.foundation.facts.charts import Chart, NoSuchChart, chart_of
from zhikong.foundation.notices.sealing import Unreadable, unseal
from zhikong.foundation.suggestions import actions, client, queries, rules
from zhikong.foundation.suggestions.models import Call, Service

Step = Callable[[], AbstractContextManager]


def answer(call_id: int, step: Step, *, now: Callable[[], datetime]) -> None:
    """Ask the service what a call asks. `step` opens a transaction with the institution's scope. Never raises for what
    the service does or fails to do: the call's row says it."""
    with step():
        call = Call.objects.filter(pk=call_id, state=Call.State.WAITING).select_related("asked_by").first()
        service = queries.service()
        if call is None:
            return
        chart, said = _chart(call, service)
    began = monotonic()
    found: list[rules.Remark] = []
    dropped = 0
    if chart is not None and service is not None:
        try:
            found, dropped = _asked(call, service, chart, step)
        except client.NoAnswer as error:
            said = str(error)
    took = int((monotonic() - began) * 1000)
    with step():
        if said:
            actions.note_failure(call=call, said=said, now=now(), milliseconds=took)
        else:
            actions.note_answer(call=call, found=found, dropped=dropped, now=now(), milliseconds=took)


def _chart(call: Call, service: Service | None) -> tuple[Chart | None, str]:
    if service is None or not service.enabled:
        return None, "建议服务已停用。"
    try:  # whoever asked was let in when asking
        return chart_of(call.stay_id, by=call.asked_by, purpose="请求病历建议", admitted=True), ""
    except NoSuchChart as error:
        return None, str(error)


def _asked(call: Call, service: Service, chart: Chart, step: Step) -> tuple[list[rules.Remark], int]:
    parts = rules.parts_of(chart.documents)
    if not parts:
        raise client.NoAnswer("这份病历没有可以送出的文字内容。")
    try:
        key = unseal(service.sealed, bound_to=service.bound_to).get("key", "")
    except Unreadable:
        raise client.NoAnswer("服务的密钥无法解开，请管理员重新填写。") from None
    with step():
        actions.note_sent(call=call, characters=sum(len(part.text) for part in parts))
    body = rules.question(parts, service.model)
    given = client.complete(
        service.address, body, key=key, hosts=service.hosts.split(), seconds=service.seconds
    )
    try:
        return rules.remarks(rules.content_of(given), parts, lambda part: _text(chart, part))
    except (ValueError, RecursionError):
        raise client.NoAnswer("建议服务的回答不是约定的格式，没有采用。") from None


def _text(chart: Chart, part: rules.Part) -> str:
    document = chart.document(part.document)
    section = document.section(part.section) if document is not None else None
    return section.text if section is not None else ""

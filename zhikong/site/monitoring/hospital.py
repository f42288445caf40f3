"""Numbers of one institution, in whose scope they are asked: loads, published months, outbox, the audit's seals."""

from collections.abc import Iterator
from datetime import datetime

from django.db.models import Min

from zhikong.foundation.audit.models import AuditEvent
from zhikong.foundation.audit.queries import last_seal
from zhikong.foundation.facts import lake
from zhikong.foundation.facts.models import Load
from zhikong.foundation.facts.queries import latest_publication, versions_of
from zhikong.foundation.outbox import queries as outbox
from zhikong.site.monitoring.numbers import Number
from zhikong.site.monitoring.rules import seconds_since


def numbers(code: str, *, now: datetime) -> Iterator[Number]:
    """All numbers of the institution with this code."""
    yield from _loads(code, now)
    yield from _tables(code)
    yield from _outbox(code, now)
    yield from _audit(code, now)


def _loads(code: str, now: datetime) -> Iterator[Number]:
    """By the time at which loads began: there are many, and that is what they are sorted by."""
    recent = Load.objects.order_by("-started_at")
    last = recent.filter(state__in=[Load.State.PUBLISHED, Load.State.UNCHANGED]).first()
    if last is not None and last.finished_at is not None:
        age = seconds_since(last.finished_at, now=now)
        yield Number(
            "zhikong_last_load_age_seconds", "最近一次成功导入距今的时间", age, {"institution": code}
        )
    failed = recent.filter(state__in=[Load.State.FAILED, Load.State.INTERRUPTED])
    since = failed.filter(started_at__gt=last.started_at) if last else failed
    text = "最近一次成功导入之后出错或中断的导入"
    yield Number("zhikong_loads_failed", text, since.count(), {"institution": code})


def _tables(code: str) -> Iterator[Number]:
    """When the facts last changed, and the newest month that each table's published version holds, as 202610."""
    publication = latest_publication()
    if publication is not None:
        moment = publication.published_at.timestamp()
        text = "最近一次数据发布的时间（UNIX 秒）"
        yield Number("zhikong_published_timestamp_seconds", text, moment, {"institution": code})
    for table, version in sorted(versions_of(publication).items()):
        if months := [lake.month_of_file(file) for file in lake.files(code, table, version)]:
            labels = {"institution": code, "table": table}
            newest = _as_number(max(months))
            yield Number("zhikong_published_month", "各表已发布的最新月份，如 202610", newest, labels)


def _as_number(month: str) -> int:
    digits = month.replace("-", "")
    return int(digits) if digits.isdigit() else 0


def _outbox(code: str, now: datetime) -> Iterator[Number]:
    waiting = outbox.waiting()
    for state in ("fresh", "retrying", "given_up"):
        labels = {"institution": code, "state": state}
        yield Number("zhikong_outbox", "等待送达的事实（按状态）", getattr(waiting, state), labels)
    oldest = outbox.undelivered().aggregate(oldest=Min("announcement__announced_at"))["oldest"]
    age = seconds_since(oldest, now=now) if oldest else 0.0
    yield Number("zhikong_outbox_oldest_seconds", "最早一件等待送达的事实距今", age, {"institution": code})


def _audit(code: str, now: datetime) -> Iterator[Number]:
    """How long the oldest event waits that was recorded after the last seal; normally less than two minutes."""
    seal = last_seal()
    open_events = AuditEvent.objects.filter(at__gt=seal.sealed_at) if seal else AuditEvent.objects.all()
    oldest = open_events.aggregate(oldest=Min("at"))["oldest"]
    age = seconds_since(oldest, now=now) if oldest else 0.0
    yield Number("zhikong_audit_unsealed_seconds", "最早一条未封存的审计记录距今", age, {"institution": code})

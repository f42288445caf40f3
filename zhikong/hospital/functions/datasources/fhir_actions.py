"""Taking in what a FHIR client sends."""

from __future__ import annotations

from datetime import datetime

from zhikong.hospital.functions.datasources.fhir_rules import Incoming
from zhikong.hospital.functions.datasources.models import Feed, Receipt
from zhikong.hospital.functions.datasources.push.rules import digest_of_bytes
from zhikong.hospital.functions.datasources.receiving import Delivery, receive_all


def take(*, now: datetime, feed: Feed, found: Incoming) -> tuple[Receipt, bool]:
    """Keep what was sent; gives its receipt, and True when it had come before. Raises raw.RawProblem, raw_keys.KeyMissing.

    A Bundle with an identifier supersedes what came under it before. Without one, only a repetition of the last
    delivery is a repetition: a resource may change there and back.
    """
    last = Receipt.objects.filter(feed=feed).exclude(state=Receipt.State.DUPLICATE).order_by("-seq").first()
    digest = digest_of_bytes(found.content)
    if last is not None and last.sha256 == digest:
        identity = last.identity
    else:
        identity = found.identity or f"{digest}:{last.seq if last else 0}"
    delivery = Delivery(found.content, identity[:200], f"{found.count} 个资源", name="resources.json")
    receipt = receive_all(feed=feed, now=now, deliveries=[delivery])[0]
    return receipt, receipt.state == Receipt.State.DUPLICATE

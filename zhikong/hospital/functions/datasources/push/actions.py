"""Tokens of callers, and taking in what they send."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from zhikong.foundation.access.permissions import Permission, require
from zhikong.hospital.functions.datasources.mappings import mapping_named
from zhikong.hospital.functions.datasources.models import ApiToken, Feed, Receipt
from zhikong.hospital.functions.datasources.push import rules
from zhikong.hospital.functions.datasources.receiving import Delivery, receive_all
from zhikong.intake.formats.rows import written

_SEEN_EVERY = timedelta(minutes=10)


@transaction.atomic
def make_token(
    *, by, now: datetime, feed: Feed, label: str, expires_at: datetime | None = None
) -> tuple[ApiToken, str]:
    """A new token for one feed; the text is given here and never again."""
    require(by, Permission.MANAGE_CONNECTIONS)
    if expires_at is not None and expires_at <= now:
        raise ValidationError(_("到期时间已经过去。"))
    text = rules.new_token()
    made = ApiToken.objects.create(
        institution_id=feed.institution_id,
        feed=feed,
        label=label,
        start=text[:8],
        digest=rules.digest_of(text),
        created_at=now,
        created_by=by,
        expires_at=expires_at,
    )
    return made, text


@transaction.atomic
def revoke_token(*, by, now: datetime, token: ApiToken) -> ApiToken:
    """No call with it is taken any more. Raises ValidationError when it was revoked before."""
    require(by, Permission.MANAGE_CONNECTIONS)
    found = ApiToken.objects.select_for_update().get(pk=token.pk)
    if found.revoked_at is not None:
        raise ValidationError(_("这个令牌已经吊销。"))
    found.revoked_at, found.revoked_by = now, by
    found.save(update_fields=["revoked_at", "revoked_by"])
    return found


@transaction.atomic
def rotate_token(
    *, by, now: datetime, token: ApiToken, keep: timedelta = timedelta(days=1)
) -> tuple[ApiToken, str]:
    """A new token under the same label; the old one ends after `keep`, so that the caller can change over."""
    made = make_token(by=by, now=now, feed=token.feed, label=token.label, expires_at=None)
    old = ApiToken.objects.select_for_update().get(pk=token.pk)
    ends = now + keep
    old.expires_at = ends if old.expires_at is None else min(old.expires_at, ends)
    old.save(update_fields=["expires_at"])
    return made


def caller(*, now: datetime, header: str) -> ApiToken:
    """Whose call this is; needs no scope. Raises Refused 401."""
    digest = rules.digest_of(rules.bearer(header))
    found = ApiToken.objects.filter(digest=digest).first()
    if found is None or not rules.same(found.digest, digest) or not found.is_valid(now):
        raise rules.unauthorised()
    return found


def feed_of(token: ApiToken, code: str, *, kind: str = Feed.Kind.PUSH) -> Feed:
    """The token's feed, in its institution's scope. Raises Refused 403 for another feed's token, and 403 for
    a feed of another kind."""
    feed = Feed.objects.filter(pk=token.feed_id, code=code).first()
    if feed is None:
        raise rules.Refused(403, "other_feed", "这个令牌不能用于该来源。", "This token is not for this feed.")
    if feed.kind != kind:
        raise rules.Refused(403, "no_push", "该来源不是推送接口。", "This feed does not take pushes.")
    return feed


def note_use(*, now: datetime, token: ApiToken) -> None:
    """When a token was last used, to ten minutes: each change is in the audit trail, each call is a receipt."""
    if token.last_used_at is None or now - token.last_used_at > _SEEN_EVERY:
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)


def take(*, now: datetime, feed: Feed, table: str, body: rules.Body) -> tuple[Receipt, bool]:
    """Keep what was sent; gives its receipt, and True when it had come before. Raises Refused, raw.DiskFull."""
    refuse_flood(feed, now)
    mapping = mapping_named(feed.mapping).mapping
    rules.check_source(mapping, table)
    rows = rules.rows_of(body)
    rules.check_keys(rows, mapping, table)
    content = written(table, rows)
    identity = f"{table}:key:{body.key}" if body.key else _identity_of(feed, table, content)
    if body.key:
        _refuse_conflict(feed, identity, content)
    delivery = Delivery(content, identity, rules.note_of(len(rows)), part=table)
    receipt = receive_all(feed=feed, now=now, deliveries=[delivery])[0]
    if receipt.state != Receipt.State.DUPLICATE:
        return receipt, False
    first = Receipt.objects.filter(feed=feed, identity=identity).exclude(state=Receipt.State.DUPLICATE)
    return first.order_by("-seq").first() or receipt, True


def _identity_of(feed: Feed, table: str, content: bytes) -> str:
    """Without a key, only a repetition of the table's last delivery is a repetition: rows may change there and back."""
    digest = rules.digest_of_bytes(content)
    last = (
        Receipt.objects.filter(feed=feed, part=table)
        .exclude(state=Receipt.State.DUPLICATE)
        .order_by("-seq")
        .first()
    )
    if last is not None and last.sha256 == digest:
        return last.identity
    return f"{table}:{digest}:{last.seq if last else 0}"


def _refuse_conflict(feed: Feed, identity: str, content: bytes) -> None:
    digest = rules.digest_of_bytes(content)
    for receipt in Receipt.objects.filter(feed=feed, identity=identity).order_by("seq")[:1]:
        if receipt.sha256 != digest:
            raise rules.Refused(
                409,
                "key_used",
                "这个 Idempotency-Key 已用于另一份内容；更正的数据请换一个键。",
                "This Idempotency-Key was used for another content; send corrections under a new key.",
                receipt=receipt.seq,
            )


def refuse_flood(feed: Feed, now: datetime) -> None:
    """Raise Refused 429 when a feed is called too often. The shared count of all processes is the table of receipts itself."""
    nth = Receipt.objects.filter(feed=feed).order_by("-seq").values_list("received_at", flat=True)
    found = list(nth[rules.MOST_A_MINUTE - 1 : rules.MOST_A_MINUTE])
    if found and now - found[0] < timedelta(minutes=1):
        raise rules.Refused(
            429,
            "too_often",
            f"每分钟最多 {rules.MOST_A_MINUTE} 次，请合并成较大的批次。",
            f"At most {rules.MOST_A_MINUTE} calls a minute; send larger batches.",
        )

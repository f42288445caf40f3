"""When something happened, by the server's clock, whatever the phone's clock says. No ORM."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from zhikong.hospital.functions.inspections.rules_sync import Batch, Envelope

NOTABLE_DRIFT = 120  # seconds


@dataclass(frozen=True, slots=True)
class Timed:
    """When an op happened by the server's clock, and how far the phone's clock was off (positive: it is fast)."""

    at: datetime
    drift: int | None


def timed(one: Envelope, sent: Batch, *, received: datetime) -> Timed:
    """The server's time wins: how long before the sending, by the phone's steady counter or else by its clock.

    The counter does not jump when somebody sets the clock in the middle of a visit; it ends with the page's life.
    An op is never later than its arrival.
    """
    drift = drift_of(sent, received=received)
    before = _before(one, sent)
    if before is None:
        return Timed(received, drift)
    return Timed(received - max(timedelta(0), before), drift)


def drift_of(sent: Batch, *, received: datetime) -> int | None:
    """Seconds that the phone's clock is ahead of the server's, None when it sent no time."""
    return None if sent.sent_at is None else round((sent.sent_at - received).total_seconds())


def _before(one: Envelope, sent: Batch) -> timedelta | None:
    same_life = bool(one.boot) and one.boot == sent.boot
    if same_life and one.mono is not None and sent.mono is not None:
        return timedelta(milliseconds=sent.mono - one.mono)
    if one.clock is not None and sent.sent_at is not None:
        return sent.sent_at - one.clock
    return None


def drift_sentence(drift: int | None) -> str:
    """What the page says about a clock that is off; '' when it is right or unknown."""
    if drift is None or abs(drift) < NOTABLE_DRIFT:
        return ""
    which = "快" if drift > 0 else "慢"
    return f"这部手机的时间比服务器{which}{length(abs(drift))}，记录里的时间已按服务器时间换算。"


def length(seconds: int) -> str:
    """1 天 2 小时、5 分钟: for people; the two largest parts."""
    parts = ((seconds // 86400, "天"), (seconds // 3600 % 24, "小时"), (seconds // 60 % 60, "分钟"))
    shown = [f" {n} {unit}" for n, unit in parts if n]
    return "".join(shown[:2]) or f" {seconds} 秒"

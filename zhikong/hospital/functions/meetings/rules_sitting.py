"""Quorum, codes for signing in, and the draft of minutes. Pure: no database."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

STEP = 30  # seconds that a code is shown; the one before is still taken
DIGITS = 8


@dataclass(frozen=True)
class Presence:
    """How many seats a body has, how many of them are filled now, and whether it can decide."""

    seats: int
    present: int
    needed: int

    @property
    def enough(self) -> bool:
        return self.seats > 0 and self.present >= self.needed


def quorum(seats: int) -> int:
    """More than half of the real members (000-P1: committees of named members decide by their majority)."""
    return seats // 2 + 1 if seats else 0


def presence(seats: int, present: int) -> Presence:
    return Presence(seats, present, quorum(seats))


def code(key: str, now: datetime) -> str:
    """The code that a screen shows at a moment. It changes, so that a photograph of it is of no use later."""
    return _code(key, int(now.timestamp()) // STEP)


def is_code(key: str, given: str, now: datetime) -> bool:
    """Whether a code was shown just now, or in the step before."""
    step = int(now.timestamp()) // STEP
    return any(hmac.compare_digest(_code(key, one), given) for one in (step, step - 1))


def _code(key: str, step: int) -> str:
    return hmac.new(key.encode(), str(step).encode(), hashlib.sha256).hexdigest()[:DIGITS]


def is_late(*, next_on: date, planned: bool, today: date) -> bool:
    """Whether a body's cycle is over and no meeting is planned."""
    return not planned and next_on < today


def draft(
    *, body: str, on: date, place: str, chair: str, seats: int, present: Iterable[str], absent: Iterable[str],
    matters: Iterable[tuple[str, str, str]], resolutions: Iterable[tuple[str, str, str]], as_talk: bool,
) -> str:  # fmt: skip
    """Minutes made of facts. matters: title, discussion, decision; resolutions: text, who, until when."""
    here, away = list(present), list(absent)
    lines = [
        f"{on.year}年{on.month}月{on.day}日，{body}在{place or '＿＿＿＿'}召开会议，{chair or '＿＿＿＿'}主持。",
        f"应到 {seats} 人，实到 {len(here)} 人：{'、'.join(here) or '（无签到记录）'}。"
        + (f"请假：{'、'.join(away)}。" if away else ""),
    ]
    if as_talk:
        lines.append("到会人数不足应到人数的半数以上，本次为讨论会，不作决议。")
    for number, (title, discussion, decision) in enumerate(matters, 1):
        lines.append(f"{number}. {title}。{_sentence(discussion)}{_sentence(decision, '决定：')}".rstrip())
    made = list(resolutions)
    if made:
        lines.append("会议议定的事项：")
        lines += [
            f"（{n}）{text.strip().rstrip('。')}（{who or '未指定'}，{until or '无期限'}）"
            for n, (text, who, until) in enumerate(made, 1)
        ]
    return "\n".join(lines)


def _sentence(text: str, before: str = "") -> str:
    text = text.strip()
    return f"{before}{text}{'' if text.endswith(('。', '！', '？')) else '。'}" if text else ""

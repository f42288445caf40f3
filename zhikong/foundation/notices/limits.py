"""How much each outside service takes, as data, and the bucket that keeps to it. Pure functions.

A bucket of N tokens that refills N a minute lets 2N through in its first minute. So half of what a service allows
is the burst and the other half is the refill: in no window of the service's length does more than it allows go out.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction

MINUTE, HOUR, SECOND = timedelta(minutes=1), timedelta(hours=1), timedelta(seconds=1)


@dataclass(frozen=True)
class Limit:
    """At most ``most`` messages in ``window``; of: the whole channel, or each member.

    source: the document, and how it was checked.
    """

    name: str
    most: int
    window: timedelta
    of: str = "channel"  # channel | member
    source: str = ""

    @property
    def burst(self) -> int:
        return max(self.most // 2, 1)

    @property
    def refill(self) -> Fraction:
        """Tokens per second."""
        return Fraction(max(self.most - self.burst, 1)) / int(self.window.total_seconds())


LIMITS: dict[str, tuple[Limit, ...]] = {
    "wecom_robot": (
        Limit(
            "minute",
            20,
            MINUTE,
            source="企业微信开发者中心《群机器人配置说明》：每个机器人不超过 20 条/分钟（凭记忆，待核对原文）",
        ),
    ),
    "wecom_app": (
        Limit(
            "member-minute",
            30,
            MINUTE,
            "member",
            "企业微信《消息推送 频率限制》：每应用对同一成员不超过 30 次/分钟，超过部分丢弃（据公开转载转述）",
        ),
        Limit("member-hour", 1000, HOUR, "member", "同上：1000 次/小时（据公开转载转述）"),
    ),
    "dingtalk_robot": (
        Limit(
            "minute",
            20,
            MINUTE,
            source="钉钉开放平台《自定义机器人接入》：每个机器人每分钟最多 20 条，超过则限流 10 分钟（据公开转载转述）",
        ),
    ),
    "feishu_robot": (
        Limit(
            "minute",
            100,
            MINUTE,
            source="飞书开放平台《自定义机器人使用指南》：100 次/分钟，错误码 11232（据公开转载转述）",
        ),
        Limit("second", 5, SECOND, source="同上：5 次/秒（据公开转载转述）"),
    ),
    "email": (Limit("minute", 60, MINUTE, source="本系统自定，避免被邮件服务器当作群发"),),
}


def names(channel_kind: str, member: str) -> dict[str, Limit]:
    """The buckets that one message has to find a token in: name → limit."""
    limits = LIMITS.get(channel_kind, ())
    return {f"{limit.name}:{member}" if limit.of == "member" else limit.name: limit for limit in limits}


def refilled(limit: Limit, tokens: float, since: datetime, now: datetime) -> float:
    """Tokens in a bucket now that held ``tokens`` at ``since``; a clock that went back adds nothing."""
    passed = max((now - since).total_seconds(), 0.0)
    return min(tokens + passed * float(limit.refill), float(limit.burst))

"""``zhikong verify-audit``: is the trail what was sealed? Names what was deleted, edited, reordered or cut off."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import connections, transaction
from django.utils import timezone

from zhikong.foundation.audit import places, rules, trail
from zhikong.foundation.audit.rules import Head, Problem

SEALER_SLOW_AFTER = timedelta(minutes=5)
MOST_NAMED = 1000  # problems listed one by one


@dataclass
class Report:
    """What verification found. head: the line to keep elsewhere and to bring along next time."""

    seals: int = 0
    events: int = 0
    problems: list[Problem] = field(default_factory=list)
    unsealed: int = 0
    unsealed_since: datetime | None = None
    head: str = ""

    @property
    def sound(self) -> bool:
        return not self.problems

    def sentences(self) -> list[str]:
        """The report in Chinese, one sentence a line."""
        verdict = "审计记录完整。" if self.sound else f"发现 {len(self.problems)} 处问题："
        lines = [f"核对了 {self.seals} 个封条、{self.events} 条记录。{verdict}"]
        lines += [problem.sentence for problem in self.problems]
        if self.unsealed:
            lines.append(
                f"另有 {self.unsealed} 条记录（自 {_local(self.unsealed_since)} 起）尚未封存："
                "封存每分钟一次，在此期间数据库管理员的改动无法发现。"
            )
        if self.head:
            lines.append(f"最新封条（请另行保存，下次核对时提供）：{self.head}")
        return lines


def _local(moment: datetime | None) -> str:
    return f"{timezone.localtime(moment):%Y-%m-%d %H:%M:%S}" if moment else "未知时间"


def verify(*, now: datetime, using: str = "owner", old_heads: Iterable[Head] = ()) -> Report:
    """Check all seals and events. old_heads: heads that were kept elsewhere, beside those in the second place.

    The second place is read before the database: a seal made meanwhile is then new, not missing.
    """
    heads = [*places.read_heads(), *old_heads]
    report = Report()
    outermost = not connections[using].in_atomic_block
    with transaction.atomic(using=using), connections[using].cursor() as cursor:
        if outermost:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        _check(cursor, report, heads)
        _state_unsealed(cursor, report, now)
    return report


def _check(cursor, report: Report, heads: list[Head]) -> None:
    if trail.last_seal(cursor) is None and not heads:
        return
    key = places.sealing_key(may_create=False)
    found: dict[int, str] = {}
    chain = list(rules.chain_problems(key, _watched(cursor, key, report, found)))
    report.problems += chain
    report.problems += _unique(rules.head_problems(heads, found))
    report.problems += _lost_with_their_seal(cursor, heads, found)
    report.problems += _smuggled(cursor)
    del report.problems[MOST_NAMED:]


def _watched(cursor, key: bytes, report: Report, found: dict[int, str]) -> Iterator[rules.Seal]:
    """Pass the seals on one by one, checking the events of each; only the digests of the seals are kept."""
    for seal in trail.seals(cursor):
        present = trail.digests(cursor, key, [number for number, _ in seal.events])
        origins = trail.origins(cursor, rules.differing(seal, present))
        report.problems += rules.compare(seal, present, origins)
        report.seals, report.events = report.seals + 1, report.events + len(seal.events)
        report.head = places.as_line(seal)
        found[seal.number] = seal.digest
        yield seal


def _unique(problems: Iterable[Problem]) -> list[Problem]:
    """The same head may come from the second place and from elsewhere."""
    return list(dict.fromkeys(problems))


def _lost_with_their_seal(cursor, heads: list[Head], found: dict[int, str]) -> list[Problem]:
    """Events that a head names and that are gone, when their seal is gone or was rewritten as well."""
    doubtful = {
        n: h.number for h in heads if found.get(h.number) != h.digest for n in rules.numbers_in(h.events)
    }
    if not doubtful:
        return []
    cursor.execute("SELECT id FROM audit_auditevent WHERE id = ANY(%s)", [list(doubtful)])
    present = {row[0] for row in cursor.fetchall()}
    return [
        Problem("deleted", f"记录 {number} 已被删除，其封条 {seal} 也被删除或重写。", number, seal)
        for number, seal in sorted(doubtful.items())
        if number not in present
    ]


def _smuggled(cursor) -> list[Problem]:
    """Events that neither a seal nor the queue knows did not come from a trigger, or lost their seal."""
    cursor.execute(
        """SELECT e.id FROM audit_auditevent e
            WHERE NOT EXISTS (SELECT 1 FROM audit_auditpending p WHERE p.event_id = e.id)
              AND NOT EXISTS (
                  SELECT 1 FROM audit_auditseal, jsonb_array_elements(events) pair
                   WHERE (pair ->> 0)::bigint = e.id)
            ORDER BY e.id LIMIT %s""",
        [MOST_NAMED],
    )
    sentence = "记录 {} 不在任何封条中，也不在待封存之列：不是由触发器写入，或其封条已被删除。"
    return [Problem("smuggled", sentence.format(number), number) for (number,) in cursor.fetchall()]


def _state_unsealed(cursor, report: Report, now: datetime) -> None:
    cursor.execute(
        """SELECT count(*), min(e.at), array_agg(p.event_id ORDER BY p.event_id) FILTER (WHERE e.id IS NULL)
             FROM audit_auditpending p LEFT JOIN audit_auditevent e ON e.id = p.event_id"""
    )
    report.unsealed, report.unsealed_since, vanished = cursor.fetchone()
    for number in vanished or ():
        report.problems.append(Problem("deleted", f"记录 {number} 在封存之前已被删除。", number))
    if report.unsealed_since and now - report.unsealed_since > SEALER_SLOW_AFTER:
        minutes = int((now - report.unsealed_since).total_seconds() // 60)
        sentence = f"有记录已等待封存 {minutes} 分钟：封存任务没有运行。"
        report.problems.append(Problem("unsealed", sentence))

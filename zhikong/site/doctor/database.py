"""The database and what lives in it: version, roles, migrations, clock, worker, lake, seals."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import connections

from zhikong.foundation.access.scope import job_scope, scoped
from zhikong.foundation.audit.queries import last_seal
from zhikong.foundation.organisation.models import Institution
from zhikong.foundation.organisation.queries import institution_ids
from zhikong.site.doctor.clock import NAME as CLOCK
from zhikong.site.doctor.finding import Finding, error, fine, warning
from zhikong.site.doctor.roles import NAME
from zhikong.site.monitoring import readiness
from zhikong.site.supervisor.roles import OLDEST, ROLES

JOBS, FACTS, AUDIT = "后台任务", "事实表", "审计"
PLAIN_ORDERS = ("C", "POSIX", "C.UTF-8", "C.utf8")
MOST_SKEW = 60  # seconds
SEEN_WITHIN = timedelta(minutes=2)
SEALED_WITHIN = timedelta(minutes=10)


SERVER = """
SELECT current_setting('server_version_num')::int, current_setting('server_encoding'), datcollate
FROM pg_database WHERE datname = current_database()
"""


def server() -> Iterator[Finding]:
    """Version, encoding and order of texts."""
    with connections["default"].cursor() as cursor:
        cursor.execute(SERVER)
        number, encoding, order = cursor.fetchone()
    if number < OLDEST:
        yield error(NAME, f"PostgreSQL {number // 10000}，需要 15 或更新。", "请由数据库管理员升级。")
    elif encoding != "UTF8":
        yield error(NAME, f"编码是 {encoding}，汉字会出错。", "请重建为 UTF8 编码的数据库，再从备份恢复。")
    else:
        yield fine(NAME, f"PostgreSQL {number // 10000}，UTF8。")
    if order not in PLAIN_ORDERS:
        yield warning(
            NAME,
            f"排序规则是 {order}：操作系统大版本升级后，索引可能失效。",
            "建库时宜用 LC_COLLATE 'C'；升级操作系统后请由数据库管理员执行 REINDEX DATABASE。",
        )


def powers() -> Iterator[Finding]:
    """None of our roles may pass by the row policies."""
    with connections["default"].cursor() as cursor:
        cursor.execute(
            "SELECT rolname, rolsuper OR rolbypassrls OR rolcreaterole FROM pg_roles WHERE rolname = ANY(%s)",
            [list(ROLES.values())],
        )
        known = dict(cursor.fetchall())
    missing = sorted(set(ROLES.values()) - known.keys())
    powerful = sorted(name for name, power in known.items() if power)
    if missing:
        yield error(
            NAME, f"缺少角色 {'、'.join(missing)}。", "请用能建角色的 DATABASE_URL 运行一次 zhikong migrate。"
        )
    if powerful:
        yield error(
            NAME, f"角色 {'、'.join(powerful)} 有超级权限，会绕过行级安全。", "请由数据库管理员收回。"
        )
    if not missing and not powerful:
        yield fine(NAME, "四个角色都在，都没有超级权限。")


def structure() -> Iterator[Finding]:
    if readiness.migrations_are_done():
        yield fine(NAME, "结构与程序版本一致。")
    else:
        yield error(NAME, "结构与程序版本不一致。", "请运行 zhikong migrate，或回到原来的版本。")


def same_clock(now: datetime) -> Iterator[Finding]:
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT now()")
        skew = abs((cursor.fetchone()[0] - now).total_seconds())
    if skew > MOST_SKEW:
        yield error(
            CLOCK,
            f"与数据库服务器相差 {skew:.0f} 秒，时限会算错。",
            "请在两台机器上开启时间同步（chrony）。",
        )
    else:
        yield fine(CLOCK, "与数据库一致。")


def zones(now: datetime) -> Iterator[Finding]:
    """The nightly backup goes by the machine's zone, the hospital's days by its own. now: in the machine's zone."""
    for zone in sorted(set(_zones())):
        if now.astimezone(ZoneInfo(zone)).utcoffset() != now.utcoffset():
            yield warning(
                CLOCK,
                f"服务器的时区与机构的（{zone}）不同，夜间备份的时刻会对不上。",
                f"请执行：timedatectl set-timezone {zone}，然后重启服务。",
            )


def _zones() -> Iterator[str]:
    for number in institution_ids().values():
        with scoped(job_scope(number, job="doctor")):
            yield Institution.objects.get(pk=number).time_zone


def worker(now: datetime) -> Iterator[Finding]:
    seen = readiness.last_sign_of_worker()
    if seen is None or now - seen > SEEN_WITHIN:
        when = f"最后一次露面是 {seen.astimezone():%Y-%m-%d %H:%M}" if seen else "从未露面"
        yield warning(
            JOBS,
            f"后台任务没有在运行（{when}）。",
            "它随 zhikong serve 启动；服务在运行时请看 logs/worker.log。",
        )
    else:
        yield fine(JOBS, "在运行。")
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_jobs WHERE status = 'failed'")
        failed = cursor.fetchone()[0]
    if failed:
        yield warning(JOBS, f"有 {failed} 个任务失败过。", "原因见 logs/worker.log；处理后多数会自动重做。")


def lake() -> Iterator[Finding]:
    if readiness.lake_is_readable():
        yield fine(FACTS, "可以读取。")
    else:
        yield error(FACTS, "有的表读不到。", "请检查数据目录下 lake 的权限和磁盘；损坏时从备份恢复。")


def seals(now: datetime) -> Iterator[Finding]:
    """Whether the sealer keeps up. A seal from the future tells that the clock went back."""
    seal = last_seal()
    sealed = seal.sealed_at if seal else None
    if sealed is not None and sealed - now > timedelta(seconds=MOST_SKEW):
        yield error(
            CLOCK,
            f"倒退过：最新的审计封条是 {sealed.astimezone():%Y-%m-%d %H:%M} 的。",
            "请先校准时钟再启动服务，否则时限和审计的先后都会错。",
        )
    elif sealed is None or now - sealed > SEALED_WITHIN:
        when = f"最后一次是 {sealed.astimezone():%Y-%m-%d %H:%M}" if sealed else "还没有封过"
        yield warning(
            AUDIT,
            f"最近没有封存审计记录（{when}）。",
            "封存每分钟一次，由后台任务完成；服务在运行时请看 logs/worker.log。",
        )
    else:
        yield fine(AUDIT, "按时封存。完整核对请运行 zhikong verify-audit。")

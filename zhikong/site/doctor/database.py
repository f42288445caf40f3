"""The database and what lives in it: version, roles, migrations, clock, worker, lake, seals."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db import connections

from zhikong.site.doctor.finding import Finding, error, fine, warning
from zhikong.site.monitoring import readiness
from zhikong.site.supervisor.roles import OLDEST, ROLES

NAME, JOBS, FACTS, AUDIT = "数据库", "后台任务", "事实表", "审计"
MOST_SKEW = 60  # seconds
SEEN_WITHIN = timedelta(minutes=2)
SEALED_WITHIN = timedelta(minutes=10)


def answers() -> Iterator[Finding]:
    with connections["default"].cursor() as cursor:
        cursor.execute(
            "SELECT current_setting('server_version_num')::int, current_setting('server_encoding')"
        )
        number, encoding = cursor.fetchone()
    if number < OLDEST:
        yield error(NAME, f"PostgreSQL {number // 10000}，需要 15 或更新。", "请由数据库管理员升级。")
    elif encoding != "UTF8":
        yield error(NAME, f"编码是 {encoding}，汉字会出错。", "请重建为 UTF8 编码的数据库，再从备份恢复。")
    else:
        yield fine(NAME, f"PostgreSQL {number // 10000}，UTF8，有应答。")


def roles() -> Iterator[Finding]:
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


def clock(now: datetime) -> Iterator[Finding]:
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT now()")
        skew = abs((cursor.fetchone()[0] - now).total_seconds())
    if skew > MOST_SKEW:
        yield error(
            "时钟",
            f"与数据库服务器相差 {skew:.0f} 秒，时限会算错。",
            "请在两台机器上开启时间同步（chrony）。",
        )
    else:
        yield fine("时钟", "与数据库一致。")


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
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT to_regclass('public.audit_auditseal')")
        if cursor.fetchone()[0] is None:
            return
        cursor.execute("SELECT max(sealed_at) FROM audit_auditseal")
        sealed = cursor.fetchone()[0]
    if sealed is None or now - sealed > SEALED_WITHIN:
        when = f"最后一次是 {sealed.astimezone():%Y-%m-%d %H:%M}" if sealed else "还没有封过"
        yield warning(
            AUDIT,
            f"审计记录没有按时封存（{when}）。",
            "封存每分钟一次，由后台任务完成；服务在运行时请看 logs/worker.log。",
        )
    else:
        yield fine(AUDIT, "按时封存。完整核对请运行 zhikong verify-audit。")

"""``zhikong feed``: the feeds from the command line, for cron and for the one who looks after the server."""

import argparse

from zhikong.site import frame, migrating
from zhikong.site.home import Explained
from zhikong.site.progress import say

HELP = "数据来源：list 列出，run 立即运行，verify 核对原始数据是否完好"


class NoSuchFeed(Explained):
    """The code names no feed of the institution."""


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("what", choices=("list", "run", "verify"), help="做什么")
    parser.add_argument("code", nargs="?", help="来源的代码；run 需要，verify 不给就是全部")
    parser.add_argument("--institution", help="机构代码；只有一个机构时不必给")


def run(arguments: argparse.Namespace) -> int:
    with frame.database():
        frame.setup_django()
        migrating.migrate()
        number = frame.institution_id(arguments.institution)
        return {"list": _list, "run": _run, "verify": _verify}[arguments.what](number, arguments.code)


def _scoped(number: int):
    from zhikong.foundation.access.scope import job_scope, scoped

    return scoped(job_scope(number, job="feed"))


def _list(number: int, code: str | None) -> int:
    from django.utils import timezone

    from zhikong.hospital.functions.datasources.feed_queries import standings

    with _scoped(number):
        for found in standings(timezone.now()):
            feed, lag = found.feed, found.lag or "—"
            say(
                f"{feed.code:<16}{feed.get_state_display()}  滞后 {lag}  等待 {found.waiting}  {feed.title} {feed.message}"
            )
    return 0


def _run(number: int, code: str | None) -> int:
    from django.utils import timezone

    from zhikong.hospital.functions.datasources import feed_actions, running
    from zhikong.hospital.functions.datasources.feeds import feed_named

    now = timezone.now()
    with _scoped(number):
        feed = feed_named(code or "")
        if feed is None:
            raise NoSuchFeed(f"没有代码为 {code or '（未给出）'} 的来源。用 zhikong feed list 查看。")
        feed_actions.run_now(feed, by=None, now=now)
    loads = running.turn(institution_id=number, feed_id=feed.pk, now=now)
    for load in loads:
        say(f"{load.get_state_display()}：{load.message}")
    with _scoped(number):
        feed.refresh_from_db()
    say(feed.message or f"完成，{len(loads)} 次导入。")
    return 1 if feed.message else 0


def _verify(number: int, code: str | None) -> int:
    """Read every kept content to its end: what is damaged or gone is named by feed, date and hash."""
    from zhikong.foundation.facts import raw, raw_keys
    from zhikong.foundation.facts.models import RawItem

    with _scoped(number):
        kept = RawItem.objects.filter(deleted_at=None).order_by("pk")
        kept = kept.filter(source=code) if code else kept
        sound, bad = 0, 0
        for item in kept.iterator(chunk_size=500):
            try:
                raw.verify(item)
                sound += 1
            except (raw.RawProblem, raw_keys.KeyMissing) as problem:
                bad += 1
                say(f"{item.source} {item.received_at:%Y-%m-%d %H:%M} SHA-256 {item.sha256[:16]}…：{problem}")
    say(f"原始数据 {sound + bad} 份：完好 {sound} 份，有问题 {bad} 份。")
    return 1 if bad else 0

"""The nightly backup: take one, verify the newest now and then, forget what is outdated. Runs as a child of the service."""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from pathlib import Path

from zhikong.site import frame, home
from zhikong.site.backup import clock, keys, retention, state, taking, verifying
from zhikong.site.backup.vault import Vault
from zhikong.site.home import Explained
from zhikong.site.progress import say

USUAL = "02:30"
LOOK_EVERY = 30  # seconds
VERIFY_EVERY = timedelta(days=7)


def run(*, to: Path, now: datetime) -> None:
    """Everything that is done in a night; a failure is told to the administrators and raised again."""
    try:
        tidy(Vault(to, keys.own()))  # first: what a full disk waits for
        with frame.database() as server:
            told = taking.take(server=server, to=to, now=now)
        say(f"备份 {told.name} 完成。")
        if verification_due(state.read(), now):
            verifying.verify(source=to, name=told.name, now=now)
            say(f"备份 {told.name} 已恢复到临时位置并核对无误。")
    except Explained as error:
        _tell_administrators(str(error), now)
        raise
    tidy(Vault(to, keys.own()))


def verification_due(told: dict, now: datetime) -> bool:
    """Whether the last good verification is a week old, or there was none."""
    last = told.get("verified")
    return not last or not last["ok"] or now - state.moment(last) >= VERIFY_EVERY


def tidy(vault: Vault) -> list[str]:
    """Forget outdated backups and sweep what only they named; gives their names."""
    kept = state.read().get("proved", {}).get("name")
    gone = retention.outdated(
        vault.names(), retention.as_set(home.options().get("backup", {})), verified=kept
    )
    with vault.alone():
        for name in gone:
            vault.remove(name)
        vault.sweep()
    return gone


def is_wanted() -> bool:
    """Whether somebody has said where backups go."""
    return bool(home.options().get("backup", {}).get("to"))


def next_time(now: datetime, at: str, last: datetime | None) -> datetime:
    """The next moment of the day ``at`` (HH:MM, local). A night that was missed is made up for at once."""
    hour, minute = (int(part) for part in at.split(":"))
    today = now.replace(hour=hour, minute=minute, second=0, microsecond=0)
    due = today if today <= now else today - timedelta(days=1)
    if last is None or last < due:
        return now
    return due + timedelta(days=1)


def watch() -> None:
    """Wait for each night's moment, in the site's zone, until told to stop."""
    frame.setup_django()
    while True:
        options = home.options().get("backup", {})
        now = clock.now()
        if is_wanted() and next_time(now, options.get("at", USUAL), _last(now)) <= now:
            try:
                run(to=taking.check_place(Path(options["to"])), now=now)
            except (Explained, OSError) as error:
                say(f"备份没有成功：{error}")
        time.sleep(LOOK_EVERY)


def _last(now: datetime) -> datetime | None:
    """When it was last tried; a failure is tried again after an hour, not every half minute."""
    told = state.read().get("last")
    if not told:
        return None
    at = state.moment(told)
    return at if told["ok"] or now - at < timedelta(hours=1) else None


def _tell_administrators(why: str, now: datetime) -> None:
    """A notice for whoever manages the site; when even that fails, because the database is away, the log has the reason."""
    from django.db import DatabaseError

    from zhikong.site.backup import telling

    try:
        telling.failed(why=why, now=now)
    except (Explained, DatabaseError) as error:
        say(f"也没能通知管理员：{error}")

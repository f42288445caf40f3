"""``zhikong starting``: where the wizard stands, what the first month lacks, how long it takes; and the month itself."""

import argparse
import json
from pathlib import Path
from typing import Any

from zhikong.site import frame, migrating
from zhikong.site.home import Explained
from zhikong.site.progress import Progress, say

HELP = "启用向导到了哪一步、首月还差什么、还要多久；--first-month 生成首月简报"


class NotMade(Explained):
    """The month cannot be made; the message says why."""


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--month", metavar="2026-09", help="首月；默认最近一个有出院数据的整月")
    parser.add_argument("--json", action="store_true", help="以 JSON 输出，供脚本使用")
    parser.add_argument("--first-month", action="store_true", help="计算、起草首月简报")
    parser.add_argument("--by", metavar="账号", help="以谁的名义结账；不写则不结账")
    parser.add_argument("--out", type=Path, default=Path(), help="简报写到哪个文件夹，默认当前文件夹")
    parser.add_argument("--institution", help="机构代码；只有一个机构时不必给")


def run(arguments: argparse.Namespace) -> int:
    with frame.database():
        frame.setup_django()
        migrating.migrate()
        if arguments.first_month:
            with Progress().step("生成首月"):
                _make(arguments)
        with frame.in_scope("starting", arguments.institution):
            found = _standing(arguments.month or "")
    if arguments.json:
        say(json.dumps(found, ensure_ascii=False, indent=2))
    else:
        _tell(found)
    return 0 if found["can_compute"] else 1


def _standing(asked: str) -> dict[str, Any]:
    from django.utils import timezone

    from zhikong.hospital.overviews.starting.queries import readiness, standing, timing
    from zhikong.hospital.overviews.starting.rules.readiness import unlocks
    from zhikong.hospital.overviews.starting.rules.timing import spoken

    now = timezone.now()
    month = readiness.chosen_month(asked, now=now)
    ready, estimate = readiness.of_month(month), timing.until_the_month(month)
    doors = unlocks(ready, readiness.door_of)
    return {
        "month": month,
        "steps": [_step(one) for one in standing.steps(now=now, month=month)],
        "indicators": ready.total,
        "ready": len(ready.ready),
        "computed": readiness.computed(month),
        "unlocks": [
            {"what": readiness.door_words(one.door)[0], "alone": one.alone, "part": one.part} for one in doors
        ],
        "silent_departments": readiness.silent_departments(month),
        "seconds_left": round(estimate.total, 1),
        "time_left": spoken(estimate.total),
        "measured": estimate.measured,
        "can_compute": month in readiness.months_with_data(now=now) and bool(ready.ready),
    }


def _step(one) -> dict[str, Any]:
    return {
        "key": one.key,
        "title": one.title,
        "state": one.state.value,
        "word": one.word,
        "lines": list(one.lines),
        "troubles": [trouble.text for trouble in one.troubles],
    }


def _tell(found: dict[str, Any]) -> None:
    for number, one in enumerate(found["steps"], start=1):
        say(f"{number}. {one['title']}：{one['word']}")
        for line in one["lines"]:
            say(f"     {line}")
        for trouble in one["troubles"]:
            say(f"   ■ {trouble}")
    say(f"{found['month']}：{found['indicators']} 个指标里现在能算 {found['ready']} 个。")
    for one in found["unlocks"]:
        say(f"   {one['what']}：就能多算 {one['alone']} 个，另有 {one['part']} 个还缺别的。")
    how = "按本机实际速度" if found["measured"] else "初步估计"
    say(f"到首月简报还需要：{found['time_left']}（{how}）。")


def _make(arguments: argparse.Namespace) -> None:
    from django.core.exceptions import ValidationError
    from django.utils import timezone

    from zhikong.hospital.overviews.reports.documents import DOCUMENTS
    from zhikong.hospital.overviews.starting.actions import first_month
    from zhikong.hospital.overviews.starting.queries import readiness

    with frame.in_scope("starting", arguments.institution):
        now = timezone.now()
        month = readiness.chosen_month(arguments.month or "", now=now)
        try:
            made = first_month.make(by=_person(arguments.by), now=now, month=month)
        except ValidationError as error:
            raise NotMade(" ".join(error.messages)) from error
        say(f"{month}：{first_month.told(made)}")
        files = {kind: document.make(made.brief) for kind, document in DOCUMENTS.items()}
    arguments.out.mkdir(parents=True, exist_ok=True)
    for kind, content in files.items():
        file = arguments.out / f"医疗质量简报-{month}.{kind}"
        file.write_bytes(content)
        say(str(file))


def _person(username: str | None):
    """The account in whose name the month is closed, or None."""
    if username is None:
        return None
    from zhikong.foundation.access.queries import accounts

    found = next((one for one in accounts() if one.username == username and one.is_active), None)
    if found is None:
        raise NotMade(f"没有名为 {username} 的启用账号。")
    return found

"""The ladder of reminders: each step of each occurrence once, gathered into one notice for each person."""

from collections import defaultdict
from datetime import date, datetime

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from zhikong.foundation.calendar.queries import working_calendar
from zhikong.foundation.duties import queries, rules
from zhikong.foundation.duties.models import Occurrence
from zhikong.foundation.duties.places import OFFICE, People, people
from zhikong.foundation.notices import actions as notices
from zhikong.foundation.tasks.models import Task

FROM_HOUR = 7  # nobody is reminded at night
SHOWN = 40


@transaction.atomic
def remind(*, now: datetime) -> int:
    """Climb every ladder as far as the day demands; gives how many occurrences took a step."""
    if timezone.localtime(now).hour < FROM_HOUR:
        return 0
    today, calendar = timezone.localdate(now), working_calendar()
    climbed: list[tuple[Occurrence, str]] = []
    for occurrence in queries.open_occurrences().order_by("due_on", "pk"):
        duty = queries.definition(occurrence)
        reached = rules.rungs_reached(duty, occurrence.due_on, today, calendar) if duty else 0
        if reached > occurrence.reminded:
            # after a long standstill only the highest step is told: the lower ones are the same news
            climbed.append((occurrence, duty.remind[reached - 1].to))
            occurrence.reminded = reached
    Occurrence.objects.bulk_update([occurrence for occurrence, _to in climbed], ["reminded"])
    _send(climbed, today, now)
    return len(climbed)


def _send(climbed: list[tuple[Occurrence, str]], today: date, now: datetime) -> None:
    if not climbed:
        return
    known, owners = people(today), _owners()
    boxes: dict[int, list[Occurrence]] = defaultdict(list)
    for occurrence, to in climbed:
        for pk in _readers(occurrence, to, known, owners):
            boxes[pk].append(occurrence)
    for pk, items in boxes.items():
        _tell(known.users[pk], items, today, now)


def _readers(occurrence: Occurrence, to: str, known: People, owners: dict[str, int]) -> set[int]:
    """The people of one step; the owner hears of every step as well, and the office when a step has nobody."""
    owner = owners.get(str(occurrence.pk))
    found = {owner} if owner in known.users else set()
    if to != "owner":
        addressed = {user.pk for user in known.holding(to, occurrence.department_id)}
        found |= addressed or {user.pk for user in known.holding(OFFICE, None)}
    return found


def _owners() -> dict[str, int]:
    rows = Task.objects.filter(source_kind=queries.KIND, state=Task.State.OPEN)
    return dict(rows.values_list("source_key", "owner_id"))


def _tell(user, items: list[Occurrence], today: date, now: datetime) -> None:
    late = [o for o in items if o.due_on < today]
    if len(items) == 1:
        title = f"{'本期没有证据' if late else '职责快到期'}：{items[0]}"
        url = reverse("duties:occurrence", args=[items[0].pk])
    else:
        title = f"{len(items)} 项周期职责：{len(late)} 项到期没有证据，{len(items) - len(late)} 项快到期"
        url = reverse("duties:mine")
    lines = [f"{o.place_name}　{o.title}（{o.period}），期限 {o.due_on}" for o in items[:SHOWN]]
    more = [f"……共 {len(items)} 项"] if len(items) > SHOWN else []
    notices.send(
        by=None, now=now, title=title, text="\n".join(lines + more), url=url, users=[user],
        kind=queries.KIND, source_kind=queries.KIND,
        source_key=str(items[0].pk) if len(items) == 1 else "ladder",
    )  # fmt: skip

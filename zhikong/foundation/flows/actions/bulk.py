"""How a sweep writes thousands of rows: one statement for branches, one for lines of the story, few notices."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.db import connection
from django.urls import reverse

from zhikong.foundation.access.models import User
from zhikong.foundation.access.scope import current_scope
from zhikong.foundation.flows import sheets
from zhikong.foundation.flows.models import Branch, Case, CaseStep
from zhikong.foundation.flows.rules import Act
from zhikong.foundation.notices import actions as notices

NAMED = 20  # cases that one notice names; the list has the others
TITLES = {Act.WARN: "快到期", Act.ESCALATE: "已逾期"}


@dataclass(frozen=True, slots=True)
class Swept:
    """What becomes of one branch."""

    pk: int
    warned: bool
    level: int
    next_sweep_at: datetime | None


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the story of one case."""

    case_id: int
    act: Act
    branch: int
    state: str
    to_id: int | None
    names: str
    flow_version: int


def write(
    updates: list[Swept], lines: list[Line], admitted: Mapping[int, set[int]], *, now: datetime
) -> None:
    """Write what a batch amounts to. The rows are locked by the caller."""
    if updates:
        _update(updates)
    if lines:
        _insert(lines, now)
    for case_id, readers in admitted.items():
        _admit(case_id, readers)


def _update(updates: list[Swept]) -> None:
    sql = f"""
        UPDATE {Branch._meta.db_table} branch
           SET warned = done.warned, level = done.level, next_sweep_at = done.next_at
          FROM unnest(%s::bigint[], %s::boolean[], %s::smallint[], %s::timestamptz[])
               AS done (pk, warned, level, next_at)
         WHERE branch.id = done.pk
    """  # noqa: S608  the table's name comes from the model
    columns = ([u.pk for u in updates], [u.warned for u in updates], [u.level for u in updates],
               [u.next_sweep_at for u in updates])  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(sql, columns)


def _insert(lines: list[Line], now: datetime) -> None:
    sql = f"""
        INSERT INTO {CaseStep._meta.db_table}
               (institution_id, case_id, at, act, branch, step, before, after, to_id, to_words, reason, due_reason,
                flow_version)
        SELECT %s, case_id, %s, act, branch, '', state, state, to_id, names, '', '', version
          FROM unnest(%s::bigint[], %s::text[], %s::smallint[], %s::text[], %s::bigint[], %s::text[], %s::int[])
               AS line (case_id, act, branch, state, to_id, names, version)
    """  # noqa: S608  the table's name comes from the model
    columns = (
        [line.case_id for line in lines],
        [line.act.value for line in lines],
        [line.branch for line in lines],
        [line.state for line in lines],
        [line.to_id for line in lines],
        [line.names[:200] for line in lines],
        [line.flow_version for line in lines],
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, (current_scope().institution_id, now, *columns))


def _admit(case_id: int, readers: Iterable[int]) -> None:
    """Who is told that a confidential case is late may open it."""
    case = Case.objects.only("readers", "confidential", "reader_roles").get(pk=case_id)
    case.readers = sorted({*case.readers, *readers})
    case.save(update_fields=["readers"])
    sheets.share(case)


@dataclass
class Notices:
    """One notice for each person, kind of news and flow, whatever the number of cases."""

    found: dict[tuple[int, Act, str], list] = field(default_factory=dict)
    titles: dict[str, str] = field(default_factory=dict)

    def add(self, user_id: int, act: Act, flow_id: str, title: str, case: tuple[int, str]) -> None:
        """case: its number in the table and how it is called. Beyond NAMED it only counts."""
        self.titles[flow_id] = title
        cases = self.found.setdefault((user_id, act, flow_id), [])
        cases.append(case if len(cases) < NAMED else None)

    def send(self, *, now: datetime) -> None:
        users = User.objects.in_bulk({user for user, _act, _flow in self.found})
        for (user_id, act, flow_id), cases in self.found.items():
            self._send_one(users[user_id], act, flow_id, cases, now)

    def _send_one(self, user: User, act: Act, flow_id: str, cases: list, now: datetime) -> None:
        named = [case for case in cases if case is not None]
        more = f"\n……共 {len(cases)} 件" if len(cases) > len(named) else ""
        alone = len(cases) == 1
        title = f"{self.titles[flow_id]}：{named[0][1]} {TITLES[act]}" if alone else \
            f"{self.titles[flow_id]}：{len(cases)} 件{TITLES[act]}"  # fmt: skip
        notices.send(
            by=None,
            now=now,
            users=[user],
            title=title[:160],
            text="\n".join(text for _pk, text in named) + more,
            url=reverse("flows:case", args=[named[0][0]]) if alone else
            reverse("flows:register", args=[flow_id]) + "?show=overdue",
            kind="escalation" if act is Act.ESCALATE else "flow",
            source_kind="flow",
            source_key=flow_id,
        )  # fmt: skip

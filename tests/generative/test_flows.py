"""No sequence of acts on any flow leaves a case without an owner, or without a deadline where the flow demands one.

Random valid flows, random people who act, withdraw, return, delegate and leave, while the clock runs and the sweep
comes and goes. After every single thing that happens, all that must always be true is asked of all cases.
"""

from __future__ import annotations

import os
from collections import Counter
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from tests.generative.flow_strategies import DATES_FORM, flows
from tests.unit.foundation.flows.conftest import packs, people
from zhikong.foundation.flows.definition import FlowDefinition, read_text

__all__ = ["packs", "people"]

MANY = 8 if os.environ.get("ZHIKONG_TEST_ALL") else 1
START = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
REFUSED = (ValidationError, PermissionDenied)
WAITS = (timedelta(minutes=1), timedelta(hours=5), timedelta(days=1), timedelta(days=6), timedelta(days=40))


class Cases(RuleBasedStateMachine):
    """Cases of one random flow. `made` numbers the flows, so that each example has one of its own."""

    made = 0
    seen: Counter = Counter()

    def __init__(self, packs, people, departments):
        super().__init__()
        self.packs, self.people, self.departments = packs, people, departments
        self.now, self.cases = START, []
        self.swept = False
        self.savepoint = transaction.atomic()
        self.savepoint.__enter__()

    def teardown(self):
        from zhikong.foundation.flows.models import CaseStep

        self.seen.update(CaseStep.objects.values_list("act", flat=True))
        transaction.set_rollback(True)
        self.savepoint.__exit__(None, None, None)
        for user in vars(self.people).values():
            user.is_active = True
            user.forget_grants()

    @initialize(data=st.data())
    def write_a_flow(self, data):
        type(self).made += 1
        self.id = f"flow_{self.made}"
        text = data.draw(flows(self.id))
        self.packs(forms__dates=DATES_FORM, **{self.id: text})
        self.flow = read_text(text, file=Path(f"{self.id}.yaml"))
        assert isinstance(self.flow, FlowDefinition), self.flow

    # ---- what people do ----------------------------------------------------------------------------------------------

    def _person(self, data):
        return data.draw(st.sampled_from([u for u in vars(self.people).values() if u.is_active]))

    def _try(self, act, case=None, **said):
        from zhikong.foundation.access.queries import scope_of
        from zhikong.foundation.access.scope import scoped

        self.swept = False
        with suppress(*REFUSED), scoped(scope_of(said["by"], self.now.date())), transaction.atomic():
            return act(case, now=self.now, **said) if case is not None else act(now=self.now, **said)
        if case is not None:
            case.refresh_from_db()
        return None

    @precondition(lambda self: len(self._open_cases()) < 3)
    @rule(
        data=st.data(),
        place=st.sampled_from(["CARD", "GSUR", None]),
        expires=st.sampled_from([None, "2026-12-20"]),
    )
    def open(self, data, place, expires):
        from zhikong.foundation.flows import actions

        by = data.draw(st.sampled_from([self.people.nurse, self.people.officer]))
        if not by.is_active:
            return
        answers = {"expires_on": expires} if expires else {}
        department = self.departments[place].id if place else None
        case = self._try(
            actions.open_case,
            by=by,
            flow_id=self.id,
            title="试验事项",
            department_id=department,
            answers=answers,
        )
        if case is not None:
            self.cases.append(case)

    def _open_cases(self):
        return [case for case in self.cases if case.closed_at is None]

    @precondition(lambda self: self._open_cases())
    @rule(data=st.data())
    def act(self, data):
        """Somebody tries a step out of where a case stands, whether it is theirs or not."""
        from zhikong.foundation.flows import actions, queries

        case = data.draw(st.sampled_from(self._open_cases()))
        branch = data.draw(st.sampled_from(queries.open_branches(case)))
        step = data.draw(st.sampled_from(self.flow.leaving(branch.state)))
        by = branch.owner if data.draw(st.booleans()) and branch.owner.is_active else self._person(data)
        by.forget_grants()
        self._try(actions.act, case, by=by, transition=step.id, reason="试验说明", branch=branch.number)

    @precondition(lambda self: self._open_cases())
    @rule(data=st.data(), times=st.integers(1, 4))
    def owners_go_on(self, data, times):
        """Those whose turn it is take forward steps, as they mostly do."""
        from zhikong.foundation.flows import actions, queries

        case = data.draw(st.sampled_from(self._open_cases()))
        for _ in range(times):
            for branch in queries.open_branches(case):
                steps = [s for s in self.flow.leaving(branch.state) if s.owner and s.kind == "forward"]
                step, owner = data.draw(st.sampled_from(steps)), branch.owner
                if owner.is_active:
                    self._try(
                        actions.act, case, by=owner, transition=step.id, reason="试验", branch=branch.number
                    )

    @precondition(lambda self: self._open_cases())
    @rule(data=st.data(), which=st.sampled_from(["withdraw", "send_back"]))
    def go_out_or_back(self, data, which):
        from zhikong.foundation.flows import actions

        case = data.draw(st.sampled_from(self._open_cases()))
        self._try(
            getattr(actions, which),
            case,
            by=data.draw(st.sampled_from([case.opened_by, case.owner])),
            reason="试验",
        )

    @precondition(lambda self: self._open_cases())
    @rule(data=st.data())
    def delegate(self, data):
        from zhikong.foundation.flows import actions

        case = data.draw(st.sampled_from(self._open_cases()))
        self._try(actions.delegate, case, by=case.owner, to=self._person(data), reason="试验转办")

    @rule(data=st.data())
    def somebody_leaves(self, data):
        """Anybody but the leader may go: somebody must be left whom the last fallback finds."""
        gone = data.draw(st.sampled_from([u for n, u in vars(self.people).items() if n != "leader"]))
        gone.is_active = False
        gone.save(update_fields=["is_active"])
        self.swept = False

    @rule()
    def everybody_comes_back(self):
        for user in vars(self.people).values():
            user.is_active = True
            user.save(update_fields=["is_active"])

    @rule(wait=st.sampled_from(WAITS))
    def time_passes(self, wait):
        self.now += wait
        self.swept = False

    @rule()
    def sweep(self):
        from zhikong.foundation.flows import actions

        actions.sweep(now=self.now)
        for case in self.cases:
            case.refresh_from_db()
        again = actions.sweep(now=self.now)
        assert not again, f"a second sweep found something to do: {again}"
        self.swept = True

    # ---- what must always be true --------------------------------------------------------------------------------------

    @invariant()
    def every_case_is_in_order(self):
        for case in self.cases:
            case.refresh_from_db()
            _in_order(case, self.flow, swept=self.swept)


def _in_order(case, flow, *, swept: bool) -> None:
    from zhikong.foundation.flows import queries, story
    from zhikong.foundation.tasks.models import Task

    branches = queries.open_branches(case)
    tasks = Task.objects.filter(source_kind="flow_case", source_key__startswith=f"{case.pk}:", state="open")
    assert bool(branches) is (case.closed_at is None), "open exactly while a strand is open"
    assert len(tasks) == len(branches), "one task for every strand, none for a closed case"
    for branch in branches:
        _strand_in_order(branch, flow, tasks, swept=swept)
    numbers = {branch.number for branch in branches}
    assert numbers in ({0}, set()) or 0 not in numbers, "either the main strand or the parallel ones"
    replayed = story.replay(flow, queries.lines(case))
    assert replayed.open == {branch.number: branch.state for branch in branches}, "the history leads here"
    assert replayed.joins <= len(set(case.steps.filter(act="fork").values_list("at", "before")))
    if branches:
        dues = [branch.due_at for branch in branches if branch.due_at]
        assert case.due_at == min(dues, default=None)


def _strand_in_order(branch, flow, tasks, *, swept: bool) -> None:
    state = flow.by_state[branch.state]
    assert branch.owner_id is not None
    assert not state.end
    if flow.demands_deadline(state):
        assert branch.due_at is not None, f"{state.id} demands a deadline"
        assert branch.due_reason, "a deadline explains itself"
    [task] = [task for task in tasks if task.source_key == branch.source_key]
    assert task.owner_id == branch.owner_id
    if swept:
        assert branch.owner.is_active, "after a sweep no case lies with an account that was closed"


@pytest.mark.proves("WF-10")
def test_no_sequence_of_acts_leaves_a_case_without_owner_or_deadline(packs, people, hospital):
    run_state_machine_as_test(
        lambda: Cases(packs, people, hospital.departments),
        settings=settings(
            max_examples=25 * MANY,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
    assert Cases.seen["open"] > 10, "the machine hardly opened a case"
    moved = sum(Cases.seen[act] for act in ("move", "fork", "join"))
    assert moved > 10, f"the machine hardly moved one: {Cases.seen}"

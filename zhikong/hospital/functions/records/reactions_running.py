"""What the running check does when others tell something."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from zhikong.foundation.access.scope import current_scope


def note_stays(stay_ids: Collection[str], *, now: datetime) -> None:
    """Feeds told something of open stays: remember which, and ask the worker to look; in the feed's transaction."""
    from zhikong.hospital.functions.records.actions.running.refreshing import touch
    from zhikong.hospital.functions.records.jobs_running import start

    touch(stay_ids, now=now)
    start(current_scope().institution_id)


def conclude_appeal(fact, *, now: datetime) -> None:
    """Handler of “case closed”: an appeal that was decided settles its defect or obligation, once."""
    from zhikong.hospital.functions.records.actions.running.appealing import FLOW, conclude

    if fact.flow_id == FLOW:
        conclude(case_id=fact.case_id, state=fact.state, now=now)


def count_judgement(fact, *, now: datetime) -> None:
    """Handler of “machine verdict judged”: what reviewers say of verdicts on closed records counts as well."""
    from zhikong.hospital.functions.records.actions.running.outcomes import count_verdict
    from zhikong.hospital.functions.records.models import RuleOutcome
    from zhikong.hospital.functions.records.rules_running import key_of

    name = key_of("review", fact.rule, fact.version, fact.stay_id)
    count_verdict(
        fact.rule,
        fact.version,
        fact.stay_id,
        fact.outcome,
        source=RuleOutcome.Source.REVIEW,
        name=name,
        now=now,
    )

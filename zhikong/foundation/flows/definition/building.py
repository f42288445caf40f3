"""Raw values of the right shape → model objects."""

from __future__ import annotations

from typing import Any

from zhikong.foundation.flows.definition.model import (
    SHIFT_ENDS,
    Deadline,
    Duration,
    FlowDefinition,
    Kind,
    Owner,
    Rung,
    State,
    Transition,
    Unit,
)


def build(data: dict[str, Any]) -> FlowDefinition:
    """The flow of a YAML mapping that checks/shape.py has passed."""
    opens = data.get("opens") or {}
    return FlowDefinition(
        id=data["id"],
        version=data.get("version", 1),
        title=chinese(data["title"]),
        purpose=chinese(data.get("purpose", "")),
        source=source_of(data.get("source", "")),
        owner=data.get("owner", ""),
        checker=data.get("checker", ""),
        next_review=str(data.get("next_review", "")),
        number=data["number"],
        opens_roles=strings(opens.get("roles")),
        opens_form=opens.get("form") or "",
        confidential=bool(data.get("confidential", False)),
        demands_deadlines=bool(data.get("demands_deadlines", False)),
        states=tuple(state_of(raw) for raw in data["states"]),
        transitions=tuple(transition_of(raw) for raw in data["transitions"]),
        readers=strings(data.get("readers")),
        shift_ends=strings(data.get("shift_ends")) or SHIFT_ENDS,
        titles=data["title"] if isinstance(data["title"], dict) else {"zh": data["title"]},
    )


def chinese(value: Any) -> str:
    """A text, or the Chinese one of several languages."""
    return str(value.get("zh", "")) if isinstance(value, dict) else str(value or "")


def source_of(value: Any) -> str:
    """The source document and clause in one line."""
    if not isinstance(value, dict):
        return str(value or "")
    return " ".join(str(value[key]) for key in ("document", "clause") if value.get(key))


def strings(value: Any) -> tuple[str, ...]:
    """One string or a list of them."""
    if value is None:
        return ()
    return tuple(str(v) for v in value) if isinstance(value, list) else (str(value),)


def duration_of(raw: dict[str, Any] | None) -> Duration | None:
    """{hours: 24} and the like; None when no unit is named."""
    units = [unit for unit in Unit if unit.value in (raw or {})]
    return Duration(int(raw[units[0].value]), units[0]) if raw and units else None


def owner_of(raw: dict[str, Any] | None) -> Owner | None:
    if not raw:
        return None
    return Owner(
        role=raw.get("role") or "",
        department=raw.get("department") or "",
        opener=bool(raw.get("opener")),
        actor=bool(raw.get("actor")),
    )


def state_of(raw: dict[str, Any]) -> State:
    return State(
        id=raw["id"],
        title=chinese(raw["title"]),
        owner=owner_of(raw.get("owner")),
        deadline=deadline_of(raw.get("deadline")),
        warn=duration_of(raw.get("warn")),
        escalate=tuple(rung_of(rung) for rung in raw.get("escalate") or ()),
        timeout=raw.get("timeout") or "",
        end=bool(raw.get("end", False)),
        helps=chinese(raw.get("helps", "")),
        quiet=bool(raw.get("quiet", False)),
    )


def deadline_of(raw: dict[str, Any] | None) -> Deadline | None:
    if not raw:
        return None
    before = raw.get("before") or {}
    return Deadline(
        span=duration_of(raw),
        start=raw.get("from") or "entered",
        item=before.get("item") or "",
        days=int(before.get("days") or 0),
        says=chinese(raw.get("says", "")),
    )


def rung_of(raw: dict[str, Any]) -> Rung:
    span = duration_of(raw["after"])
    assert span is not None  # the shape check has seen to it
    return Rung(span, owner_of(raw["to"]) or Owner())


def transition_of(raw: dict[str, Any]) -> Transition:
    return Transition(
        id=raw["id"],
        title=chinese(raw["title"]),
        sources=strings(raw["from"]),
        to=raw.get("to") or "",
        parallel=strings(raw.get("parallel")),
        join=raw.get("join") or "",
        roles=strings(raw.get("roles")),
        owner=bool(raw.get("owner", False)),
        guard=raw.get("guard") or "",
        guard_says=chinese(raw.get("guard_says", "")),
        form=raw.get("form") or "",
        needs_reason=bool(raw.get("needs_reason", False)),
        kind=Kind(raw.get("kind") or "forward"),
    )

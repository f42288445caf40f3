"""The one place where a scope is set. No scope, no rows (decision 2)."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from django.db import connections, transaction

_current: ContextVar["Scope | None"] = ContextVar("zhikong_scope", default=None)
_memory: ContextVar[dict | None] = ContextVar("zhikong_scope_memory", default=None)

SETTINGS = ("institution", "departments", "user", "actor", "request", "roles")


class ScopeMissing(RuntimeError):
    """Raised when code asks for the scope outside a request, job or command that set one."""


@dataclass(frozen=True)
class Scope:
    """Who acts, for which institution, over which departments.

    departments: ids of the departments in scope, or None for the whole hospital.
    actor: a user's name, or the name of the job or command that acts; written into the audit trail.
    """

    institution_id: int
    departments: frozenset[int] | None = frozenset()
    user_id: int | None = None
    actor: str = ""
    request_id: str = ""
    roles: frozenset[str] = field(default_factory=frozenset)
    memo: dict[str, object] = field(
        default_factory=dict, compare=False, repr=False
    )  # read once while it lasts

    @property
    def whole_hospital(self) -> bool:
        return self.departments is None

    def covers(self, department_id: int | None) -> bool:
        """True when rows of this department are in scope; hospital-level rows (None) need the whole hospital."""
        return self.departments is None or (department_id is not None and department_id in self.departments)

    def as_settings(self) -> dict[str, str]:
        departments = "*" if self.departments is None else ",".join(str(d) for d in sorted(self.departments))
        return {
            "institution": str(self.institution_id),
            "departments": departments,
            "user": "" if self.user_id is None else str(self.user_id),
            "actor": self.actor,
            "request": self.request_id,
            "roles": ",".join(sorted(self.roles)),
        }


def current_scope() -> Scope:
    """The scope in force; raises ScopeMissing when none is set."""
    scope = _current.get()
    if scope is None:
        raise ScopeMissing(
            "No scope is set: wrap the work in scoped(...), as requests, jobs and commands do."
        )
    return scope


def current_scope_or_none() -> Scope | None:
    return _current.get()


@contextmanager
def scoped(scope: Scope, *, using: str = "default") -> Iterator[Scope]:
    """Run a block in one transaction under a scope; the settings end with the block, also when it is nested.

    The settings are local to the transaction: a rollback, also to a savepoint, takes them back by itself.
    """
    previous = _current.get()
    nested = connections[using].in_atomic_block
    token = _current.set(scope)
    memory = _memory.set({} if previous is None else _memory.get())
    try:
        with transaction.atomic(using=using):
            _set(scope.as_settings(), using)
            yield scope
            if nested and not connections[using].needs_rollback:
                _set(previous.as_settings() if previous else dict.fromkeys(SETTINGS, ""), using)
    finally:
        _memory.reset(memory)
        _current.reset(token)


def once(key: str, make: Callable[[], Any]) -> Any:
    """What ``make`` gives, asked once for an institution in the outermost request, job or command: one moment."""
    memory, whose = _memory.get(), (current_scope().institution_id, key)
    if memory is None:
        return make()
    if whose not in memory:
        memory[whose] = make()
    return memory[whose]


def forget() -> None:
    """Ask again for everything that ``once`` keeps of the institution: this request or job changed it itself."""
    memory, institution = _memory.get() or {}, current_scope().institution_id
    for whose in [whose for whose in memory if whose[0] == institution]:
        del memory[whose]


def rescope(scope: Scope, *, using: str = "default") -> Scope:
    """Replace the scope inside a running ``scoped`` block; the block's end restores what was before it."""
    current_scope()
    _current.set(scope)
    _set(scope.as_settings(), using)
    return scope


def _set(values: dict[str, str], using: str) -> None:
    calls = ", ".join(["set_config(%s, %s, true)"] * len(values))
    parameters = [part for name, value in values.items() for part in (f"zhikong.{name}", value)]
    with connections[using].cursor() as cursor:
        cursor.execute(f"SELECT {calls}", parameters)


def job_scope(institution_id: int, *, job: str, departments: frozenset[int] | None = None) -> Scope:
    """Scope of a named background job or command: the whole hospital unless narrowed."""
    return Scope(institution_id=institution_id, departments=departments, actor=f"job:{job}")

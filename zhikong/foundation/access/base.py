"""What every operational table declares: whose rows they are, who sees them, and that changes are recorded."""

from dataclasses import dataclass

from django.db import models
from django.db.models import Q

from zhikong.foundation.access.scoping import ScopedManager


@dataclass(frozen=True)
class Protection:
    """How the database itself guards one table (the second wall of decision 2).

    rows: whose rows a scope sees and may write:
        ``institution`` same institution;
        ``department`` same institution and a department in scope;
        ``participants`` the people in column ``readers``, jobs, and whom the department rule admits: to a row that is
            ``confidential`` only with one of its ``reader_roles``;
        ``parent`` whatever the row of ``parent_table`` that ``parent_column`` points at shows;
        ``own`` same institution, or the row's own user before the institution is known;
        ``institution_itself`` the institution's own row;
        ``account`` readable without a scope because login needs it, with a scope the same institution only;
        ``trail`` the audit trail: whole-hospital scopes of the institution read it, only triggers write it;
        ``open`` no row rule; say why in ``reason``.
    department_column: the column compared with the scope's departments when rows is ``department``;
        a NULL department is visible to hospital-wide scopes only.
    audited: changes go to the audit trail by trigger.
    sensitive: columns whose values the audit trail must not hold in clear (names and numbers of patients,
        password hashes); the trail says that they changed, not what they were.
    append_only: app and worker may insert and read, never update or delete.
    web: what the web server's role may do: ``write`` (as the worker), ``read``, or ``nothing``.
    performance: the pay-related database role may read it. Never true for incidents or what derives from them.
    pay_never_sees: (column, value): should that role ever be let in, rows with this value stay hidden from it.
    owner_reads: functions that run as the owner see every row, such as a switch that grants follow.
    """

    rows: str = "institution"
    department_column: str = "department_id"
    parent_table: str = ""
    parent_column: str = ""
    audited: bool = True
    sensitive: tuple[str, ...] = ()
    append_only: bool = False
    web: str = "write"
    performance: bool = False
    pay_never_sees: tuple[str, str] | None = None
    owner_reads: bool = False
    reason: str = ""


class Protected(models.Model):
    """Base of every operational model: belongs to one institution and declares its protection."""

    institution = models.ForeignKey(
        "organisation.Institution", on_delete=models.PROTECT, related_name="+", verbose_name="机构"
    )

    objects = ScopedManager()
    protection = Protection()

    class Meta:
        abstract = True


def paired(moment: str, person: str, name: str, *, jobs_too: bool = False) -> models.CheckConstraint:
    """Both fields set or both empty: a time without a person, or a person without a time, is no record.

    jobs_too: a job may act as well; it leaves a time and no person.
    """
    both = Q(**{f"{moment}__isnull": False, f"{person}__isnull": False})
    none = Q(
        **{f"{person}__isnull": True} if jobs_too else {f"{moment}__isnull": True, f"{person}__isnull": True}
    )
    return models.CheckConstraint(condition=both | none, name=name)

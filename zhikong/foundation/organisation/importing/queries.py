"""Reads of the imports."""

from zhikong.foundation.organisation.models import OrganisationImport

KINDS = tuple(OrganisationImport.Kind.values)
RECENT = 20


def last_imports() -> dict[str, OrganisationImport | None]:
    """The newest import of each kind that was not discarded, without its rows."""
    found: dict[str, OrganisationImport | None] = dict.fromkeys(KINDS)
    rows = OrganisationImport.objects.exclude(state=OrganisationImport.State.DISCARDED)
    for one in rows.defer("rows", "notes", "decisions").order_by("pk"):
        found[one.kind] = one
    return found


def recent() -> list[OrganisationImport]:
    """The newest imports of all kinds, without their rows."""
    rows = OrganisationImport.objects.select_related("uploaded_by", "closed_by")
    return list(rows.defer("rows", "notes", "decisions").order_by("-pk")[:RECENT])


def one(*, pk: int) -> OrganisationImport | None:
    return OrganisationImport.objects.filter(pk=pk).first()

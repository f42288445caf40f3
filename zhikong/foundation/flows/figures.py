"""How a year's cases of one flow stand: the closing rate (年结案率)."""

from dataclasses import dataclass

from zhikong.foundation.flows.models import Case


@dataclass(frozen=True)
class Year:
    """A year's cases of one flow: how many were opened in it, and how many of those are closed by now."""

    year: int
    opened: int
    closed: int

    @property
    def share(self) -> int | None:
        """Per cent closed, or None when nothing was opened."""
        return round(100 * self.closed / self.opened) if self.opened else None


def year(*, flow_id: str, year: int) -> Year:
    """The closing rate of a year, of the cases that the reader may see."""
    rows = Case.objects.filter(flow_id=flow_id, opened_at__year=year)
    return Year(year, rows.count(), rows.filter(closed_at__isnull=False).count())

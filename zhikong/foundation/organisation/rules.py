"""Rules of the organisation: pure, no database."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

HEADS = ("department_head", "deputy_head")


@dataclass(frozen=True)
class GroupMember:
    """A seat in a department's QC group, and the post its holder has in that department today ('' = has left)."""

    person_id: int
    name: str
    seat: str
    post: str

    @property
    def has_left(self) -> bool:
        return not self.post


def group_problems(
    members: Iterable[GroupMember], *, size_min: int, size_max: int, needs_head_nurse: bool = True
) -> list[str]:
    """What a department's QC group lacks, as sentences; an empty list when it is complete.

    Source: 科主任、护士长和其他相关人员 3-5 人组成 (ORG-06). Who has left the department does not count.
    needs_head_nurse: false for departments that have none, such as the laboratory.
    """
    everyone = list(members)
    present = [m for m in everyone if not m.has_left]
    problems = [f"{m.name} 已离开本科室" for m in everyone if m.has_left]
    problems += _size_problems(len(present), size_min, size_max)
    if not any(m.post in HEADS for m in present):
        problems.append("缺科主任或副主任")
    if needs_head_nurse and not any(m.post == "head_nurse" for m in present):
        problems.append("缺护士长")
    if not any(m.post not in (*HEADS, "head_nurse") for m in present):
        problems.append("缺质控医师、护士、技师或药师")
    return problems


def _size_problems(count: int, size_min: int, size_max: int) -> list[str]:
    if count < size_min:
        return [f"现有 {count} 人，少于 {size_min} 人"]
    if count > size_max:
        return [f"现有 {count} 人，多于 {size_max} 人"]
    return []


def committee_problems(seats: Iterable[str], *, size_min: int) -> list[str]:
    """What a committee lacks: a chair, a secretary, members (ORG-03, ORG-09)."""
    held = list(seats)
    problems = [] if "chair" in held else ["缺主任委员"]
    problems += [] if "secretary" in held else ["缺秘书"]
    return problems + ([f"现有 {len(held)} 人，少于 {size_min} 人"] if len(held) < size_min else [])


class NotInOrder(ValueError):
    """A change would overlap what is known already; the message is a Chinese sentence for the page."""


def check_change(*, current_from: date, current_to: date | None, on: date) -> None:
    """A version may be followed from its own first day on; history before it is not rewritten (ORG-25)."""
    if current_to is not None:
        raise NotInOrder(f"该科室已于 {current_to:%Y-%m-%d} 撤销，不能再变更。")
    if on < current_from:
        raise NotInOrder(f"生效日期不能早于现行版本的生效日期 {current_from:%Y-%m-%d}：历史不改写。")

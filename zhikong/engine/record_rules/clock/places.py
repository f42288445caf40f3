"""Where a patient lay at a moment, and whose obligation something is."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from zhikong.engine.record_rules.clock.moments import minute


class Places:
    """From the stays and their transfers."""

    def __init__(
        self, stays: Iterable[Mapping[str, Any]], transfers: Iterable[Mapping[str, Any]] = ()
    ) -> None:
        self._stays = {row["stay_id"]: row for row in stays}
        moves: dict[str, list[tuple[int, str | None, str | None]]] = defaultdict(list)
        for row in transfers:
            if row.get("at") is not None:
                moves[row["stay_id"]].append(
                    (minute(row["at"]), row.get("from_department"), row.get("to_department"))
                )
        self._moves = {stay: sorted(own, key=lambda m: m[0]) for stay, own in moves.items()}

    def at(self, stay: str, at: int | None) -> tuple[str | None, str | None]:
        """Institution and department at that minute; None stands for the end of the stay."""
        row = self._stays.get(stay, {})
        last = row.get("discharge_department") or row.get("admission_department")
        moves = self._moves.get(stay)
        if at is None or not moves:
            return row.get("institution"), last
        place = bisect_right([m[0] for m in moves], at)
        found = moves[place - 1][2] if place else moves[0][1] or row.get("admission_department")
        return row.get("institution"), found or last

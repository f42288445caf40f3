"""How loud an alert is, why, and when people are told. Pure: no ORM, no clock."""

from dataclasses import dataclass
from datetime import datetime, time

RED, AMBER, NOTE = "red", "amber", "note"
LOUDNESS = (RED, AMBER, NOTE)
SIGNAL, TARGET, NEVER = "signal", "target", "never"
BASES = (NEVER, SIGNAL, TARGET)
THREE_SIGMA = 0.00135  # one side of a three-sigma limit
PATTERNS = 0.011  # one side of the NHS rules in the newest month: half of the measured 2.2 %


@dataclass(frozen=True)
class Loud:
    """tier: red, amber or note. basis: never, signal or target. chance: of a signal, its share of the false ones."""

    tier: str
    basis: str
    chance: float | None = None


@dataclass(frozen=True)
class Seen:
    """What is known of one chart's newest month.

    event: a never-event happened. discovered: the tier that false-discovery control gives, with its chance. critical:
    a critical outcome lies beyond a limit on the bad side. shifted: some run rule holds on the bad side.
    """

    event: bool = False
    discovered: str = ""
    chance: float = 0.0
    critical: bool = False
    shifted: bool = False
    consecutive_misses: int = 0
    hospital: bool = False


def loud(seen: Seen, *, critical_chance: float = 0.0, note_chance: float = 0.0) -> Loud:
    """The loudest that holds; of equals an event comes before a signal, a signal before a missed target.

    critical_chance, note_chance: the share of chance among the signals of that sort in this month.
    """
    claims = [Loud(NOTE, SIGNAL, note_chance)] if seen.shifted else []
    if seen.event:
        claims.append(Loud(RED, NEVER))
    if seen.discovered:
        claims.append(Loud(seen.discovered, SIGNAL, seen.chance))
    if seen.critical:
        claims.append(Loud(RED, SIGNAL, critical_chance))
    if seen.consecutive_misses:
        claims.append(Loud(by_misses(seen), TARGET))
    return min(claims or [Loud(NOTE, TARGET)], key=_order)


def _order(claim: Loud) -> tuple:
    return LOUDNESS.index(claim.tier), BASES.index(claim.basis), claim.chance or 0.0


def by_misses(seen: Seen) -> str:
    """A target that is missed is a fact, not a test: three months in a row red, two amber; one amber for the hospital
    or with a signal to the bad side."""
    if seen.consecutive_misses >= 3:
        return RED
    return AMBER if seen.consecutive_misses == 2 or seen.hospital or seen.shifted else NOTE


def louder(before: str, now: str) -> str:
    """An open alert never grows quieter: it closes when it is over."""
    return min(before, now, key=LOUDNESS.index)


def chance_share(*, charts: int, found: int, rate: float) -> float:
    """Of `found` signals among `charts`, the share that chance alone gives at `rate` a chart; at most all."""
    return min(1.0, charts * rate / found) if found else 0.0


def quiet(at: time, start: time, end: time) -> bool:
    """Inside the quiet hours, which may run over midnight; the same hour twice means none."""
    if start <= end:
        return start <= at < end
    return at >= start or at < end


def digest_due(
    now: datetime, last: datetime | None, *, digest_at: time, quiet_from: time, quiet_to: time
) -> bool:
    """One digest a day, after its hour, outside the quiet hours. now, last: in the hospital's zone."""
    if quiet(now.time(), quiet_from, quiet_to) or now.time() < digest_at:
        return False
    return last is None or last.date() < now.date()


def in_words(false: float, count: int) -> str:
    """How many of a list are chance, as people say it: “不到 1 条”, “大约 1–2 条”."""
    if not count:
        return ""
    if false < 0.05:
        return "几乎没有"
    if false < 0.95:
        return "不到 1 条"
    low, high = int(false), -int(-false // 1)
    return f"大约 {low} 条" if low == high else f"大约 {low}–{high} 条"

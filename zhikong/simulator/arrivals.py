"""Who comes, with what, for how long, and who comes back: the cohort on which every other stage builds."""

from dataclasses import dataclass, fields

import numpy as np

from zhikong.simulator import catalogue, seasons, shifts
from zhikong.simulator.clock import DAY, Window, months_of, stream, years_between

WARM_UP_DAYS = 150
"""So long before the window the hospital starts to fill, so that the first month's census is real."""

LONGEST = 140  # days
_SPREAD = 0.42  # of the logarithm of the length of stay
_COMPLICATED = 0.03  # share of stays that last 2.4 times as long: the tail beyond thirty days


@dataclass
class Cohort:
    """One row is a stay that was open or ended in the window, by discharge. Minutes count from 1970."""

    case: np.ndarray  # row of catalogue.cases()
    home: np.ndarray  # number of the department that treats the case
    admitted: np.ndarray  # minute
    discharged: np.ndarray  # minute; of open stays the future one
    emergency: np.ndarray  # bool: came through the emergency department
    operation: np.ndarray  # row of catalogue.operations() of the principal operation, -1 none
    day_surgery: np.ndarray  # bool
    patient: np.ndarray  # number of the patient
    male: np.ndarray  # bool
    birth: np.ndarray  # day
    dead: np.ndarray  # bool: the stay ends in death
    plan: np.ndarray  # why the next stay of the patient comes: 0 none, 1 planned, 2 unplanned, 3 much later
    open: np.ndarray  # bool: not discharged when the window ends

    def __len__(self) -> int:
        return len(self.case)

    def take(self, index: np.ndarray) -> "Cohort":
        """The rows at these positions (or where the mask is true)."""
        return Cohort(**{f.name: getattr(self, f.name)[index] for f in fields(self)})

    @property
    def nights(self) -> np.ndarray:
        """Discharge date minus admission date."""
        return self.discharged // DAY - self.admitted // DAY

    @property
    def days(self) -> np.ndarray:
        """Official days of stay: the date difference, but 1 if it is 0."""
        return np.maximum(self.nights, 1)

    @property
    def month(self) -> np.ndarray:
        """Month number of the discharge."""
        return months_of(self.discharged // DAY)

    @property
    def age(self) -> np.ndarray:
        """Completed years on admission."""
        return years_between(self.birth, self.admitted // DAY)


def cohort(
    seed: int,
    window: Window,
    scale: float,
    plan: tuple[shifts.Shift, ...],
    weights: np.ndarray | None = None,
) -> Cohort:
    """The stays of the window; `scale` multiplies the number of admissions, `weights` those of each department."""
    rng = stream(seed, "arrivals")
    day, home = _admissions(rng, window, scale, plan, weights)
    case = np.searchsorted(
        catalogue.cases().cumulative, home + rng.random(len(home)) * (1 - 1e-12), side="right"
    )
    emergency = rng.random(len(home)) < catalogue.habits().emergency[home]
    operation = _principal_operation(rng, case)
    day_surgery = _is_day_surgery(rng, operation, emergency)
    admitted = day * DAY + _hour_of_admission(rng, emergency, day_surgery)
    discharged = _discharge(rng, case, admitted, day_surgery, home, day, plan)
    made = _people(rng, case, home, admitted, discharged, emergency, operation, day_surgery)
    made.open = made.discharged >= window.end_day * DAY
    kept = made.take(np.flatnonzero(made.discharged >= window.first_day * DAY))
    return kept.take(np.lexsort((kept.admitted, kept.discharged, kept.open)))


def _admissions(rng, window: Window, scale: float, plan, weights) -> tuple[np.ndarray, np.ndarray]:
    """Day and department of each admission, Poisson around the expectation."""
    days = np.arange(window.first_day - WARM_UP_DAYS, window.end_day)
    expected = seasons.expected_admissions(days) * scale
    expected = expected if weights is None else expected * weights[:, None]
    numbers = np.arange(len(expected))
    longer = shifts.values(
        plan,
        "average_length_of_stay",
        np.ones(expected.size),
        np.repeat(numbers, len(days)),
        np.tile(months_of(days), len(numbers)),
    ).reshape(expected.shape)
    counts = rng.poisson(expected / longer)  # the beds do not grow: longer stays leave room for fewer
    home = np.repeat(np.repeat(numbers, len(days)), counts.ravel())
    return np.repeat(np.tile(days, len(numbers)), counts.ravel()), home


def _principal_operation(rng, case: np.ndarray) -> np.ndarray:
    """Row of the operation, or -1: the first choice whose cumulative chance exceeds a uniform number."""
    mix = catalogue.cases()
    choice = (mix.chance[case] <= rng.random(len(case))[:, None]).sum(axis=1)
    found = choice < catalogue.MAX_CHOICES
    return np.where(found, mix.operation[case, np.minimum(choice, catalogue.MAX_CHOICES - 1)], -1)


def _is_day_surgery(rng, operation: np.ndarray, emergency: np.ndarray) -> np.ndarray:
    share = np.where(operation >= 0, catalogue.operations().day[operation], 0.0)
    return (rng.random(len(operation)) < share) & ~emergency


def _hour_of_admission(rng, emergency: np.ndarray, day_surgery: np.ndarray) -> np.ndarray:
    """Minute of the day: planned patients in office hours, emergencies at any time, mostly later."""
    count = len(emergency)
    planned = 8 * 60 + 480 * rng.beta(1.6, 2.4, count)
    urgent = np.where(
        rng.random(count) < 0.25, rng.random(count) * DAY, rng.normal(15.5 * 60, 250, count) % DAY
    )
    early = 7 * 60 + 30 + 90 * rng.random(count)
    return np.select([day_surgery, emergency], [early, urgent], planned).astype(np.int64)


def _discharge(rng, case, admitted, day_surgery, home, day, plan) -> np.ndarray:
    """Minute of discharge: log-normal nights around the case's median, mostly in office hours."""
    count = len(case)
    factor = shifts.values(plan, "average_length_of_stay", np.ones(count), home, months_of(day))
    factor = np.where(rng.random(count) < _COMPLICATED, 2.4 * factor, factor)
    nights = np.rint(catalogue.cases().days[case] * factor * np.exp(rng.normal(0, _SPREAD, count)))
    short = rng.random(count) < 0.012  # leaves, dies or is moved on within a day
    nights = np.where(short, 0, np.clip(nights, 1, LONGEST))
    nights = np.where(day_surgery, rng.random(count) < 0.62, nights).astype(np.int64)
    of_day = admitted % DAY
    nights = np.where((nights == 0) & (of_day > 16 * 60), 1, nights)
    hour = np.rint(np.clip(rng.normal(11 * 60, 110, count), 8 * 60, 17 * 60 + 30)).astype(np.int64)
    same_day = np.minimum(of_day + 180 + (rng.random(count) * 240).astype(np.int64), DAY - 1)
    moved = np.where((nights > 2) & ((day + nights + 3) % 7 == 6) & (rng.random(count) < 0.5), 1, 0)
    return np.where(nights == 0, admitted - of_day + same_day, (day + nights + moved) * DAY + hour)


def _people(rng, case, home, admitted, discharged, emergency, operation, day_surgery) -> Cohort:
    """Give every stay a patient; those who come back keep number, sex and birth date."""
    mix, count = catalogue.cases(), len(case)
    plan, parent = _returns(rng, case, home, admitted, discharged, day_surgery)
    root = _first_stay(parent)
    male = np.where(mix.sex[case] == 0, rng.random(count) < catalogue.habits().male[home], mix.sex[case] == 1)
    birth = (admitted // DAY) - _age_in_days(rng, case)
    male, birth = male[root], birth[root]
    age = years_between(birth, admitted // DAY)
    risk = mix.deaths[case] * np.clip(1 + (age - 66) / 45, 0.55, 1.9) * 1.1
    dead = (rng.random(count) < risk) & (plan == 0) & ~day_surgery
    discharged = np.where(dead, _hour_of_death(rng, admitted, discharged), discharged)
    none_open = np.zeros(count, dtype=bool)
    return Cohort(
        case,
        home,
        admitted,
        discharged,
        emergency,
        operation,
        day_surgery,
        root,
        male,
        birth,
        dead,
        plan,
        none_open,
    )


def _age_in_days(rng, case: np.ndarray) -> np.ndarray:
    """Age on admission in days, within the case's range of years; newborns within three weeks."""
    mix, count = catalogue.cases(), len(case)
    low, high = mix.age_from[case], mix.age_to[case]
    child = high <= 16
    share = np.where(child, rng.beta(1.1, 2.0, count), rng.beta(2.3, 2.0, count))
    years = low + share * (high - low)
    newborn = rng.beta(0.7, 3.0, count) * 21
    return np.where(high == 0, newborn, years * 365.25 + 30).astype(np.int64)


def _hour_of_death(rng, admitted: np.ndarray, discharged: np.ndarray) -> np.ndarray:
    """Death keeps no office hours: any minute of the last day, but at least two hours after admission."""
    minute = discharged // DAY * DAY + (rng.random(len(admitted)) * DAY).astype(np.int64)
    return np.maximum(minute, admitted + 120)


def _returns(rng, case, home, admitted, discharged, day_surgery) -> tuple[np.ndarray, np.ndarray]:
    """Why each stay is followed by another (0 none), and the stay before it of the same patient (-1).

    A patient comes back with the same case: the later stay is one that begins within five days after the
    wished date and that nobody else has claimed.
    """
    wish, gap = _wishes(rng, case, home, day_surgery)
    order = np.lexsort((admitted, case))
    key = case[order] * 10**9 + admitted[order]
    wishers = np.flatnonzero(wish > 0)
    target = discharged[wishers] + gap[wishers]
    place = np.searchsorted(key, case[wishers] * 10**9 + target)
    place = np.minimum(place, len(order) - 1)
    later = order[place]
    fits = (case[later] == case[wishers]) & (admitted[later] >= target) & (admitted[later] - target < 5 * DAY)
    wishers, later = wishers[fits], later[fits]
    later, first = np.unique(later, return_index=True)
    wishers = wishers[first]
    plan, parent = np.zeros(len(case), dtype=np.int64), np.full(len(case), -1)
    plan[wishers], parent[later] = wish[wishers], wishers
    return plan, parent


def _wishes(rng, case, home, day_surgery) -> tuple[np.ndarray, np.ndarray]:
    """Whether and after how many minutes the patient would come back."""
    count, codes = len(case), catalogue.cases().code
    chemotherapy = np.isin(np.array([code[:1] for code in codes]), ["C"]) | np.char.startswith(codes, "Z51")
    numbers = catalogue.department_index()
    cyclic = chemotherapy[case] & np.isin(home, [numbers["ONCO"], numbers["HEMA"]])
    never = np.isin(home, [numbers["NEON"], numbers["OBST"], numbers["EMER"]]) | day_surgery
    u = rng.random(count)
    planned, unplanned = np.where(cyclic, 0.62, 0.014), np.where(cyclic, 0.03, 0.045)
    wish = np.select([u < planned, u < planned + unplanned, u < planned + unplanned + 0.12], [1, 2, 3], 0)
    wish = np.where(never, 0, wish)
    days = np.select(
        [wish == 1, wish == 2],
        [rng.normal(20, 3, count), 1 + rng.exponential(12, count)],
        rng.uniform(45, 420, count),
    )
    return wish, (np.maximum(days, 1) * DAY).astype(np.int64)


def _first_stay(parent: np.ndarray) -> np.ndarray:
    """The first stay of each stay's chain: pointers are doubled until nothing moves."""
    root = np.where(parent >= 0, parent, np.arange(len(parent)))
    while True:
        further = root[root]
        if (further == root).all():
            return root
        root = further

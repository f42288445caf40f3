"""What kind of hospital is simulated: its mix of patients, how careful its people are, and when their shifts change.

The seed says what happens by chance, the profile what is usual. `city` is the hospital of the demo; `county` is one
to which no rule was tuned: more children, births and emergencies, shorter stays, three shifts, more carelessness.
"""

from dataclasses import dataclass

import numpy as np

from zhikong.simulator import hospital
from zhikong.simulator.shifts import Shift

HOUR = 60


@dataclass(frozen=True)
class Profile:
    """`careless` multiplies the shares of planted faults, `mix` the admissions of departments.

    `duty`: first and last minute (excluded) of each shift, counted from midnight; the last one may reach into
    the next day. `usual` are shifts that hold for all months, such as shorter stays.
    """

    name: str
    careless: float = 1.0
    dear: float = 1.0  # how much more than usual the dearest stays cost
    omits: bool = False  # whether further things are forgotten (events.omissions)
    mix: tuple[tuple[str, float], ...] = ()
    usual: tuple[Shift, ...] = ()
    duty: tuple[tuple[int, int], ...] = ((8 * HOUR, 17 * HOUR + 30), (17 * HOUR + 30, 32 * HOUR))

    def weights(self) -> np.ndarray:
        """The factor on the admissions of each admitting department, in official order."""
        chosen = dict(self.mix)
        return np.array([chosen.get(department.code, 1.0) for department in hospital.admitting()])


CITY = Profile("city")
COUNTY = Profile(
    "county",
    careless=1.7,
    dear=3.2,
    omits=True,
    mix=(
        ("PEDI", 1.9), ("OBST", 1.6), ("GSUR", 1.4), ("ORTH", 1.3), ("RESP", 1.3), ("EMER", 1.8), ("INFE", 1.5),
        ("CARD", 0.7), ("NEUS", 0.6), ("ONCO", 0.5), ("HEMA", 0.3), ("RHEU", 0.4), ("THOR", 0.5), ("REHA", 1.5),
    ),
    usual=(Shift("average_length_of_stay", None, "1990-01", None, 1.0, 0.85, "factor", "平均住院日较短"),),
    duty=((7 * HOUR + 30, 15 * HOUR), (15 * HOUR, 22 * HOUR + 30), (22 * HOUR + 30, 31 * HOUR + 30)),
)  # fmt: skip
PROFILES = {profile.name: profile for profile in (CITY, COUNTY)}


def profile(name: str) -> Profile:
    """The profile of that name. Raises ValueError for an unknown one."""
    if name not in PROFILES:
        raise ValueError(f"no profile {name}: there are {', '.join(PROFILES)}")
    return PROFILES[name]

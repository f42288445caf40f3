"""One small simulated hospital for all tests of the simulator."""

import pytest

from zhikong.simulator import Simulation, simulate


@pytest.fixture(scope="session")
def small() -> Simulation:
    """Three months of a 150-bed hospital, from December 2025: about 1,600 discharges."""
    return simulate(seed=7, months=3, first_month="2025-12", scale=0.25, events=True)


@pytest.fixture(scope="session")
def year() -> Simulation:
    """The demo hospital as it is: 24 months, 600 beds."""
    return simulate(seed=1)

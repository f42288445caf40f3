"""A synthetic hospital with a ledger of the truth it planted. Reads no packs and no definitions."""

from zhikong.simulator.simulation import Simulation, simulate, write

__all__ = ["Simulation", "simulate", "write"]

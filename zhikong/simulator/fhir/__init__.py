"""The simulated hospital speaks FHIR R4: bulk NDJSON of its tables, with planted faults and their ledger."""

from zhikong.simulator.fhir.carrying import carried
from zhikong.simulator.fhir.faults import KINDS, Planted
from zhikong.simulator.fhir.writing import Export, write

__all__ = ["KINDS", "Export", "Planted", "carried", "write"]

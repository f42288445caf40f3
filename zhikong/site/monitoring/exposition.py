"""The numbers as Prometheus reads them: what the processes counted, and what the installation is like now."""

import os
from collections.abc import Iterable, Iterator
from datetime import datetime

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector

from zhikong.site.monitoring import counters, measured
from zhikong.site.monitoring.numbers import Number

CONTENT_TYPE = CONTENT_TYPE_LATEST


class Now:
    """A collector that asks for each number at the moment of the question."""

    def __init__(self, now: datetime):
        self.now = now

    def describe(self) -> list[Metric]:
        return []  # registering must not ask the database

    def collect(self) -> Iterator[Metric]:
        yield from families(measured.numbers(now=self.now))


def text(*, now: datetime) -> bytes:
    """All numbers; those that cannot be had at the moment are left out, and their source is named."""
    registry = CollectorRegistry()
    folder = os.environ.get("PROMETHEUS_MULTIPROC_DIR")
    if folder:
        MultiProcessCollector(registry, path=folder)
    registry.register(Now(now))  # type: ignore[arg-type]
    counted = b"" if folder else generate_latest(counters.REGISTRY)
    return counted + generate_latest(registry)


def families(numbers: Iterable[Number]) -> Iterator[Metric]:
    """Numbers of one name become one family with their labels."""
    found: dict[str, GaugeMetricFamily] = {}
    for number in numbers:
        family = found.get(number.name)
        if family is None:
            family = found[number.name] = GaugeMetricFamily(
                number.name, number.help, labels=tuple(number.labels)
            )
        family.add_metric(tuple(number.labels.values()), number.value)
    yield from found.values()

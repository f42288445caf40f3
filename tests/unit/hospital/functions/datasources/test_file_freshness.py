"""Files that people bring in are sources as well: the newest of each format says how fresh its tables are."""

from datetime import timedelta

import pytest
from django.utils import timezone

from zhikong.foundation.facts.freshness import State, freshness
from zhikong.foundation.facts.models import Load


def load(hospital, mapping, *, ago, state=Load.State.PUBLISHED, feed=""):
    at = timezone.now() - ago
    Load.objects.create(
        institution_id=hospital.id, source_name="a.csv", mapping=mapping, state=state, started_at=at, finished_at=at,
        feed=feed,
    )  # fmt: skip


@pytest.mark.proves("F-07", "F-32")
def test_the_newest_file_of_a_format_speaks_for_it(hospital):
    load(hospital, "front_page", ago=timedelta(days=70))
    load(hospital, "front_page", ago=timedelta(hours=2, minutes=5))
    load(hospital, "front_page", ago=timedelta(minutes=1), state=Load.State.REFUSED)
    load(hospital, "contract", ago=timedelta(days=50))
    load(hospital, "front_page", ago=timedelta(minutes=1), feed="his")  # the feed speaks for itself
    found = {one.source: one for one in freshness()}
    page = next(one for name, one in found.items() if "stays" in one.tables)
    assert (page.state, page.lag >= timedelta(hours=2), page.lag < timedelta(hours=3)) == (
        State.FRESH,
        True,
        True,
    )
    assert found["数据契约表"].state is State.LATE
    assert freshness(["results"])[0].source == "数据契约表"  # it may fill any table, and it is late

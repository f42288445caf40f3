"""A pack with three small duties stands in for the packaged ones."""

from datetime import UTC, datetime

import pytest

from tests.unit.foundation.duties.samples import written
from zhikong.foundation.packstore import shelf

MONDAY = datetime(2026, 11, 16, 2, 0, tzinfo=UTC)  # 10:00 in the hospital, the first day of 2026-W47

DUTIES = {
    "monthly_self_check": {},
    "weekly_round": {
        "title": "{zh: 每周巡查}",
        "who": "{role: head_nurse, department_kinds: [clinical], codes: [CARD]}",
        "every": "week",
        "due": "{weekday: 5}",
        "evidence": "{form: crash_cart_round}",
        "says": "每周一次",
        "remind": "[{before: 1}, {after: 1, to: head_nurse}, {after: 3, to: quality_office}]",
    },
    "committee_meeting": {
        "title": "{zh: 委员会会议}",
        "body": "committee",
        "who": "{role: quality_office, committee: quality_committee}",
        "every": "quarter",
        "due": "{working_day: -1}",
        "times": "2",
        "evidence": "{hand: [meeting, decision]}",
        "says": "每季两次",
    },
    "close_the_month": {
        "title": "{zh: 月度结账}",
        "body": "hospital",
        "who": "{role: quality_office}",
        "due": "{working_day: 10, of: following}",
        "evidence": "{fact: month_closed}",
        "says": "每月结账",
    },
}


@pytest.fixture
def pack(tmp_path):
    """The folder of packs; tests write into its duties and call ``shelf.forget()``."""
    folder = tmp_path / "national"
    (folder / "duties").mkdir(parents=True)
    (folder / "pack.yaml").write_text('id: national\nversion: "1"\nname: {zh: 测试}\n', "utf-8")
    for name, changes in DUTIES.items():
        (folder / "duties" / f"{name}.yaml").write_text(written(id=name, **changes), "utf-8")
    with shelf.instead(tmp_path):
        yield folder / "duties"

"""Who gets a notice, and what counts as read."""

from datetime import UTC, datetime

import pytest

from zhikong.foundation.notices import actions, queries

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


@pytest.fixture
def staff(make_user, hospital):
    card, surgery = hospital.departments["CARD"], hospital.departments["GSUR"]
    return {
        "office": make_user("quality_office"),
        "head": make_user("department_head", card),
        "nurse": make_user("head_nurse", card),
        "doctor": make_user("physician", card),
        "surgeon": make_user("department_head", surgery),
    }


def readers(notice, staff):
    told = set(notice.receipts.values_list("user_id", flat=True))
    return {name for name, user in staff.items() if user.pk in told}


def test_a_department_means_its_leaders_and_nobody_twice(staff, hospital):
    card = hospital.departments["CARD"].id
    notice = actions.send(
        by=staff["office"], now=NOW, title="简报", users=[staff["head"], None], departments=[card]
    )
    assert readers(notice, staff) == {"head", "nurse"}


def test_roles_reach_all_departments_and_never_the_sender(staff):
    heads = actions.send(by=staff["head"], now=NOW, title="通知", roles=["department_head", "unknown"])
    assert readers(heads, staff) == {"surgeon"}


def test_the_first_opening_counts_and_only_ones_own(staff):
    notice = actions.send(by=None, now=NOW, title="通知", users=[staff["head"], staff["nurse"]])
    receipt = queries.inbox(user=staff["head"]).get()
    with pytest.raises(ValueError, match="sent to"):
        actions.mark_read(receipt, by=staff["nurse"], now=NOW)
    actions.mark_read(receipt, by=staff["head"], now=NOW)
    actions.mark_read(receipt, by=staff["head"], now=NOW.replace(year=2027))
    receipt.refresh_from_db()
    assert receipt.read_at == NOW
    assert queries.read_count(notice) == queries.ReadCount(sent=2, read=1)
    assert queries.unread_count(user=staff["nurse"]) == 1

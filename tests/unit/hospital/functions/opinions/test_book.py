"""The patient-opinion book: written down by anybody, answered by the department, read by the nursing office."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError

from zhikong.foundation.flows import actions
from zhikong.foundation.forms.actions import Incomplete

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
OPINION = {
    "given_on": "2026-11-23",
    "kind": "criticism",
    "channel": "book",
    "about": ["waiting"],
    "content": "等做 B 超等了三个小时。",
    "who": "patient",
    "wants_reply": "yes",
    "contact": "李女士 139",
}
ANSWER = {
    "finding": "当天停机检修。",
    "justified": "yes",
    "measure": "检修提前公示。",
    "told": "phone",
    "told_on": "2026-11-24",
}


@pytest.fixture
def people(hospital, make_user):
    cardiology = hospital.departments["CARD"]
    return {
        "nurse": make_user("nurse", cardiology, name="小周"),
        "head": make_user("department_head", cardiology, name="李建国"),
        "nursing": make_user("nursing", name="何护理"),
        "office": make_user("quality_office", name="王敏"),
    }


def written(people, hospital, **changes):
    return actions.open_case(
        by=people["nurse"], now=NOW, flow_id="patient_opinions", title="等候时间长",
        department_id=hospital.departments["CARD"].id, answers={**OPINION, **changes},
    )  # fmt: skip


@pytest.mark.proves("CMP-19")
def test_written_answered_sent_back_once_and_closed(people, hospital):
    case = written(people, hospital)
    assert (case.owner, "5 个工作日" in case.due_reason) == (people["head"], True)
    actions.act(case, by=people["head"], now=NOW, transition="answer", answers=ANSWER)
    actions.act(case, by=people["nursing"], now=NOW, transition="send_back", reason="没有写完成时间")
    assert case.owner == people["head"]
    actions.act(case, by=people["head"], now=NOW, transition="answer", answers=ANSWER)
    actions.act(case, by=people["nursing"], now=NOW + timedelta(days=1), transition="confirm")
    assert case.state == "closed"


def test_only_praise_is_filed_without_an_answer(people, hospital):
    with pytest.raises(ValidationError, match="只有表扬"):
        actions.act(written(people, hospital), by=people["head"], now=NOW, transition="file")
    praise = written(people, hospital, kind="praise")
    actions.act(praise, by=people["head"], now=NOW, transition="file")
    assert praise.state == "filed"


def test_an_answer_that_says_it_is_true_needs_a_measure(people, hospital):
    case = written(people, hospital)
    lacking = {key: value for key, value in ANSWER.items() if key != "measure"}
    with pytest.raises(Incomplete):
        actions.act(case, by=people["head"], now=NOW, transition="answer", answers=lacking)
    not_true = {**lacking, "justified": "no"}
    actions.act(case, by=people["head"], now=NOW, transition="answer", answers=not_true)
    assert case.state == "answered"

"""From the question to the suggestion: off by default, audited, harmless when the service fails, decided by a person."""

import json
import threading
from contextlib import nullcontext
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from tests.charts import note, publish, stay

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
TEXT = "根据病史诊断明确，联系电话13812345678。"
REMARK = {
    "document": "D1",
    "section": "诊断依据",
    "quote": "诊断明确",
    "advice": "写明支持诊断的体征和检查。",
}


class Model(ThreadingHTTPServer):
    """A language model of the hospital's own: keeps what it was sent, answers as it is told."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.seen, self.status, self.said = [], 200, json.dumps([REMARK], ensure_ascii=False)
        self.address = f"http://127.0.0.1:{self.server_address[1]}/v1"


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.seen.append((self.path, self.headers.get("Authorization"), body))
        self.send_response(self.server.status)
        self.end_headers()
        self.wfile.write(json.dumps({"choices": [{"message": {"content": self.server.said}}]}).encode())

    def log_message(self, *args):
        pass


@pytest.fixture
def model():
    server = Model()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def chart(hospital):
    publish(
        hospital, now=NOW, stays=[stay("Z1")], notes=[note("Z1", 1, "37", sections=(("诊断依据", TEXT),))]
    )
    return hospital


@pytest.fixture
def reviewer(make_user):
    return make_user("quality_office")


@pytest.fixture
def service(chart, model, make_user):
    from zhikong.foundation.suggestions.actions import configure

    return configure(
        by=make_user("administrator"), now=NOW, address=model.address, model="house", enabled=True, key="sk-geheim",
        seconds=5,
    )  # fmt: skip


def asked(reviewer):
    """A question that was put and answered, as the job does it."""
    from zhikong.foundation.suggestions import actions, answering

    call = actions.ask(by=reviewer, now=NOW, stay_id="Z1")
    answering.answer(call.pk, nullcontext, now=lambda: NOW)
    call.refresh_from_db()
    return call


def test_nothing_is_asked_before_the_administrator_switches_it_on(chart, reviewer):
    from zhikong.foundation.suggestions import actions, queries

    assert not queries.is_on()
    with pytest.raises(ValidationError, match="没有启用"):
        actions.ask(by=reviewer, now=NOW, stay_id="Z1")


def test_only_the_administrator_sets_it_and_only_inside(chart, reviewer, make_user):
    from zhikong.foundation.suggestions.actions import configure

    how = {"now": NOW, "model": "m", "enabled": True}
    with pytest.raises(PermissionDenied):
        configure(by=reviewer, address="http://127.0.0.1/v1", **how)
    with pytest.raises(ValidationError, match="不在院内"):
        configure(by=make_user("administrator"), address="http://8.8.8.8/v1", **how)


def test_the_key_is_sealed_and_kept_when_left_empty(service, model, make_user):
    from zhikong.foundation.notices.sealing import unseal
    from zhikong.foundation.suggestions.actions import configure

    assert b"geheim" not in bytes(service.sealed)
    again = configure(by=make_user("administrator"), now=NOW, address=model.address, model="x", enabled=True)
    assert unseal(again.sealed, bound_to=again.bound_to) == {"key": "sk-geheim"}


@pytest.mark.proves("REC-24")
def test_a_remark_becomes_a_suggestion_on_its_span_and_only_cleared_text_was_sent(service, model, reviewer):
    from zhikong.foundation.suggestions import queries

    call = asked(reviewer)
    assert (call.state, call.said, call.dropped) == ("done", "", 0)
    (one,) = queries.suggestions_of("Z1")
    assert (one.document, one.section, TEXT[one.start : one.end]) == ("Z1-1", "诊断依据", "诊断明确")
    assert (one.advice, one.outcome) == (REMARK["advice"], "")
    ((path, key, body),) = model.seen
    assert (path, key, body["model"]) == ("/v1/chat/completions", "Bearer sk-geheim", "house")
    sent = json.dumps(body, ensure_ascii=False)
    assert "13812345678" not in sent
    assert "Z1" not in sent
    assert call.characters == len(TEXT.replace("13812345678", "【电话】"))


def test_each_call_stands_in_the_audit_trail(service, reviewer):
    from zhikong.foundation.audit.models import AuditEvent

    asked(reviewer)
    told = [event.after for event in AuditEvent.objects.filter(subject="suggestions.call")]
    assert [(one["count"] > 0, "Z1" in one["purpose"]) for one in told] == [(True, True)]


@pytest.mark.parametrize(
    ("status", "said", "told"),
    [(500, "[]", "HTTP 500"), (302, "[]", "HTTP 302"), (200, "我不知道", "不是约定的格式")],
)
def test_a_service_that_fails_leaves_a_sentence_and_nothing_else(
    service, model, reviewer, status, said, told
):
    from zhikong.foundation.suggestions import queries

    model.status, model.said = status, said
    call = asked(reviewer)
    assert call.state == "failed"
    assert told in call.said
    assert not queries.suggestions_of("Z1")


def test_a_service_that_is_gone_is_told_so(service, model, reviewer):
    model.shutdown()
    model.server_close()
    assert "连接不上" in asked(reviewer).said


def test_one_question_at_a_time_until_it_is_given_up(service, reviewer):
    from zhikong.foundation.suggestions.actions import ask

    ask(by=reviewer, now=NOW, stay_id="Z1")
    with pytest.raises(ValidationError, match="正在等待"):
        ask(by=reviewer, now=NOW, stay_id="Z1")
    assert ask(by=reviewer, now=NOW + timedelta(minutes=11), stay_id="Z1").state == "waiting"


def test_a_person_decides_once_and_no_finding_or_point_comes_of_it(service, reviewer):
    from zhikong.foundation.facts.chart_findings import of_stay
    from zhikong.foundation.suggestions import actions, queries

    asked(reviewer)
    before = [one for one in of_stay("Z1") if one.points]
    (one,) = queries.suggestions_of("Z1")
    done = actions.decide(by=reviewer, now=NOW, suggestion=one, taken=True)
    assert (done.outcome, done.decided_by) == ("taken", reviewer)
    assert [one for one in of_stay("Z1") if one.points] == before
    with pytest.raises(ValidationError, match="已经处理"):
        actions.decide(by=reviewer, now=NOW, suggestion=one, taken=False)

"""A request leaves a number, a line without a person's name or address, and its cost; an anonymous one nothing."""

import asyncio
import logging
from types import SimpleNamespace

import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from tests.apart import run_apart
from zhikong.foundation.access.scope import Scope
from zhikong.site.monitoring import counters, jobs, lines
from zhikong.site.monitoring.middleware import RequestMiddleware

NUMBER = "510100194910010012"


class Kept(logging.Handler):
    """Lines as they are written, while the request is under way."""

    def __init__(self):
        super().__init__()
        self.lines = []

    def emit(self, record):
        self.lines.append(lines.as_fields(record, process="web"))


@pytest.fixture
def answer():
    kept, log = Kept(), logging.getLogger("zhikong.requests")
    log.addHandler(kept)
    before, log.level = log.level, logging.INFO

    def ask(*, view="patients:one", app="patients", status=200):
        request = RequestFactory().get(f"/patients/{NUMBER}/?name=王秀英")

        def page(request):
            request.resolver_match = SimpleNamespace(view_name=view, app_name=app) if view else None
            request.scope = Scope(1, user_id=41, actor="wangxiuying")
            return HttpResponse(status=status)

        response = RequestMiddleware(page)(request)
        assert not any(word in str(kept.lines) for word in (NUMBER, "王秀英", "wangxiuying"))
        return request, response, kept.lines

    yield ask
    log.removeHandler(kept)
    log.level = before


def test_a_line_has_the_page_the_account_number_and_the_cost_and_the_answer_its_number(answer):
    request, response, (line,) = answer()
    assert response["X-Request-ID"] == request.request_id == line["request"]
    assert (line["view"], line["status"], line["user"], line["method"]) == ("patients:one", 200, 41, "GET")
    assert line["ms"] >= 0
    assert line["cpu_ms"] >= 0


def test_a_caller_cannot_choose_the_number_that_the_log_shows():
    request = RequestFactory().get("/", headers={"X-Request-ID": "王秀英"})
    response = RequestMiddleware(lambda r: HttpResponse())(request)
    assert len(response["X-Request-ID"]) == 32


@pytest.mark.parametrize(("view", "app"), [("incidents:report", "incidents"), ("alive", ""), ("", "")])
def test_reports_of_incidents_machines_and_unknown_addresses_leave_no_line(answer, view, app):
    assert answer(view=view, app=app)[2] == []


def test_a_failure_in_a_report_is_told_without_the_account(answer):
    (line,) = answer(view="incidents:report", app="incidents", status=500)[2]
    assert "user" not in line
    assert line["status"] == 500


def test_counts_are_by_page_never_by_address(answer):
    answer(view="tests:counted")
    samples = {
        s.name: s for m in counters.REGISTRY.collect() for s in m.samples if "tests:counted" in str(s.labels)
    }
    assert samples["zhikong_requests_total"].labels == {
        "view": "tests:counted",
        "method": "GET",
        "status": "200",
    }
    assert "zhikong_request_cpu_seconds_total" in samples
    assert not any(NUMBER in str(s) for m in counters.REGISTRY.collect() for s in m.samples)


def test_an_invented_method_does_not_become_a_label():
    counters.answered(view="tests:method", method="王秀英", status=405, seconds=0, cpu=0)
    labels = [
        s.labels for m in counters.REGISTRY.collect() for s in m.samples if "tests:method" in str(s.labels)
    ]
    assert {label.get("method", "other") for label in labels} == {"other"}


def job(task="tests.job"):
    return SimpleNamespace(job=SimpleNamespace(id=7, task_name=task, task_kwargs={"who": "王秀英"}))


def test_lines_inside_a_job_carry_its_task_and_a_failed_one_is_counted():
    async def fails():
        record = logging.getLogger("zhikong.tests").makeRecord("zhikong.tests", 20, "", 1, "inside", (), None)
        seen.update(lines.as_fields(record, process="worker"))
        assert 7 in jobs.running
        raise ValueError("王秀英")

    seen = {}
    with pytest.raises(ValueError, match="王秀英"):
        run_apart(jobs.noted(fails, job(), None))
    assert (seen["task"], seen["job"]) == ("tests.job", 7)
    assert jobs.running == {}
    assert (
        counters.REGISTRY.get_sample_value(
            "zhikong_jobs_done_total", {"task": "tests.job", "result": "failed"}
        )
        == 1
    )


def test_what_an_anonymous_report_took_is_not_measured():
    async def works():
        await asyncio.sleep(0.01)

    run_apart(jobs.noted(works, job("incidents.anonymous_hourly"), None))
    labels = {"task": "incidents.anonymous_hourly"}
    assert counters.REGISTRY.get_sample_value("zhikong_job_seconds_total", labels) == 0

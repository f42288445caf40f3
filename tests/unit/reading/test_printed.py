"""What `zhikong read --json` prints is what its page and its schema say; the model's proposals are marked."""

import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from tests.unit.reading.schemas import problems
from zhikong.cli import main
from zhikong.reading import model
from zhikong.reading.items import EVIDENCE, KINDS, OPERATORS, PERIODS, UNITS

GUIDE = Path(__file__).resolve().parents[3] / "docs/guide"
SCHEMA = json.loads((GUIDE / "read.schema.json").read_text("utf-8"))
PLANS = sorted((Path(__file__).resolve().parents[2] / "reading/plans").glob("*.txt"))
PLAN = "2027年度医疗质量计划\n一、目标\n1、治愈好转率≥92%。\n2、每月5日前各科室上报不良事件。\n3、入院三日内确诊，平均住院日由12天降至≤11天，≥100%。\n会诊要及时。"


def printed(path: Path, capsys, *more: str) -> dict:
    assert main(["read", str(path), "--json", *more]) == 0
    return json.loads(capsys.readouterr().out)


@pytest.fixture
def plan(tmp_path) -> Path:
    path = tmp_path / "plan.txt"
    path.write_text(PLAN, "utf-8")
    return path


@pytest.mark.proves("PLN-01")
def test_the_schema_holds_for_plans_of_all_habits(capsys, plan):
    for path in [plan, *PLANS[:3]]:
        found = printed(path, capsys)
        assert found["items"]
        assert problems(found, SCHEMA) == []


def test_the_schema_refuses_what_is_not_documented(capsys, plan):
    found = printed(plan, capsys)
    found["items"][0]["more"] = 1
    found["items"][1]["unit"] = "kg"
    del found["items"][1]["confidence"]
    assert len(problems(found, SCHEMA)) == 3


def test_the_schema_names_all_words_of_the_code():
    item = SCHEMA["properties"]["items"]["items"]["properties"]
    assert item["kind"]["enum"] == list(KINDS)
    assert item["operator"]["enum"] == [*OPERATORS, None]
    assert item["unit"]["enum"] == [*UNITS, None]
    assert item["evidence"]["enum"] == list(EVIDENCE)
    assert item["frequency"]["anyOf"][1]["properties"]["per"]["enum"] == list(PERIODS)
    page = (GUIDE / "read.md").read_text("utf-8")
    assert not [word for word in (*KINDS, *UNITS, *item) if word not in page]


def test_places_are_those_of_the_plain_text(capsys, plan):
    found = printed(plan, capsys)
    assert main(["read", str(plan), "--text"]) == 0
    text = capsys.readouterr().out.removesuffix("\n")
    assert text == PLAN
    for one in [*found["items"], *found["unparsed"], *found["other_numbers"]]:
        assert text[one["start"] : one["end"]] == one["text"]


@pytest.fixture
def server():
    """server(answer) → the address of a model that gives it, and what it was asked."""
    running = []

    def start(answer: bytes, status: int = 200):
        asked = []

        class Model(BaseHTTPRequestHandler):
            def do_POST(self):
                asked.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
                self.send_response(status)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *words):
                """Quiet."""

        running.append(HTTPServer(("127.0.0.1", 0), Model))
        threading.Thread(target=running[-1].serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{running[-1].server_port}/propose", asked

    yield start
    for one in running:
        one.shutdown()
        one.server_close()


def test_a_model_adds_what_rules_did_not_find(capsys, plan, server):
    start = PLAN.index("会诊要及时")
    taken = PLAN.index("治愈好转率")
    said = [
        {"kind": "duty", "start": start, "end": start + 5, "subject": "会诊", "confidence": 1.0, "needs_review": False, "x": 1},
        {"kind": "target", "start": taken, "end": taken + 9, "operator": ">=", "value": 50},
        {"kind": "wish", "start": start, "end": start + 5},
        {"kind": "duty", "start": 5, "end": 999_999},
        "nonsense",
    ]  # fmt: skip
    address, asked = server(json.dumps({"items": said}).encode())
    plain, more = printed(plan, capsys), printed(plan, capsys, "--model", address)
    assert asked == [{"text": PLAN}]
    assert more["items"][: len(plain["items"])] == plain["items"]
    [added] = more["items"][len(plain["items"]) :]
    assert (added["source"], added["needs_review"], added["text"]) == ("model", True, "会诊要及时")
    assert added["confidence"] <= 0.5
    assert problems(more, SCHEMA) == []


@pytest.mark.parametrize(
    ("answer", "status"), [(b"no json", 200), (b'{"items": 1}', 200), (b"{}", 302), (b"[]", 200)]
)
def test_an_odd_answer_leaves_the_rules_alone(capsys, plan, server, answer, status):
    plain = printed(plan, capsys)
    address, _ = server(answer, status)
    assert main(["read", str(plan), "--json", "--model", address]) == 0
    told = capsys.readouterr()
    assert json.loads(told.out) == plain
    assert "模型" in told.err


@pytest.mark.parametrize(
    "address",
    ["http://8.8.8.8/", "https://127.0.0.1/", "http://0.0.0.0:1/", "http://169.254.169.254/", "ftp://10.0.0.1/", "10.0.0.1",
     "http://user@10.0.0.1/", "http://[::ffff:8.8.8.8]/", "http://10.0.0.1:99999/"],
)  # fmt: skip
def test_only_an_address_inside_the_hospital_is_asked(address):
    with pytest.raises(model.NotAsked):
        model.proposals(PLAN, [], address)


def test_without_an_address_nothing_is_asked(capsys, plan, monkeypatch):
    monkeypatch.setattr(model, "proposals", lambda *_: pytest.fail("asked"))
    assert all("source" not in one for one in printed(plan, capsys)["items"])

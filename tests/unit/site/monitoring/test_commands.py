"""What `zhikong alive` and `zhikong reload` say."""

import http.server
import threading

import pytest

from zhikong.cli import main
from zhikong.site.commands import alive


@pytest.fixture(autouse=True)
def own_home(tmp_path, monkeypatch):
    monkeypatch.setenv("ZHIKONG_HOME", str(tmp_path))


@pytest.fixture
def service(socket_enabled):
    """A web server that says what it is told to."""
    said = {"status": 200, "text": "ready", "paths": []}

    class Answer(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            said["paths"].append(self.path)
            self.send_response(said["status"])
            self.end_headers()
            self.wfile.write(said["text"].encode())

        def log_message(self, *args):
            pass

    server = http.server.HTTPServer(("127.0.0.1", 0), Answer)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    said["port"] = str(server.server_address[1])
    yield said
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_service_that_is_well_is_exit_code_zero(service, capsys):
    assert main(["alive", "--address", "0.0.0.0", "--port", service["port"]]) == 0
    assert main(["alive", "--ready", "--address", "127.0.0.1", "--port", service["port"]]) == 0
    assert service["paths"] == ["/alive", "/ready"]
    assert "服务正常" in capsys.readouterr().out


def test_what_is_missing_is_told_in_words(service, capsys):
    service.update(status=503, text="worker,disk")
    assert main(["alive", "--ready", "--port", service["port"]]) == 1
    assert "后台任务进程没有出现、磁盘空间不足" in capsys.readouterr().err


def test_a_service_that_does_not_answer_is_a_sentence(service, capsys, monkeypatch):
    def refused(*args):
        raise ConnectionRefusedError

    monkeypatch.setattr(alive.asking, "ask", refused)
    assert main(["alive", "--port", service["port"]]) == 1
    assert "没有应答" in capsys.readouterr().err


def test_every_code_of_readiness_has_words():
    from zhikong.site.monitoring import readiness

    assert set(readiness.CODES) == set(alive.CODES)


def test_reloading_what_does_not_run_is_a_sentence(capsys):
    assert main(["reload"]) == 1
    assert "没有正在运行的服务" in capsys.readouterr().err

"""What goes over the wire: the documented formats, signatures, and how refusals are understood."""

import base64
import hashlib
import hmac
import socket
import threading
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from zhikong.foundation.notices.adapters import ADAPTERS, Outgoing, SendFailed, dingtalk, email, feishu, wecom

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
OUT = Outgoing(
    "【质控】您有 3 条新通知",
    ("待办事项 2 条", "问题整改 1 条"),
    "https://z.cn/notices/?m=k1",
    "k1",
    "wangmin",
)
CONFIG = {"key": "K/1", "token": "T1", "sign": "SEC1", "corp": "C", "agent": "7", "secret": "S"}


def query(seen):
    return {name: values[0] for name, values in parse_qs(urlsplit(seen["path"]).query).items()}


@pytest.mark.parametrize("code", ["wecom_robot", "wecom_app", "dingtalk_robot", "feishu_robot"])
def test_each_service_gets_its_format_with_the_key(code, service):
    ADAPTERS[code].send({**CONFIG, "gateway": service.url}, OUT, NOW)
    sent = service.seen[-1]
    assert sent["key"] == "k1"
    text = str(sent["body"])
    assert "https://z.cn/notices/?m=k1" in text
    assert "问题整改 1 条" in text


def test_the_robot_of_wecom(service):
    wecom.send_robot({**CONFIG, "gateway": service.url}, OUT, NOW)
    (sent,) = service.seen
    assert sent["path"] == "/cgi-bin/webhook/send?key=K%2F1"
    assert sent["body"] == {"msgtype": "text", "text": {"content": OUT.text()}}


def test_the_app_of_wecom_fetches_a_token_and_asks_for_duplicates_to_be_dropped(service):
    wecom.send_app({**CONFIG, "gateway": service.url}, OUT, NOW)
    asked, sent = service.seen
    assert query(asked) == {"corpid": "C", "corpsecret": "S"}
    assert query(sent) == {"access_token": "T0"}
    body = sent["body"]
    assert (body["touser"], body["agentid"], body["msgtype"]) == ("wangmin", 7, "textcard")
    assert (body["enable_duplicate_check"], body["duplicate_check_interval"]) == (1, 14400)
    assert body["textcard"]["url"] == OUT.url


def test_a_member_whom_wecom_does_not_know_is_a_failure(service):
    service.answers[:] = [(200, {}, {"errcode": 0, "access_token": "T0", "invaliduser": "wangmin"})]
    with pytest.raises(SendFailed, match="没有这个成员"):
        wecom.send_app({**CONFIG, "gateway": service.url}, OUT, NOW)


def test_dingtalk_signs_milliseconds_in_the_address(service):
    dingtalk.send({**CONFIG, "gateway": service.url}, OUT, NOW)
    given = query(service.seen[0])
    assert given["timestamp"] == str(int(NOW.timestamp() * 1000))
    signed = hmac.new(b"SEC1", f"{given['timestamp']}\nSEC1".encode(), hashlib.sha256).digest()
    assert base64.b64decode(given["sign"]) == signed
    assert service.seen[0]["body"]["msgtype"] == "markdown"
    assert service.seen[0]["body"]["markdown"]["title"] == OUT.title


def test_feishu_signs_seconds_in_the_body_with_an_empty_text(service):
    feishu.send({**CONFIG, "gateway": service.url}, OUT, NOW)
    body = service.seen[0]["body"]
    assert body["timestamp"] == str(int(NOW.timestamp()))
    signed = hmac.new(f"{body['timestamp']}\nSEC1".encode(), b"", hashlib.sha256).digest()
    assert base64.b64decode(body["sign"]) == signed
    assert service.seen[0]["path"] == "/open-apis/bot/v2/hook/T1"


def test_a_robot_without_signature_sends_none(service):
    plain = {"token": "T1", "gateway": service.url}
    dingtalk.send(plain, OUT, NOW)
    feishu.send(plain, OUT, NOW)
    assert query(service.seen[0]) == {"access_token": "T1"}
    assert "sign" not in service.seen[1]["body"]


def test_addresses_are_the_official_ones_unless_a_gateway_is_set():
    assert wecom.robot_url(CONFIG).startswith("https://qyapi.weixin.qq.com/cgi-bin/webhook/send?")
    assert dingtalk.url(CONFIG, NOW).startswith("https://oapi.dingtalk.com/robot/send?")
    assert feishu.url(CONFIG) == "https://open.feishu.cn/open-apis/bot/v2/hook/T1"


def test_a_long_text_is_cut_at_a_character():
    long = Outgoing("题" * 2000, (), "", "k")
    content = wecom.robot_payload(long)["text"]["content"]
    assert len(content.encode()) <= 2048
    assert set(content) == {"题"}


@pytest.mark.parametrize(
    ("code", "answer", "pause"),
    [
        ("dingtalk_robot", {"errcode": 130101}, timedelta(minutes=10)),
        ("feishu_robot", {"code": 11232}, timedelta(minutes=1)),
        ("wecom_robot", {"errcode": 45009}, timedelta(minutes=1)),
        ("wecom_robot", {"errcode": 93000}, None),
    ],
)
def test_a_service_that_is_asked_too_often_is_left_alone(code, answer, pause, service):
    service.answers[:] = [(200, {}, answer)]
    with pytest.raises(SendFailed) as failed:
        ADAPTERS[code].send({**CONFIG, "gateway": service.url}, OUT, NOW)
    assert failed.value.pause == pause


@pytest.mark.parametrize(
    ("answer", "said", "pause"),
    [
        ((429, {"Retry-After": "90"}, {}), "HTTP 429", timedelta(seconds=90)),
        ((429, {}, {}), "HTTP 429", timedelta(minutes=10)),
        ((302, {"Location": "http://127.0.0.1:1/elsewhere"}, {}), "HTTP 302", None),
        ((500, {}, {}), "HTTP 500", None),
        ((200, {}, ["no object"]), "连接不上", None),
    ],
)
def test_what_is_no_answer_is_a_failure_without_secrets(answer, said, pause, service):
    service.answers[:] = [answer]
    with pytest.raises(SendFailed, match=said) as failed:
        wecom.send_robot({**CONFIG, "gateway": service.url}, OUT, NOW)
    assert failed.value.pause == pause
    assert "K/1" not in str(failed.value)
    assert len(service.seen) == 1


@pytest.mark.parametrize("gateway", ["file:///etc/passwd", "ftp://x", "http://127.0.0.1:1"])
def test_only_a_web_address_is_called(gateway):
    with pytest.raises(SendFailed):
        wecom.send_robot({**CONFIG, "gateway": gateway}, OUT, NOW)


def smtp_server(heard):
    """A mail server that takes one mail."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve():
        connection, _address = listener.accept()
        with connection, connection.makefile("rwb") as wire:
            wire.write(b"220 test\r\n")
            wire.flush()
            for line in wire:
                heard.append(line)
                if line.strip().upper() == b"DATA":
                    wire.write(b"354 go on\r\n")
                    wire.flush()
                    while (text := wire.readline()) != b".\r\n":
                        heard.append(text)
                wire.write(b"221 bye\r\n" if line.upper().startswith(b"QUIT") else b"250 ok\r\n")
                wire.flush()
                if line.upper().startswith(b"QUIT"):
                    break
        listener.close()

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    return listener.getsockname()[1], thread


def test_a_mail_carries_the_key_as_its_message_id():
    heard = []
    port, thread = smtp_server(heard)
    config = {"server": "127.0.0.1", "port": str(port), "tls": "", "sender": "zhikong@hospital.cn"}
    email.send(config, Outgoing("【质控】待办", (), "https://z.cn/", "k1", "wang@hospital.cn"), NOW)
    thread.join(5)
    assert b"Message-ID: <k1@hospital.cn>\r\n" in heard
    assert any(line.lower() == b"rcpt to:<wang@hospital.cn>\r\n" for line in heard)


def test_a_mail_server_that_is_not_there_is_a_failure():
    config = {"server": "127.0.0.1", "port": "1", "tls": "", "sender": "z@h.cn"}
    with pytest.raises(SendFailed, match="邮件服务器"):
        email.send(config, OUT, NOW)

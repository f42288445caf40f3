"""Only named proxies are believed about where a request came from."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhikong.site.proxy import believing, networks_of

PROXIES = ["10.0.0.5", "10.1.0.0/16"]


def _seen(trusted, **environ):
    found = {}

    def application(environ, start_response):
        found.update(environ)
        return []

    believing(application, trusted)(dict(environ), None)
    return found


@pytest.mark.parametrize(
    ("told", "seen"),
    [
        ("192.168.3.7", "192.168.3.7"),
        ("1.2.3.4, 192.168.3.7", "192.168.3.7"),
        ("192.168.3.7, 10.1.4.4", "192.168.3.7"),
        ("10.1.4.4", "10.1.4.4"),
        ("", "10.0.0.5"),
        ("unknown", "10.0.0.5"),
        ("192.168.3.7, 不是地址", "10.0.0.5"),
        ("2001:db8::1", "2001:db8::1"),
    ],
)
def test_a_named_proxy_is_believed(told, seen):
    found = _seen(PROXIES, REMOTE_ADDR="10.0.0.5", HTTP_X_FORWARDED_FOR=told, HTTP_X_FORWARDED_PROTO="https")
    assert found["REMOTE_ADDR"] == seen
    assert found["HTTP_X_FORWARDED_PROTO"] == "https"
    assert "HTTP_X_FORWARDED_FOR" not in found


def test_an_address_in_the_newer_form_is_the_same_proxy():
    found = _seen(PROXIES, REMOTE_ADDR="::ffff:10.0.0.5", HTTP_X_FORWARDED_FOR="192.168.3.7")
    assert found["REMOTE_ADDR"] == "192.168.3.7"


@pytest.mark.parametrize("trusted", [False, [], PROXIES])
def test_a_stranger_is_not(trusted):
    lies = {
        "HTTP_X_FORWARDED_FOR": "127.0.0.1",
        "HTTP_X_FORWARDED_PROTO": "https",
        "HTTP_X_FORWARDED_HOST": "evil",
    }
    found = _seen(trusted, REMOTE_ADDR="192.168.9.9", **lies)
    assert found["REMOTE_ADDR"] == "192.168.9.9"
    assert "HTTP_X_FORWARDED_PROTO" not in found
    assert "HTTP_X_FORWARDED_HOST" not in found


def test_the_word_of_earlier_releases_means_this_machine():
    assert (
        _seen(True, REMOTE_ADDR="127.0.0.1", HTTP_X_FORWARDED_FOR="192.168.3.7")["REMOTE_ADDR"]
        == "192.168.3.7"
    )
    assert (
        _seen(True, REMOTE_ADDR="10.0.0.5", HTTP_X_FORWARDED_FOR="192.168.3.7")["REMOTE_ADDR"] == "10.0.0.5"
    )


def test_a_network_that_is_none_is_refused():
    with pytest.raises(ValueError, match="proxy"):
        networks_of(["proxy.lan"])


@given(st.text(max_size=60))
def test_whatever_a_header_says_nothing_breaks(told):
    assert _seen(PROXIES, REMOTE_ADDR="10.0.0.5", HTTP_X_FORWARDED_FOR=told)["REMOTE_ADDR"]

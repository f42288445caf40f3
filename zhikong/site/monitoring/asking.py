"""Asks the web server of this machine, with or without TLS. Standard library only: it must be quick."""

import http.client
import ssl

from zhikong.site import home

EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}
WITHIN = 5  # seconds


def ask(address: str, port: int, path: str) -> tuple[int, str]:
    """Status and text of a page. Raises OSError or HTTPException when nobody answers."""
    line = _line(EVERYWHERE.get(address.strip("[]"), address.strip("[]")), port)
    try:
        line.request("GET", path, headers={"Host": "localhost"})
        answer = line.getresponse()
        return answer.status, answer.read(2000).decode("utf-8", "replace")
    finally:
        line.close()


def _line(host: str, port: int) -> http.client.HTTPConnection:
    if not home.options().get("certificate"):
        return http.client.HTTPConnection(host, port, timeout=WITHIN)
    context = ssl.create_default_context()
    context.check_hostname = (
        False  # it asks this machine by its loopback address; the name is for the readers
    )
    context.verify_mode = ssl.CERT_NONE
    return http.client.HTTPSConnection(host, port, timeout=WITHIN, context=context)

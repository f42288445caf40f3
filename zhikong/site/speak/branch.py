"""The fork in the road: what begins with /speak goes here, all else to Django."""

from collections.abc import Callable, Iterable
from typing import Any

from django.conf import settings
from django.http.request import split_domain_port, validate_host
from django.utils import translation

from zhikong.site.middleware import HEADERS
from zhikong.site.speak.reading import Unreadable, asked

PREFIX = "/speak"
Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
OWN_HEADERS = {
    **HEADERS,
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "X-Robots-Tag": "noindex",
    "Content-Type": "text/html; charset=utf-8",
}
STATUS = {
    200: "200 OK",
    302: "302 Found",
    400: "400 Bad Request",
    403: "403 Forbidden",
    404: "404 Not Found",
    405: "405 Method Not Allowed",
    413: "413 Content Too Large",
    429: "429 Too Many Requests",
    503: "503 Service Unavailable",
}


def branch(django: Application) -> Application:
    """Django's application with the anonymous pages in front of it."""

    def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if path != PREFIX and not path.startswith(f"{PREFIX}/"):
            return django(environ, start_response)
        status, headers, body = _answer(environ, path)
        start_response(STATUS[status], [*headers, ("Content-Length", str(len(body)))])
        return [body]

    return application


def _answer(environ: dict[str, Any], path: str) -> tuple[int, list[tuple[str, str]], bytes]:
    """Nothing leaves this function as an exception: the web server would log it, with its moment."""
    from zhikong.hospital.functions.incidents.views.anonymous import speaking

    if not validate_host(split_domain_port(environ.get("HTTP_HOST", ""))[0], settings.ALLOWED_HOSTS):
        return 400, list(OWN_HEADERS.items()), b""
    if path == PREFIX:
        return _moved(f"{PREFIX}/")
    if (secure := _secure_address(environ, path)) is not None:
        return _moved(secure)
    try:
        request = asked(environ, path.removeprefix(f"{PREFIX}/"))
    except Unreadable as refused:
        request = refused.instead
    with translation.override(request.language):
        page = speaking.answer(request)
    return page.status, list(OWN_HEADERS.items()), page.html.encode("utf-8")


def _moved(where: str) -> tuple[int, list[tuple[str, str]], bytes]:
    return 302, [*OWN_HEADERS.items(), ("Location", where)], b""


def _secure_address(environ: dict[str, Any], path: str) -> str | None:
    """Where a hospital with https wants its readers, as Django's own middleware says it."""
    if not settings.SECURE_SSL_REDIRECT:
        return None
    header = settings.SECURE_PROXY_SSL_HEADER
    scheme = environ.get(header[0], "") if header else environ.get("wsgi.url_scheme", "")
    if scheme == "https":
        return None
    query = environ.get("QUERY_STRING", "")
    return f"https://{environ['HTTP_HOST']}{path}{'?' + query if query else ''}"

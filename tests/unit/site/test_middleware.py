"""Browsers are told to run nothing but our own files."""

from django.contrib.auth.models import AnonymousUser
from django.http import HttpResponse
from django.test import RequestFactory

from zhikong.site.middleware import ContentSecurityMiddleware


class SignedIn:
    is_authenticated = True


def answer(user, response=None):
    request = RequestFactory().get("/")
    request.user = user
    return ContentSecurityMiddleware(lambda _: response or HttpResponse("ok"))(request)


def directives(response):
    parts = (part.split() for part in response["Content-Security-Policy"].split(";"))
    return {name: values for name, *values in parts}


def test_no_inline_script_no_inline_style_no_frames():
    policy = directives(answer(AnonymousUser()))
    assert policy["default-src"] == ["'self'"]
    assert policy["script-src"] == ["'self'"]
    assert policy["style-src"] == ["'self'"]
    assert policy["object-src"] == ["'none'"]
    assert policy["frame-ancestors"] == ["'none'"]
    assert policy["img-src"] == ["'self'", "data:"]
    assert not any("unsafe" in value for values in policy.values() for value in values)


def test_pages_of_a_signed_in_reader_are_kept_by_no_cache():
    assert answer(SignedIn())["Cache-Control"] == "private, no-store"
    assert "Cache-Control" not in answer(AnonymousUser())


def test_a_view_that_sets_its_own_cache_rule_keeps_it():
    response = HttpResponse("chart", headers={"Cache-Control": "private, max-age=60"})
    assert answer(SignedIn(), response)["Cache-Control"] == "private, max-age=60"

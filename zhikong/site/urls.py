"""Addresses: every app under its own name, the home page at the root, signing in under account/."""

from importlib import import_module

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.urls import include, path
from django.views.decorators.cache import never_cache

from zhikong.site import discovery
from zhikong.site.monitoring import views

AT_ROOT = "home"


@login_not_required
@never_cache
def alive(request: HttpRequest) -> HttpResponse:
    """For the supervisor and for monitoring: the web server answers. Says nothing about the data."""
    return HttpResponse("ok", content_type="text/plain")


def _prefix(app: str) -> str:
    label = app.rpartition(".")[2]
    return "" if label == AT_ROOT else f"{label}/"


def _public(app: str):
    """Pages for people without an account stand under a short word of their own, which is printed on walls."""
    module = f"{app}.urls_public"
    return path(f"{import_module(module).PREFIX}/", include(module))


urlpatterns = [
    path("alive", alive, name="alive"),
    path("ready", views.ready, name="ready"),
    path("metrics", views.metrics, name="metrics"),
    path("account/", include("allauth.urls")),
    path("i18n/", include("django.conf.urls.i18n")),
    *(path(_prefix(app), include(f"{app}.urls")) for app in discovery.having("urls")),
    *(_public(app) for app in discovery.having("urls_public")),
]

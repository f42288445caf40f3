"""The page of the phone module and what lets it open without a network: program, service worker, manifest.

None of it holds data or knows who asks, so that it can be kept on the phone and opened after the session ended; all
data come from the addresses under ``sync/``, which ask for a session. The program is one set of modules under one
build number, the hash of all its files: a phone never mixes two versions.
"""

from __future__ import annotations

import hashlib
import json
from functools import lru_cache
from pathlib import Path

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from zhikong.hospital.functions.inspections.views.visiting.phone_words import words

FOLDER = Path(__file__).resolve().parents[2] / "static" / "inspections" / "visiting"
TEMPLATE = Path(__file__).resolve().parents[2] / "templates" / "inspections" / "visiting" / "phone.html"
STYLES = ("web/app.css", "web/forms.css", "inspections/visiting/phone.css")
ICONS = {
    "web/icon.svg": ("any", "image/svg+xml"),
    "inspections/visiting/icon-192.png": ("192x192", "image/png"),
    "inspections/visiting/icon-512.png": ("512x512", "image/png"),
}
# The page plays voice notes and shows photos that have no address of their own, and it records; nothing else differs
# from the policy of every page.
POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; "
    "font-src 'self'; connect-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "Permissions-Policy": "camera=(self), microphone=(self), geolocation=(), payment=(), usb=()",
}
ICON_NAMES = {
    "arrow-down": "arrow-down",
    "camera": "camera",
    "check": "check",
    "check-circle": "circle-check-big",
    "chevron-left": "chevron-left",
    "chevron-right": "chevron-right",
    "clipboard": "clipboard-list",
    "download": "download",
    "ellipsis": "ellipsis",
    "git-compare": "git-compare",
    "history": "history",
    "image": "image",
    "lock": "lock",
    "log-out": "log-out",
    "mic": "mic",
    "pen": "pen-line",
    "pencil": "pencil",
    "plus": "plus",
    "shield-check": "shield-check",
    "square": "square",
    "trash": "trash-2",
    "undo": "undo-2",
    "upload": "upload",
    "wrench": "wrench",
}
YEAR = 365 * 24 * 3600


@login_not_required
@never_cache
@require_GET
def page(request: HttpRequest) -> HttpResponse:
    """The shell: words, icons, addresses. The module asks for everything else and keeps it sealed."""
    context = {
        "build": build(),
        "words": words(),
        "settings": _settings(),
        "styles": STYLES,
        "icons": ICON_NAMES.items(),
    }
    answer = render(request, "inspections/visiting/phone.html", context)
    for name, value in HEADERS.items():
        answer.headers[name] = value
    return answer


def _settings() -> dict[str, str]:
    return {
        "build": build(),
        "worker": f"{reverse('inspections:phone_worker')}?build={build()}",
        "scope": reverse("inspections:phone").replace("phone/", ""),
        "sync": reverse("inspections:phone").replace("phone/", "sync/"),
        "login": f"{reverse('account_login')}?next={reverse('inspections:phone')}",
        "logout": reverse("account_logout"),
        "visit": reverse("inspections:visit", args=[0]),
        "home": "/",
    }


@login_not_required
@require_GET
def module(request: HttpRequest, of: str, name: str) -> HttpResponse:
    """One file of the program. The address carries the build, so it may be kept for ever."""
    file = FOLDER / f"{name}.js"
    if of != build() or file not in _modules():
        raise Http404
    answer = HttpResponse(file.read_bytes(), content_type="text/javascript; charset=utf-8")
    answer["Cache-Control"] = f"public, max-age={YEAR}, immutable"
    return answer


@login_not_required
@never_cache
@require_GET
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker; it also answers a scanned place's address while there is no network."""
    answer = HttpResponse((FOLDER / "worker.js").read_bytes(), content_type="text/javascript; charset=utf-8")
    answer["Service-Worker-Allowed"] = reverse("inspections:phone").replace("phone/", "")
    return answer


@login_not_required
@never_cache
@require_GET
def shell(request: HttpRequest) -> HttpResponse:
    """What the service worker keeps: the page, every module, styles and icons."""
    modules = [
        reverse("inspections:phone_module", args=[build(), file.stem])
        for file in _modules()
        if file.stem != "worker"
    ]
    files = [static(name) for name in (*STYLES, *ICONS)]
    manifest_url = reverse("inspections:phone_manifest")
    return JsonResponse(
        {"build": build(), "page": reverse("inspections:phone"), "files": [*modules, *files, manifest_url]}
    )


@login_not_required
@never_cache
@require_GET
def manifest(request: HttpRequest) -> HttpResponse:
    """Makes the page installable on a phone's home screen."""
    start = reverse("inspections:phone")
    body = {
        "id": start,
        "name": _("现场检查"),
        "short_name": _("现场检查"),
        "description": _("没有信号的病区也能检查：先存在手机，有网自动上传。"),
        "lang": get_language(),
        "start_url": start,
        "scope": start,
        "display": "standalone",
        "background_color": "#f3f5f8",
        "theme_color": "#10233f",
        "icons": [
            {"src": static(name), "sizes": sizes, "type": kind} for name, (sizes, kind) in ICONS.items()
        ],
    }
    return HttpResponse(json.dumps(body, ensure_ascii=False), content_type="application/manifest+json")


def build() -> str:
    """The program's version: a hash over all its files, the page and the words."""
    return _build(tuple(file.stat().st_mtime_ns for file in _files()))


def _modules() -> list[Path]:
    return sorted(FOLDER.glob("*.js"))


def _files() -> list[Path]:
    return [*_modules(), *sorted(FOLDER.glob("*.css")), TEMPLATE, Path(__file__).with_name("phone_words.py")]


@lru_cache(maxsize=4)
def _build(stamp: tuple[int, ...]) -> str:
    """stamp: when each file was last written; the hash is computed once for it."""
    found = hashlib.sha256()
    for file in _files():
        found.update(file.name.encode() + b"\0" + file.read_bytes() + b"\0")
    return found.hexdigest()[:16]

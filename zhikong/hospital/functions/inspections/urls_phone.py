"""Addresses of the phone module: its page, its program, and what makes it installable."""

from django.urls import path

from zhikong.hospital.functions.inspections.views.visiting import phone

urlpatterns = [
    path("phone/", phone.page, name="phone"),
    path("phone/worker.js", phone.worker, name="phone_worker"),
    path("phone/shell.json", phone.shell, name="phone_shell"),
    path("phone/manifest.webmanifest", phone.manifest, name="phone_manifest"),
    path("phone/module/<slug:of>/<slug:name>.js", phone.module, name="phone_module"),
]

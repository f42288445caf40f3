"""Addresses of visiting."""

from zhikong.hospital.functions.inspections import urls_phone

urlpatterns: list = [*urls_phone.urlpatterns]

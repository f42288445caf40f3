"""Addresses of anonymous."""

urlpatterns: list = []

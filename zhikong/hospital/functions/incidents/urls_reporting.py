"""Addresses of reporting."""

urlpatterns: list = []

"""Addresses of tools."""

urlpatterns: list = []

"""Addresses of visiting."""

urlpatterns: list = []

"""Addresses of handling."""

urlpatterns: list = []

"""Addresses of this half of the function."""

urlpatterns: list = []

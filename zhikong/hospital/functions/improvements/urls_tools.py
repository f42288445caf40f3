"""Addresses of tools."""

from django.urls import path

from zhikong.hospital.functions.improvements.views.tools import exports, gallery, making, saved

urlpatterns = [
    path("tools/", gallery.gallery, name="tools"),
    path("tools/new/<slug:kind>/", making.new, name="tool_new"),
    path("tools/new/<slug:kind>/picture.svg", making.preview, name="tool_preview"),
    path("tools/new/<slug:kind>/save/", making.save, name="tool_save"),
    path("tools/new/<slug:kind>/entered/", making.enter, name="tool_enter"),
    path("tools/rows/", making.rows, name="tool_rows"),
    path("tools/<int:pk>/", saved.page, name="tool"),
    path("tools/<int:pk>/picture.svg", saved.picture, name="tool_picture"),
    path("tools/<int:pk>/redraw/", saved.redraw, name="tool_redraw"),
    path("tools/<int:pk>/edit/", saved.edit, name="tool_edit"),
    path("tools/<int:pk>/data/", saved.data, name="tool_data"),
    path("tools/<int:pk>/remove/", saved.remove, name="tool_remove"),
    path("tools/<int:pk>/export/<slug:form>/", exports.one, name="tool_export"),
    path("tools/of/<int:project>/export/<slug:form>/", exports.project, name="tools_export"),
]

"""The addresses of the form editor, below /forms/build/."""

from django.urls import path

from zhikong.foundation.forms.building.views import editor, files, shelf

urlpatterns = [
    path("", shelf.shelf, name="building"),
    path("new/", shelf.new, name="build_new"),
    path("template.xlsx", files.template, name="build_template"),
    path("<int:pk>/", editor.edit, name="build"),
    path("<int:pk>/act/", editor.act, name="build_act"),
    path("<int:pk>/save/", editor.save, name="build_save"),
    path("<int:pk>/preview/", editor.preview, name="build_preview"),
    path("<int:pk>/news/", editor.news, name="build_news"),
    path("<int:pk>/export/<slug:kind>/", files.export, name="build_export"),
]

"""Addresses of forms; the builder's stand in their own module."""

from django.urls import include, path

from zhikong.foundation.forms.views import documents, filling, programs, reading, registers

app_name = "forms"

urlpatterns = [
    path("", registers.index, name="list"),
    path("alive/", filling.alive, name="alive"),
    path("signed-in/", filling.signed_in, name="signed_in"),
    path("build/", include("zhikong.foundation.forms.building.urls")),
    path("api/<slug:form_id>/", programs.enter, name="api"),
    path("sheets/<int:pk>/", filling.fill, name="fill"),
    path("sheets/<int:pk>/items/<slug:item_id>/", filling.item, name="item"),
    path("sheets/<int:pk>/items/<slug:item_id>/save/", filling.save, name="save"),
    path("sheets/<int:pk>/items/<slug:item_id>/sign/", filling.sign, name="sign"),
    path("sheets/<int:pk>/pick/<slug:kind>/", filling.pick, name="pick"),
    path("sheets/<int:pk>/changes/", filling.changes, name="changes"),
    path("sheets/<int:pk>/view/", reading.view, name="view"),
    path("sheets/<int:pk>/print/", documents.printed, name="print"),
    path("sheets/<int:pk>/<slug:key>/", reading.decide, name="decide"),
    path("<slug:form_id>/", registers.register, name="register"),
    path("<slug:form_id>/new/", registers.new, name="new"),
    path("<slug:form_id>/blank/", documents.blank, name="blank"),
    path("<slug:form_id>/template/", documents.template, name="template"),
    path("<slug:form_id>/import/", documents.arrive, name="import"),
    path("<slug:form_id>/export/", documents.export, name="export"),
]

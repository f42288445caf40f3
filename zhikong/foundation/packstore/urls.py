from django.urls import path

from zhikong.foundation.packstore.views import comparison, editing, exchange, pages, steps

app_name = "packstore"

urlpatterns = [
    path("", pages.shelf_list, name="list"),
    path("new/", editing.new, name="new"),
    path("export/", exchange.export, name="export"),
    path("import/", exchange.take_in, name="import"),
    path("definitions/<slug:kind>/<slug:definition_id>/", pages.definition, name="definition"),
    path("definitions/<slug:kind>/<slug:definition_id>/draft/", editing.start, name="start"),
    path("versions/<int:pk>/", pages.version, name="version"),
    path("versions/<int:pk>/edit/", editing.edit, name="edit"),
    path("versions/<int:pk>/check/", editing.check, name="check"),
    path("versions/<int:pk>/effect/", pages.effect, name="effect"),
    path("versions/<int:pk>/steps/<slug:key>/", steps.take, name="step"),
    path("upgrades/<int:pk>/", comparison.compare, name="compare"),
]

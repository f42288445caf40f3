from django.urls import path

from zhikong.foundation.organisation.views import departments, importing, pages, people

app_name = "organisation"
urlpatterns = [
    path("", pages.index, name="list"),
    path("departments/open/", departments.open_department, name="open"),
    path("departments/<int:pk>/", pages.department, name="department"),
    path("departments/<int:pk>/change/", departments.change, name="change"),
    path("departments/<int:pk>/merge/", departments.merge, name="merge"),
    path("departments/<int:pk>/alias/", departments.alias, name="alias"),
    path("departments/<int:pk>/alias/remove/", departments.remove_alias, name="remove_alias"),
    path("departments/<int:pk>/group/", people.open_group, name="open_group"),
    path("departments/<int:pk>/appoint/", people.appoint, name="appoint"),
    path("bodies/open/", people.open_committee, name="open_committee"),
    path("bodies/<int:pk>/", people.change_body, name="change_body"),
    path("bodies/<int:pk>/members/", people.members, name="members"),
    path("appointments/<int:pk>/end/", people.end, name="end"),
    path("import/", importing.index, name="imports"),
    path("import/roles/", importing.propose_roles, name="import_roles"),
    path("import/<int:pk>/", importing.one, name="import_one"),
    path("import/<slug:kind>/template/", importing.template, name="import_template"),
]

"""Addresses of policies. A clause has an address of its own that holds through all versions."""

from django.urls import path

from zhikong.hospital.functions.policies import views, views_clauses, views_coverage

app_name = "policies"

urlpatterns = [
    path("", views.index, name="list"),
    path("new/", views.new, name="new"),
    path("coverage/", views_coverage.coverage, name="coverage"),
    path("coverage/<int:pk>/", views_coverage.diseases, name="diseases"),
    path("public/", views_coverage.public, name="public"),
    path("<slug:code>/", views.policy, name="policy"),
    path("<slug:code>/clauses/<int:key>/", views_clauses.clause, name="clause"),
    path("<slug:code>/clauses/<int:key>/link/", views_clauses.link, name="link"),
    path("<slug:code>/compare/", views_clauses.compare, name="compare"),
    path("<slug:code>/v<int:number>/", views.policy, name="version"),
    path("<slug:code>/v<int:number>/edit/", views.edit, name="edit"),
    path("<slug:code>/v<int:number>/publish/", views.publish, name="publish"),
    path("<slug:code>/v<int:number>/confirm/", views.confirm, name="confirm"),
    path("<slug:code>/v<int:number>/<slug:what>/", views.act, name="act"),
    path("<slug:code>/v<int:number>.docx", views.paper, name="paper"),
]

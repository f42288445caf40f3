"""Addresses of this half of the function."""

from django.urls import path

from zhikong.hospital.functions.record_reviews.views.sampling import (
    contests,
    exhibits,
    plans,
    samples,
    training,
    watching,
)

urlpatterns: list = [
    path("samples/", samples.listed, name="samples"),
    path("samples/plans/new/", plans.new, name="sample_plan_new"),
    path("samples/plans/<int:pk>/", plans.page, name="sample_plan"),
    path("samples/plans/<int:pk>/draw/", plans.draw, name="sample_draw"),
    path("samples/plans/<int:pk>/end/", plans.end, name="sample_plan_end"),
    path("samples/<int:pk>/", samples.page, name="sample"),
    path("samples/<int:pk>/redraw/", samples.redraw, name="sample_redraw"),
    path("samples/<int:pk>/rows/<int:row>/replace/", samples.replace, name="sample_replace"),
    path("samples/<int:pk>/assign/", samples.assign, name="sample_assign"),
    path("samples/<int:pk>/results/", samples.results, name="sample_results"),
    path("samples/<int:pk>/settle/", samples.settle, name="sample_settle"),
    path("samples/too_good/", watching.page, name="too_good"),
    path("samples/contests/", contests.listed, name="contests"),
    path("samples/contests/new/", contests.new, name="contest_new"),
    path("samples/contests/<int:pk>/", contests.page, name="contest"),
    path("samples/contests/<int:pk>/<slug:act>/", contests.act, name="contest_act"),
    path("samples/exhibits/", exhibits.board, name="exhibits"),
    path("samples/exhibits/new/", exhibits.new, name="exhibit_new"),
    path("samples/exhibits/<int:pk>/", exhibits.page, name="exhibit"),
    path("samples/exhibits/<int:pk>/edit/", exhibits.edit, name="exhibit_edit"),
    path("samples/exhibits/<int:pk>/comments/", exhibits.comment, name="exhibit_comment"),
    path("samples/exhibits/<int:pk>/<slug:act>/", exhibits.act, name="exhibit_act"),
    path("samples/training/", training.listed, name="training"),
    path("samples/training/new/", training.new, name="training_new"),
    path("samples/training/<int:pk>/", training.page, name="training_round"),
    path("samples/themes/", training.themes, name="record_themes"),
]

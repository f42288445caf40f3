"""Addresses of a visit in progress: what phones talk to, the phone module itself, and the desktop pages."""

from django.urls import path

from zhikong.hospital.functions.inspections import urls_phone
from zhikong.hospital.functions.inspections.views.visiting import acts, media, pages, sync

VISIT = "visits/<int:pk>/"

urlpatterns: list = [
    *urls_phone.urlpatterns,
    path("sync/me/", sync.me, name="sync_me"),
    path("sync/visits/<int:pk>/package/", sync.package, name="sync_package"),
    path("sync/visits/<int:pk>/ops/", sync.send, name="sync_ops"),
    path("sync/visits/<int:pk>/changes/", sync.changes, name="sync_changes"),
    path("sync/visits/<int:pk>/history/", sync.history, name="sync_history"),
    path("sync/visits/<int:pk>/held/", sync.held, name="sync_held"),
    path("sync/visits/<int:pk>/sign/", sync.sign, name="sync_sign"),
    path("sync/media/<uuid:media_id>/", media.piece, name="sync_media"),
    path("sync/media/<uuid:media_id>/picture/", media.picture, name="sync_picture"),
    path("sync/deposit/", sync.deposit, name="sync_deposit"),
    path(f"{VISIT}answers/", pages.visit_answers, name="visit_answers"),
    path(f"{VISIT}answers/finish/", acts.finish, name="visit_finish"),
    path(f"{VISIT}answers/<int:target>/choose/", acts.choose, name="visit_choose"),
    path(f"{VISIT}answers/<int:target>/take/", acts.take, name="visit_take"),
    path(f"{VISIT}answers/<int:target>/drop/", acts.drop, name="visit_drop"),
    path(f"{VISIT}exchange/", pages.visit_exchange, name="visit_exchange"),
    path(f"{VISIT}exchange/say/", acts.say, name="visit_say"),
    path(f"{VISIT}exchange/back/", acts.back, name="visit_back"),
    path(f"{VISIT}exchange/conclude/", acts.conclude, name="visit_conclude"),
    path(f"{VISIT}exchange/<int:target>/reply/", acts.reply, name="visit_reply"),
    path(f"{VISIT}exchange/<int:target>/propose/", acts.propose, name="visit_propose"),
    path(f"{VISIT}exchange/<int:target>/confirm/", acts.confirm, name="visit_confirm"),
    path(f"{VISIT}photos/<int:media_pk>/", pages.visit_photo, name="visit_photo"),
    path(f"{VISIT}photos/<int:target>/blur/", acts.blur, name="visit_blur"),
    path(f"{VISIT}photos/<int:target>/delete/", acts.delete_original, name="visit_delete_original"),
]

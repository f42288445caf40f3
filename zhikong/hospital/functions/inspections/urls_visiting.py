"""Addresses of a visit in progress: what phones talk to, the phone module itself, and the desktop pages."""

from django.urls import path

from zhikong.hospital.functions.inspections import urls_phone
from zhikong.hospital.functions.inspections.views.visiting import media, sync

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
]

"""One transaction and one scope per request."""

import uuid

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from zhikong.foundation.access.queries import scope_of
from zhikong.foundation.access.scope import Scope, rescope, scoped


class ScopeMiddleware:
    """Sets the signed-in user's scope around the view; an exception or a 5xx answer rolls everything back.

    Login, static files and anonymous requests run without a scope and so see no protected rows.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        request.request_id = getattr(request, "request_id", None) or uuid.uuid4().hex
        user = getattr(request, "user", None)
        if user is None or not user.is_authenticated or user.institution_id is None:
            response = self.get_response(request)
        else:
            response = self._scoped_response(request, user)
        response["X-Request-ID"] = request.request_id
        return response

    def _scoped_response(self, request, user):
        own = Scope(user.institution_id, user_id=user.pk, actor=user.username, request_id=request.request_id)
        with scoped(own):
            request.scope = rescope(scope_of(user, timezone.localdate(), request_id=request.request_id))
            response = self.get_response(request)
            if response.status_code >= 500 or getattr(request, "failed", False):
                transaction.set_rollback(True)
        return response

    def process_view(self, request, view, args, kwargs):
        """An account that belongs to no institution has no scope: it may sign out, nothing else."""
        user = getattr(request, "user", None)
        signed_in = user is not None and user.is_authenticated
        if signed_in and not hasattr(request, "scope") and getattr(view, "login_required", True):
            raise PermissionDenied("您的账号还没有归属任何机构，请联系系统管理员。")

    def process_exception(self, request, exception):
        """Note that the view failed: by the time the answer comes back the exception is a page."""
        request.failed = True

"""A member of staff writes his own statement; he reads the matter and the questions, never who complained."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from zhikong.hospital.functions.complaints import forms_intake as forms
from zhikong.hospital.functions.complaints.actions.intake import verifying
from zhikong.hospital.functions.complaints.models.intake_parts import ComplaintStatement
from zhikong.hospital.functions.complaints.queries.intake import complaints


@never_cache
@require_http_methods(["GET", "POST"])
def statement(request: HttpRequest, pk: int) -> HttpResponse:
    """The writer's own page; who handles complaints reads it here as well."""
    row = ComplaintStatement.objects.filter(pk=pk).select_related("writer").first()
    mine = row is not None and row.writer_id == request.user.pk
    if row is None or not (mine or complaints.handles(request.user)):
        raise Http404
    initial = {"course": row.course} | {f"answer_{i}": text for i, text in enumerate(row.answers)}
    form = forms.WrittenForm(request.POST or None, questions=row.questions, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            verifying.submit_statement(
                row,
                by=request.user,
                now=timezone.now(),
                course=form.cleaned_data["course"],
                answers=form.answers(),
            )
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
        else:
            messages.success(request, _("已提交。"))
            return redirect("complaints:statement", pk)
    written = list(zip(row.questions, row.answers, strict=False))
    context = {"statement": row, "form": form, "mine": mine, "written": written, "tab": "desk"}
    return render(request, "complaints/intake/statement.html", context)

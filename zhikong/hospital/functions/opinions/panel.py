"""The patient-opinion book is a flow with two forms: one entry to its register, and no code beside it."""

from django.utils.translation import gettext_lazy as _

from zhikong.web.panels import MenuEntry, Panel

PANEL = Panel(
    menu=(
        MenuEntry(
            _("患者意见簿"),
            "flows:register",
            "message-square-text",
            order=63,
            url_args=("patient_opinions",),
            roles=(
                "nurse",
                "head_nurse",
                "qc_officer",
                "physician",
                "department_head",
                "nursing",
                "complaint_officer",
                "quality_office",
            ),
        ),
    )
)

"""What this function registers with the foundation when the site starts."""


def ready() -> None:
    """The one view that crosses the firewall: numbers by department and year, given to pay only while switched on."""
    from zhikong.foundation.access import firewall

    firewall.declare_view(firewall.View("event_quotas_counts", after="SELECT event_quotas_grant();\n"))

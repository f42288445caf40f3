"""The charts of a brief as pictures."""

from zhikong.web.charts import ComparisonData, ControlData, comparison_chart, control_chart, render


def picture(chart: dict, kind: str) -> bytes:
    """A chart of the snapshot as svg (PDF) or png (Word)."""
    if chart["kind"] == "comparison":
        return render(comparison_chart(ComparisonData(**chart["data"]), width=600), kind)
    return render(control_chart(ControlData(**chart["data"]), height=190), kind)

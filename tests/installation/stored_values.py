"""Every indicator value of the hospital one a line, in a fixed order: compared before the wipe and after the restore.

Runs under an installed set's Python: ``python stored_values.py > values.tsv``.
"""

import sys

from zhikong.site import frame

FIELDS = (
    "indicator_id",
    "month",
    "department",
    "numerator",
    "denominator",
    "value",
    "definition_hash",
    "reason",
)


def main() -> None:
    with frame.database():
        frame.setup_django()
        from zhikong.hospital.functions.indicators.models import IndicatorValue

        with frame.in_scope("numbers"):
            rows = sorted(tuple(map(str, row)) for row in IndicatorValue.objects.values_list(*FIELDS))
    sys.stdout.write("".join("\t".join(row) + "\n" for row in rows))


if __name__ == "__main__":
    main()

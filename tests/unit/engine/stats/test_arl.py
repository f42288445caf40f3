"""Average run lengths against the R package spc (reference/spc/arl_reference.csv)."""

import csv

import pytest

from zhikong.engine.stats.arl import cusum_arl, ewma_arl, run_rules_arl, shewhart_arl


def computed(scheme, shift):
    words = dict(word.split("=") for word in scheme.split() if "=" in word)
    if scheme.startswith("CUSUM"):
        return cusum_arl(shift, slack=float(words["k"]), decision=float(words["h"]))
    if scheme.startswith("EWMA"):
        return ewma_arl(shift, weight=float(words["lambda"]), width=float(words["L"]))
    if scheme.startswith("Shewhart runs rules"):
        return run_rules_arl(scheme.split()[-1], shift)
    return shewhart_arl(shift)


@pytest.mark.proves("QCC-02")
def test_run_lengths_are_those_of_the_reference(oracle):
    with open(oracle("spc") / "arl_reference.csv", encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["arl"] != "NA"]
    assert len(rows) == 63
    for row in rows:
        found = computed(row["scheme"], float(row["mu"]))
        assert found == pytest.approx(float(row["arl"]), rel=1e-6), (row["scheme"], row["mu"])


def test_all_four_rules_of_western_electric():
    """91.75 in Champ and Woodall, Technometrics 1987;29:393, table 1."""
    assert run_rules_arl("1234", 0.0) == pytest.approx(91.75, abs=0.01)

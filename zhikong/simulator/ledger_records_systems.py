"""Truths of consents, consultations, complete sets of papers, blood, cultures, infusions and pathways."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from zhikong.simulator import catalogue
from zhikong.simulator.clock import DAY
from zhikong.simulator.ledger_records_notes import knives
from zhikong.simulator.ledger_records_rows import FAR, View
from zhikong.simulator.tally import month_of

BEDSIDE, TALK = 10, 72 * 60
QUALIFIED = ("attending", "associate_chief", "chief")


def count(view: View) -> None:
    """All of them."""
    _consultations(view)
    _consents(view)
    _complete(view)
    _drugs(view)
    _pathways(view)
    _fees(view)
    _blood_and_events(view)


def _consultations(view: View) -> None:
    """In the department that was asked."""
    asked, month = view.rows["consultations"], view.block.cohort.month
    codes = pa.array(list(catalogue.department_index()))
    target = pc.index_in(asked.columns["to_department"], codes).to_numpy(zero_copy_only=False).astype(int)
    begin = view.minute("consultations", "requested_at")
    came = view.within("consultations", begin, "arrived_at", BEDSIDE)
    answered = view.within("consultations", begin, "completed_at", DAY)
    urgent, usual = (view.is_("consultations", "urgency", word) for word in ("urgent", "routine"))
    able = view.is_("consultations", "doctor_level", *QUALIFIED)
    done = view.known("consultations", "completed_at")
    for key, top, below in (
        ("urgent_consultation_in_10_min", came, urgent),
        ("consultation_in_24h", answered, usual),
        ("consultation_by_qualified", able, done),
    ):
        view.tally.share(key, month[asked.i], target, top, below)


def _consents(view: View) -> None:
    block, every = view.block, np.ones(len(view.block), bool)
    signed = view.known("consents", "signed_at") & ~view.is_("consents", "signer", "none")

    def first(kind: str) -> np.ndarray:
        return view.earliest("consents", "signed_at", view.is_("consents", "kind", kind))

    view.share("talked_in_72h", first("admission") - block.admitted <= TALK, every)
    cut = np.full(len(block), FAR)
    own = knives(view)
    np.minimum.at(cut, view.stay("operations")[own], view.minute("operations", "performed_at")[own])
    view.share("consent_before_surgery", first("operation") <= cut, cut < FAR)
    needed = view.is_("consents", "kind", "operation", "anaesthesia", "transfusion", "special")
    in_order = signed & (view.minute("consents", "signed_at") >= view.minute("consents", "talked_at"))
    view.share_of("consents_in_order", "consents", in_order, needed)
    against = block.of(block.stages.outcome.way) == 4
    view.share("leaving_signed", first("refusal") < FAR, against)
    noticed = view.number("consents", view.is_("consents", "kind", "critical") & signed)
    severe = view.number("condition_periods", view.is_("condition_periods", "kind", "critical", "serious"))
    view.sums("critical_notices", noticed, severe)


def _complete(view: View) -> None:
    """Sets of papers: as many of each kind as there were operations, anaesthesias, transfusions."""
    own, elective = knives(view), view.rows["operations"].columns["elective"]
    asleep = own & (view.rows["operations"].columns["anaesthetist"].index >= 0)
    cut, slept, planned = (view.number("operations", rows) for rows in (own, asleep, own & elective))

    def papers(kind: str) -> np.ndarray:
        return view.number(
            "documents", view.is_("documents", "type", kind) & view.known("documents", "signed_at")
        )

    whole = np.ones(len(view.block), bool)
    for owed, kinds in (
        (cut, ("46", "26", "09", "48", "19")),
        (slept, ("27", "10", "11", "12")),
        (planned, ("47",)),
    ):
        for kind in kinds:
            whole &= papers(kind) >= owed
    view.share("operation_papers_complete", whole, cut > 0)
    given = view.rows["transfusions"]
    bags = np.bincount(given.i, minlength=len(view.block))
    judged = view.number("transfusions", view.known("transfusions", "evaluated_at"))
    agreed = view.number(
        "documents", view.is_("documents", "type", "28") & view.known("documents", "signed_at")
    )
    blood = (papers("13") >= bags) & (judged >= bags) & (agreed > 0)
    view.share("transfusion_papers_complete", blood, bags > 0)
    view.share("key_papers_complete", whole & (blood | (bags == 0)), (cut > 0) | (bags > 0))
    view.share_of(
        "transfusions_judged_24h",
        "transfusions",
        view.within("transfusions", view.minute("transfusions", "ended_at"), "evaluated_at", DAY),
        np.ones(len(given), bool),
    )


def _drugs(view: View) -> None:
    anti = view.is_("medications", "antibacterial_class", "unrestricted", "restricted", "special")
    cure = anti & view.is_("medications", "purpose", "treatment")
    dose = view.earliest("medications", "given_at", cure)
    taken = view.earliest("results", "collected_at", view.is_("results", "kind", "microbiology"))
    view.share("cultured_before_treatment", taken <= dose, dose < FAR)
    dripped = view.number("medications", view.is_("medications", "route", "静脉滴注", "静脉泵入"))
    view.share("infused", dripped > 0, np.ones(len(view.block), bool))


def _pathways(view: View) -> None:
    on = view.number("pathways", np.ones(len(view.rows["pathways"]), bool)) > 0
    view.share("on_pathway", on, np.ones(len(view.block), bool))
    over = view.is_("pathways", "outcome", "completed", "exited")
    view.share_of("pathways_completed", "pathways", view.is_("pathways", "outcome", "completed"), over)
    strayed = view.rows["pathways"].columns["variances"] > 0
    view.share_of("pathways_with_variance", "pathways", strayed, over)


def _fees(view: View) -> None:
    """Classes that add up to the total, each part within its class."""
    block, fee = view.block, view.block.stages.costs.fee
    own = {code: block.of(amount) for code, amount in fee.items()}
    classes = [code for code in own if code not in ("D01", "D09") and "x" not in code]
    whole = sum(own[code] for code in classes) == own["D01"]
    parts = (own["D20x01"] + own["D20x02"] <= own["D20"]) & (own["D23x01"] <= own["D23"])
    view.share("fees_add_up", whole & parts, np.ones(len(block), bool))


def _blood_and_events(view: View) -> None:
    foreign = ~view.is_("transfusions", "component", "autologous")
    whole = view.is_("transfusions", "component", "whole_blood")
    view.share_of("component_transfusions", "transfusions", ~whole, foreign)
    happened = view.rows["adverse_events"]
    codes = pa.array(list(catalogue.department_index()))
    place = pc.index_in(happened.columns["department"], codes).to_numpy(zero_copy_only=False).astype(int)
    month = month_of(happened.columns["occurred_at"])
    view.tally.add("events_of_departments", month, place, np.ones(len(happened), bool))

"""What each answer means, beside the code that gives it: shown with every answer, and in the docs."""

from headway.domain.metrics.definitions import Definition

_SOURCE = "https://dora.dev/capabilities/continuous-delivery/"

QUESTIONS = (
    Definition(
        key="throughout",
        name="deployable throughout",
        formula="share of the known time in which the newest version of every artifact was verified and"
        " not found bad since. Yes: at least 95 %. Unknown: less than half of the time is known",
        when="all the time that was asked about",
        beside="unknown: no verdict on the newest yet, after a good one; nobody could tell. While the "
        "last verdict is bad and nothing newer is judged, it is no",
        source=_SOURCE,
    ),
    Definition(
        key="kept_first",
        name="kept deployable before new work",
        formula="images and configurations that came while their artifact was not deployable, less one "
        "for each time that it was mended after one came. Yes: none is left. Unknown: nothing "
        "came",
        when="when it came",
        beside="an attempt to mend that did not is not told from new work",
        source=_SOURCE,
    ),
    Definition(
        key="feedback",
        name="fast feedback for everyone",
        formula="first verdict on a commit, anywhere − commit on the main line. Yes: p90 is at most 1 "
        "hour. Unknown: no commit with a known time was judged",
        when="the verdict",
        beside="verdicts counted from the build, those without a known start, those whose clocks "
        "disagree. Who could see it: whoever has a token may read everything",
        source=_SOURCE,
    ),
    Definition(
        key="mending",
        name="mended first",
        formula="first thing that people did about it − not deployable any more. Yes: p50 is at most 4 "
        "hours and nothing is red for longer without anybody acting. Unknown: nothing was red",
        when="when it became red",
        beside="what Headway does by itself, such as a rollback, is nobody's act. Acts: something "
        "newer came, a person took back, quarantined or asked for a version",
        source=_SOURCE,
    ),
    Definition(
        key="on_demand",
        name="on demand at any time",
        formula="share of the known time in which nothing kept every version out of any production "
        "instance: no hold, no other hands, no freeze. Yes: at least 95 %, and something was "
        "verified there in that time. Unknown: less than half of the time is known, or there is"
        " no proof",
        when="all the time that was asked about",
        beside="unknown: the engine or the manifests repository did not answer. Approvals keep nobody "
        "out who can give them. Freezes are those of the rules in force now",
        source=_SOURCE,
    ),
)
"""DORA's five questions, in their order."""

"""A dry run of a schedule that is not there yet: how it stands, and what it found."""

from leeboard.dashboard.answers import View
from leeboard.dashboard.pages import Page, Pages
from leeboard.dashboard.visit import Visit
from leeboard.service.monitor_types import MONITOR_TYPES
from leeboard.service.setup import trials

TRAIL = (("Schedules", "/schedules"), ("New schedule", "/schedules/new"))
STEPS = {
    trials.BASELINE: "makes the baseline",
    trials.MERGE: "joins requests and labels",
    trials.ANALYSIS: "analyses the window",
}


def trial(visit: Visit) -> View:
    """How a dry run stands, and what it found."""
    found = trials.stands(visit.service, visit.names["key"])
    context = {"trial": found, "monitors": MONITOR_TYPES, "steps": STEPS}
    title = f"Dry run of {found.name}"
    return View("create_trial.html", title, context, TRAIL, fragment="trial")


ENTRY = Pages("dry runs", (Page("GET", "/schedules/dry-runs/{key}", trial),))

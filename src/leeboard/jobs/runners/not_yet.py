"""The images of monitors that this version of leeboard does not have."""

from leeboard.hosting.mapping import CLARIFY, MERGER, repository_name
from leeboard.jobs.runners import Runner
from leeboard.jobs.runners.order import Log, ProcessingEnd, ProcessingOrder, ShouldStop, failed

_MONITORS = {
    MERGER: "the merge with ground truth, which model quality and model bias monitors need",
    CLARIFY: "the bias and explainability monitors of SageMaker Clarify",
}


def run(order: ProcessingOrder, log: Log, should_stop: ShouldStop) -> ProcessingEnd:
    """Says what is missing."""
    repository = repository_name(order.image)
    return failed(
        f"This version of leeboard does not have {_MONITORS[repository]} ({repository}). "
        "It runs data quality monitors; stop the schedule that starts this job, "
        "or see in the release notes whether a later version has them."
    )


ENTRY = Runner("not-yet", lambda image: 10 if repository_name(image) in _MONITORS else 0, run)

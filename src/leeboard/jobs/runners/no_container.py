"""Images of the user's own, where nothing can run containers."""

from leeboard.hosting.mapping import ANALYZER
from leeboard.jobs.runners import Runner
from leeboard.jobs.runners.order import Log, ProcessingEnd, ProcessingOrder, ShouldStop, failed


def run(order: ProcessingOrder, log: Log, should_stop: ShouldStop) -> ProcessingEnd:
    """Says what could be done."""
    image = order.image or "(none was given)"
    return failed(
        f"No container runtime is configured for the image {image}. leeboard runs the image "
        f"{ANALYZER} by itself, whatever its registry; give that one as ImageUri and put own "
        "code into pre- and post-processing scripts, or start the server with --images PATTERN (of "
        "images that may run) or --container-engine auto (any image) where Docker or Podman is."
    )


ENTRY = Runner("no-container", lambda image: 1, run)

"""Quality checks: data or a model against what was promised of them."""

from functools import partial

from leeboard.service.pipelines.checks.types import QUALITY
from leeboard.service.pipelines.checks.wishes import complaints
from leeboard.service.pipelines.steps import StepKind
from leeboard.service.pipelines.steps.checking import begin, look, stop

ENTRY = StepKind(QUALITY, begin, look, stop, partial(complaints, kind=QUALITY))

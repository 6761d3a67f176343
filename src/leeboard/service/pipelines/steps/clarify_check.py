"""Clarify checks: bias and attributions against what they were."""

from functools import partial

from leeboard.service.pipelines.checks.types import CLARIFY
from leeboard.service.pipelines.checks.wishes import complaints
from leeboard.service.pipelines.steps import StepKind
from leeboard.service.pipelines.steps.checking import begin, look, stop

ENTRY = StepKind(CLARIFY, begin, look, stop, partial(complaints, kind=CLARIFY))

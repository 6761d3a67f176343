"""Pipelines are found by names and ARNs, and what is wrong with one is told in bounds."""

from typing import Any

import pytest

from leeboard.clock import now
from leeboard.service.pipelines import pipelines
from leeboard.service.refusals import InvalidRequestError, ResourceNotFoundError
from leeboard.service.service import Service
from pipeline_definitions import ROLE, definition, fail, get

MADE = {"PipelineName": "Nightly", "RoleArn": ROLE, "ClientRequestToken": "n" * 32}


def test_a_pipeline_is_found_by_its_own_arn_alone(service: Service) -> None:
    made = pipelines.create(service, MADE | {"PipelineDefinition": definition(fail("f"))}, now())
    with service.database.read() as connection:
        for name in ("nightly", made.arn, made.arn.replace("nightly", "Nightly")):
            assert pipelines.found(service, connection, name) == made
        for other in (
            made.arn.replace("000000000000", "111111111111"),
            made.arn.replace("us-east-1", "us-west-2"),
            made.arn.replace(":pipeline/", ":model/"),
        ):
            with pytest.raises(ResourceNotFoundError, match=f"Pipeline '{other}' does not exist"):
                pipelines.found(service, connection, other)


@pytest.mark.parametrize(
    "step",
    [
        fail("f", "m", *(f"other-{number}" for number in range(10_000))),
        fail("f", get("Wrong." + "x" * 100_000)),
    ],
)
def test_what_is_wrong_with_a_definition_is_told_in_bounds(service: Service, step: Any) -> None:
    with pytest.raises(InvalidRequestError) as caught:
        pipelines.create(service, MADE | {"PipelineDefinition": definition(step)}, now())
    assert caught.value.message.startswith("Unable to parse pipeline definition: step f: ")
    assert len(caught.value.message) == pipelines.LONGEST_TOLD

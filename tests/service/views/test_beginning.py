"""What the form of a new schedule begins with, and what could be chosen before it."""

import pytest
from sqlalchemy import update

from leeboard.service.refusals import InvalidRequestError, ResourceNotFoundError
from leeboard.service.service import Service
from leeboard.service.views.beginning import begin
from leeboard.service.views.monitorable import possible
from leeboard.service.views.precedents import usual
from leeboard.state.tables import resources
from watched_fleet import Fleet


def test_endpoints_and_folders_of_batches_can_be_chosen(fleet: Fleet, service: Service) -> None:
    facts = fleet.endpoint("on").facts
    fleet.endpoint("off")
    fleet.transform("job", "scorer", "s3://b/batches/")
    off = facts | {"capture": facts["capture"] | {"EnableCapture": False}}
    with service.database.write() as connection:
        connection.execute(update(resources).where(resources.c.name == "off").values(facts=off))
        found = possible(connection)
    assert found.endpoints == (("off", False, "s3://b/capture"), ("on", True, "s3://b/capture"))
    assert found.batches == ("s3://b/batches",)


def test_a_form_says_what_the_latest_schedule_of_the_endpoint_says(fleet: Fleet, service: Service) -> None:
    fleet.schedule("other", "fraud")
    fleet.schedule("hourly")
    with service.database.read() as connection:
        assert usual(connection, "churn") == usual(connection, "fraud")
        told = usual(connection, "churn")
        assert usual(connection, "nobody") == {}
    assert told["output"].startswith("s3://")
    assert told["role"].startswith("arn:aws:iam::")


def test_without_a_source_a_form_begins_with_nothing(service: Service) -> None:
    found = begin(service)
    assert found.seen.reason == "nothing is captured yet below any place"
    assert (found.values["output"], found.values["baseline"], found.files) == ("", "data", ())


def test_a_form_is_of_an_endpoint_that_is_there_or_of_a_place_in_the_store(service: Service) -> None:
    with pytest.raises(ResourceNotFoundError, match="no endpoint nobody"):
        begin(service, endpoint="nobody")
    with pytest.raises(InvalidRequestError, match="expected s3://BUCKET/PREFIX"):
        begin(service, batch="/etc")

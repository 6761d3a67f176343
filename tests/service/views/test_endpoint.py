"""One endpoint or place of batch data: what answers, when that changed, and its monitors."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from leeboard.service.access import audit
from leeboard.service.refusals import ResourceNotFoundError
from leeboard.service.service import Service
from leeboard.service.views.endpoint import Seen, batch_seen, endpoint_seen
from leeboard.service.views.model import model_seen
from leeboard.service.views.strips import Spans
from leeboard.state.tables import resources
from watched_fleet import HOUR, NOW, Fleet

SPANS = Spans.until(NOW, HOUR, 24)
DONE = (("CreateEndpoint", NOW - 3 * HOUR + timedelta(minutes=1)), ("UpdateEndpoint", NOW - HOUR))


def seen(service: Service, name: str) -> Seen:
    with service.database.read() as connection:
        return endpoint_seen(service, connection, name, SPANS, NOW)


def test_variants_share_the_requests_by_their_weights_and_those_to_come_are_told(
    fleet: Fleet, service: Service
) -> None:
    facts = fleet.endpoint("churn").facts
    (variant,) = facts["variants"]
    both = [variant, variant | {"name": "New", "weight": 3.0}]
    pending = {"variants": [variant | {"name": "Next", "weight": 0.0}]}
    with service.database.write() as connection:
        changed = update(resources).where(resources.c.name == "churn")
        connection.execute(changed.values(facts=facts | {"variants": both, "pending": pending}))
    told = [(one.name, one.share, one.is_pending) for one in seen(service, "churn").variants]
    assert told == [("AllTraffic", 0.25, False), ("New", 0.75, False), ("Next", 0.0, True)]


def test_a_deployment_is_told_once_by_the_audit_log_or_by_the_time_of_the_endpoint(
    fleet: Fleet, service: Service
) -> None:
    fleet.since(fleet.endpoint("churn"), NOW - 3 * HOUR)
    with service.database.write() as connection:
        for action, at in DONE:
            audit.write(connection, at=at, visitor="ada", via="api", action=action, subject="churn")
    told = [(one.words, one.by) for one in seen(service, "churn").deployments]
    assert told == [("deployed", "ada"), ("updated", "ada")]


def test_monitors_stand_by_their_type_and_the_worst_first(fleet: Fleet, service: Service) -> None:
    fleet.endpoint("churn")
    fleet.run(fleet.schedule("bias", kind="ModelBias"), 1, "CompletedWithViolations")
    fleet.run(fleet.schedule("calm"), 1)
    fleet.run(fleet.schedule("wild"), 1, "CompletedWithViolations")
    found = seen(service, "churn").monitored
    assert [(one.line.name, one.n_runs, one.n_bad) for one in found] == [
        ("wild", 1, 1), ("calm", 1, 0), ("bias", 1, 1)
    ]  # fmt: skip


def test_a_place_of_batch_data_names_the_models_that_wrote_it(fleet: Fleet, service: Service) -> None:
    fleet.schedule("nightly", None, place="s3://b/batches")
    fleet.transform("job", "scorer", "s3://b/batches/")
    with service.database.read() as connection:
        found = batch_seen(service, connection, "s3://b/batches/", SPANS, NOW)
    assert (found.row.models, found.places) == (("scorer",), ("s3://b/batches",))
    assert [one.line.name for one in found.monitored] == ["nightly"]


def test_a_model_tells_where_it_answers_and_where_its_batches_go(fleet: Fleet, service: Service) -> None:
    fleet.endpoint("churn", "scorer")
    fleet.endpoint("other")
    fleet.transform("job", "Scorer", "s3://b/batches")
    with service.database.read() as connection:
        found = model_seen(service, connection, "scorer")
    assert (found.endpoints, found.transforms) == (("churn",), ("s3://b/batches",))
    assert [one.image for one in found.containers] == ["x/own:1"]


def test_what_is_not_there_is_named(service: Service) -> None:
    with service.database.read() as connection:
        with pytest.raises(ResourceNotFoundError, match="no endpoint nobody"):
            endpoint_seen(service, connection, "nobody", SPANS, NOW)
        with pytest.raises(ResourceNotFoundError, match="s3://b/none"):
            batch_seen(service, connection, "s3://b/none", SPANS, NOW)
        with pytest.raises(ResourceNotFoundError, match="no model nobody"):
            model_seen(service, connection, "nobody")

"""What somebody who types a text finds."""

from dataclasses import replace

from leeboard.service.service import Service
from leeboard.service.views.search import search
from watched_fleet import NOW, Fleet, drifting

FEATURES = {"churn_rate": 0.1, "100%_sure": 0.1}


def test_search_finds_names_features_and_runs(fleet: Fleet, service: Service) -> None:
    fleet.endpoint("churn")
    number = fleet.run(fleet.schedule("churn-hourly"), 1, summary=drifting(FEATURES))
    with service.database.read() as connection:
        found = search(service, connection, "CHURN", NOW)
        by_number = search(service, connection, f"#{number}", NOW)
        wild = search(service, connection, "%", NOW)
    assert (found.endpoints, found.models) == (("churn",), ("churn-model",))
    assert [line.name for line in found.schedules] == ["churn-hourly"]
    assert [feature.name for feature in found.features] == ["churn_rate"]
    assert by_number.execution is not None
    assert [feature.name for feature in wild.features] == ["100%_sure"]
    assert not wild.endpoints


def test_a_run_that_waits_for_its_last_records_is_not_overdue(fleet: Fleet, service: Service) -> None:
    fleet.run(fleet.schedule("churn-hourly"), 0, "Pending")
    patient = replace(service, settings=replace(service.settings, grace_s=3600.0))
    with service.database.read() as connection:
        states = [search(one, connection, "churn", NOW).schedules[0].state for one in (service, patient)]
    assert states == ["overdue", "waiting"]

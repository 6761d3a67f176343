"""Overview, endpoints, schedules and search, asked as a browser would ask them."""

import csv
import io
import json
from typing import Any

import pytest

from leeboard.clock import now
from leeboard.service.arns import SCHEDULE
from leeboard.service.resources import find
from leeboard.service.service import Service
from leeboard.state.tables import alerts
from watched_fleet import HOUR, Fleet, drifting

HOSTILE = "</script><img src=x onerror=alert(1)>\"'&\u2028"


@pytest.fixture
def fleet(service: Service) -> Fleet:
    """Two endpoints, one of which drifts in a feature with a hostile name."""
    made = Fleet(service, now().replace(minute=20))
    made.endpoint("churn")
    made.endpoint("fraud")
    made.model("idle")
    schedule = made.schedule("churn-hourly")
    made.run(schedule, 2, summary=drifting({HOSTILE: 0.05, "age": 0.01}))
    bad = drifting({HOSTILE: 0.4, "age": 0.02})
    made.run(schedule, 1, "CompletedWithViolations", n_violations=1, summary=bad)
    made.run(made.schedule("fraud-hourly", "fraud"), 1)
    return made


def rows(page: Any) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(page.text)))


def test_an_empty_house_says_what_to_do(reader: Any) -> None:
    page = reader.get("/")
    assert "Nothing is monitored yet" in page.words
    assert "leeboard demo --keep-serving" in page.words
    assert 'id="tiles"' not in page.text
    assert "No schedules yet" in reader.get("/schedules").words
    assert "There is no schedule yet whose windows could be compared" in reader.get("/compare").words


def test_what_is_there_takes_the_place_of_the_ways_to_begin(reader: Any, fleet: Fleet) -> None:
    page = reader.get("/", **{"hx-request": "true"})
    assert 'id="tiles"' in page.text
    assert "leeboard demo" not in page.words


def test_a_feature_that_broke_a_promise_without_drift_is_marked(reader: Any, fleet: Fleet) -> None:
    schedule = fleet.schedule("fraud-more", "fraud")
    seen = drifting({"whole": 0.01, "torn": 0.02})
    seen.features.n_violations = [0, 1]
    fleet.run(schedule, 1, "CompletedWithViolations", n_violations=1, summary=seen)
    page = reader.get("/endpoints/fraud?schedule=fraud-more")
    marked = [
        row for row in page.text.split("<tr")[1:] if "/features?feature=" in row and 'class="bad"' in row
    ]
    assert ["feature=torn" in row for row in marked] == [True]


def test_the_overview_has_the_worst_first_and_what_went_wrong(reader: Any, fleet: Fleet) -> None:
    page = reader.get("/")
    assert page.text.index('/dashboard/endpoints/churn"') < page.text.index('/dashboard/endpoints/fraud"')
    assert "Went wrong since yesterday 1 schedule churn-hourly in violation" in page.words
    assert "not monitored" in page.words


def test_filters_and_the_export_agree(reader: Any, fleet: Fleet) -> None:
    wanted = {
        "": 3,
        "state=in+violation": 1,
        "q=FRA": 1,
        "kind=model": 1,
        "monitor=DataQuality&state=clean": 1,
        "monitor=ModelBias&state=not+monitored": 3,
        "alert=1": 1,
        "state=nonsense": 0,
    }
    for query, n in wanted.items():
        assert len(rows(reader.get(f"/?{query}&export=csv&table=monitors"))) == n, query
        assert reader.get(f"/?{query}").status == 200


def test_what_is_in_violation_and_overdue_is_found_by_either(reader: Any, fleet: Fleet) -> None:
    late = fleet.schedule("late", "fraud", due_at=fleet.now - HOUR)
    fleet.run(late, 3, "CompletedWithViolations", n_violations=2)
    for state in ("in+violation", "overdue"):
        [of] = [row for row in rows(reader.get(f"/?state={state}&export=csv")) if row["name"] == "fraud"]
        assert (of["state"], of["schedules_overdue"]) == ("in violation", "1")
        [of] = [row for row in json.loads(reader.get(f"/schedules?state={state}&q=late&export=json").body)]
        assert (of["state"], of["overdue"], of["last_state"]) == ("in violation", True, "in violation")
    for path in ("/endpoints/fraud", "/schedules/late", "/search?q=late"):
        assert "in violation overdue" in reader.get(path).words, path
    assert 'state=overdue"' in reader.get("/").text


def test_a_refresh_gets_the_parts_alone(reader: Any, fleet: Fleet) -> None:
    part = reader.get("/?state=clean", **{"hx-request": "true"})
    assert "<html" not in part.text
    assert all(f'id="{name}"' in part.text for name in ("tiles", "news", "results"))
    assert 'hx-get="/dashboard/?state=clean"' in part.text


def test_what_changed_can_be_taken_away(reader: Any, fleet: Fleet) -> None:
    assert rows(reader.get("/changes?export=csv&table=broken"))[0]["schedule"] == "churn-hourly"
    assert "churn-hourly" in reader.get("/changes?range=7d").words


def test_an_endpoint_shows_its_monitors_and_features(reader: Any, fleet: Fleet) -> None:
    page = reader.get("/endpoints/churn")
    assert "every hour at :00 reads the hour before" in page.words
    assert "not monitored: Model quality, Bias, Attribution" in page.words
    drifts = json.loads(reader.get("/endpoints/churn?export=json&table=features").body)
    assert [(row["feature"], row["distance"]) for row in drifts] == [(HOSTILE, 0.4), ("age", 0.02)]
    assert len(json.loads(reader.get("/endpoints/churn?export=json&table=drift&q=age").body)) == 2


def test_an_editor_is_led_to_the_form_of_the_missing_monitors(editor: Any, reader: Any, fleet: Fleet) -> None:
    path = "/dashboard/schedules/new?endpoint=fraud&amp;monitors=ModelQuality&amp;monitors=ModelBias"
    assert path in editor.get("/endpoints/fraud").text
    assert path not in reader.get("/endpoints/fraud").text


def test_hostile_names_stay_text(reader: Any, fleet: Fleet) -> None:
    for path in (
        "/endpoints/churn",
        "/endpoints/churn?q=%3Cscript%3E",
        "/search?q=img",
        "/?q=%3Cimg+src%3Dx%3E",
    ):
        assert "<img" not in reader.get(path).text, path


def test_batch_data_and_models_have_pages(reader: Any, fleet: Fleet) -> None:
    fleet.run(fleet.schedule("nightly", None, place="s3://b/batches"), 1, summary=drifting({"age": 0.2}))
    assert "s3://b/batches" in reader.get("/batch?data=s3://b/batches").words
    assert "Nowhere, and nothing watches it" in reader.get("/models/idle").words
    assert "endpoint churn" in reader.get("/models/churn-model").words
    assert rows(reader.get("/schedules?data=s3://b/batches&export=csv"))[0]["schedule"] == "nightly"


@pytest.mark.parametrize(
    "path", ["/endpoints/none", "/batch?data=s3://none", "/models/none", "/schedules/none"]
)
def test_what_is_not_there_is_said_to_be_so(reader: Any, path: str) -> None:
    assert 400 <= reader.get(path).status < 500


def test_a_schedule_shows_its_runs(reader: Any, fleet: Fleet) -> None:
    page = reader.get("/schedules/churn-hourly?state=in+violation")
    assert "{\n  &#34;" in page.text
    assert "1 run in violation" in page.words
    assert rows(reader.get("/schedules/churn-hourly?export=csv"))[0]["state"] == "in violation"


def test_a_reader_sees_no_forms_and_may_send_none(reader: Any, fleet: Fleet) -> None:
    assert "Run now" not in reader.get("/schedules/churn-hourly").text
    for verb in ("start", "stop", "delete", "run", "alert"):
        assert reader.post(f"/schedules/churn-hourly/{verb}").status == 403


def test_an_editor_disables_enables_and_deletes(editor: Any, fleet: Fleet, service: Service) -> None:
    def status() -> str | None:
        with service.database.read() as connection:
            found = find(connection, SCHEDULE, "churn-hourly")
        return found.status if found else None

    assert (
        editor.post("/schedules/churn-hourly/stop").headers["location"] == "/dashboard/schedules/churn-hourly"
    )
    assert status() == "Stopped"
    editor.post("/schedules/churn-hourly/start")
    assert status() == "Scheduled"
    assert editor.post("/schedules/churn-hourly/delete").headers["location"] == "/dashboard/schedules"
    assert status() is None
    told = editor.get("/audit").words
    assert all(each in told for each in ("disabled a schedule", "enabled a schedule", "deleted a schedule"))


def test_an_editor_runs_a_schedule_now(editor: Any, fleet: Fleet) -> None:
    path = editor.post("/schedules/churn-hourly/run").headers["location"]
    assert path.startswith("/dashboard/executions/")
    assert "by hand" in editor.get("/schedules/churn-hourly").words


def test_an_editor_sets_an_alert_within_bounds(editor: Any, fleet: Fleet, service: Service) -> None:
    assert editor.post("/schedules/churn-hourly/alert", datapoints="2", period="3").status == 303
    for datapoints, period in (("4", "3"), ("0", "1"), ("x", "1"), ("1", "101"), ("", "")):
        assert (
            editor.post("/schedules/churn-hourly/alert", datapoints=datapoints, period=period).status == 400
        )
    with service.database.read() as connection:
        row = connection.execute(alerts.select().where(alerts.c.schedule_key == "churn-hourly")).one()
    assert (row.datapoints_to_alert, row.evaluation_period, row.status) == (2, 3, "OK")


def test_search_leads_to_a_run_by_its_number(reader: Any, fleet: Fleet) -> None:
    assert "churn-hourly" in reader.get("/search?q=CHURN").words
    assert reader.get("/search?q=%231").headers["location"] == "/dashboard/executions/1"
    assert "Nothing has" in reader.get("/search?q=nosuchthing").words


def test_long_lists_are_paged(reader: Any, fleet: Fleet) -> None:
    schedule = fleet.schedule("busy", due_at=fleet.now + HOUR)
    for hours_ago in range(60):
        fleet.run(schedule, hours_ago)
    assert "51 to 60 of 60" in reader.get("/schedules/busy?page=2").words
    assert "51 to 60 of 60" in reader.get("/schedules/busy?page=999").words

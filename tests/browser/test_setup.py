"""Schedules that are made in the browser after a dry run, baselines, and constraints that are tuned."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from browsing import Tab
from hostile_home import NAMES, House

pytestmark = pytest.mark.slow
Enter = Callable[..., Tab]


def test_a_schedule_is_made_after_a_dry_run(house: House, enter: Enter) -> None:
    tab = enter()
    tab.go("/schedules/new")
    tab.page.get_by_role("row", name="loans").get_by_role("link", name="Monitor it").click()
    tab.page.wait_for_url("**/schedules/new?endpoint=loans")
    form = tab.page.locator("form.numbered")
    form.get_by_label("Name", exact=True).fill("by-hand")
    form.locator("[name=every]").select_option("day")
    tab.page.locator("#plan").get_by_text("06:00").first.wait_for()
    form.get_by_role("button", name="Dry run on 2").click()
    tried = tab.page.locator("#tried")
    tried.get_by_text("40 rows").wait_for()
    assert form.get_by_label("Name", exact=True).input_value() == "by-hand"
    form.get_by_role("button", name="Save").click()
    tab.page.get_by_text("The schedule is made.").wait_for()
    assert tab.path == "/schedules/by-hand"
    made = house.server.client("sagemaker").describe_monitoring_schedule(MonitoringScheduleName="by-hand")
    assert made["MonitoringScheduleConfig"]["ScheduleConfig"]["ScheduleExpression"] == "cron(0 6 ? * * *)"


def test_a_dry_run_has_an_address(enter: Enter) -> None:
    tab = enter()
    tab.go("/schedules/new?endpoint=loans")
    tab.page.locator("form.numbered").get_by_role("button", name="Dry run on 2").click()
    link = tab.page.locator("#tried [hx-get]").first.get_attribute("hx-get")
    tab.page.locator("#tried").get_by_text("40 rows").wait_for()
    tab.go(link.removeprefix("/dashboard"))
    assert "40 rows" in tab.words
    assert tab.page.get_by_role("heading", level=1).inner_text().startswith("Dry run of")


def test_what_cannot_be_taken_is_said_beside_the_field_and_nothing_is_lost(enter: Enter) -> None:
    tab = enter()
    tab.go("/schedules/new?endpoint=loans")
    form = tab.page.locator("form.numbered")
    form.get_by_label("Name", exact=True).fill("<img src=x onerror=alert(1)>")
    form.get_by_label("Alerts at bad runs").fill("many")
    form.get_by_role("button", name="Save").click()
    tab.page.get_by_text("nothing was lost").wait_for()
    assert form.get_by_label("Alerts at bad runs").input_value() == "many"
    assert form.locator(".error").count() >= 1
    tab.forgives("400")


def test_constraints_are_tuned_previewed_saved_and_had_back(house: House, enter: Enter) -> None:
    tab = enter()
    tab.go("/schedules/live/constraints")
    tab.page.get_by_role("row", name="=1+1").locator("input[id$=completeness]").fill("0")
    tab.page.get_by_role("button", name="Preview").last.click()
    tab.page.get_by_text("1 value edited, not saved yet").wait_for()
    preview = tab.page.locator("#preview")
    preview.get_by_text("With the edits", exact=True).first.wait_for()
    row = preview.get_by_role("row", name="=1+1")
    before, after = row.locator("td.num").all_inner_texts()
    assert int(before) >= 1  # one more if an hour began meanwhile
    assert int(after) == 0
    tab.page.get_by_label("Why").fill("<img src=x onerror=alert(1)>")
    tab.page.get_by_role("button", name="Save as a new version").click()
    tab.agree("Save")
    tab.page.get_by_text("of the constraints holds from the next run on.").wait_for()
    assert kept(house, "live")["=1+1"]["completeness"] == 0
    tab.page.get_by_role("button", name="Go back to it").first.click()
    tab.agree("Go back")
    tab.page.get_by_text("The constraints are those of version").wait_for()
    assert kept(house, "live")["=1+1"]["completeness"] == 1


def kept(house: House, schedule: str) -> dict[str, Any]:
    """The constraints that hold for a schedule, by feature."""
    sm, store = house.server.client("sagemaker"), house.server.client("s3")
    config = sm.describe_monitoring_schedule(MonitoringScheduleName=schedule)["MonitoringScheduleConfig"]
    name = config["MonitoringJobDefinitionName"]
    told = sm.describe_data_quality_job_definition(JobDefinitionName=name)
    uri = told["DataQualityBaselineConfig"]["ConstraintsResource"]["S3Uri"]
    bucket, _, key = uri.removeprefix("s3://").partition("/")
    document = json.loads(store.get_object(Bucket=bucket, Key=key)["Body"].read())
    return {each["name"]: each for each in document["features"]}


def test_a_reader_sees_constraints_and_cannot_change_them(enter: Enter) -> None:
    tab = enter("reader")
    tab.go("/schedules/live/constraints?preview=1")
    assert NAMES[0] in tab.words
    assert tab.page.get_by_role("button", name="Save as a new version").count() == 0


def test_baselines_are_listed(enter: Enter) -> None:
    tab = enter()
    assert tab.go("/baselines").status == 200
    assert tab.page.get_by_role("heading", level=1).count() == 1

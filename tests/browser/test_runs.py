"""Schedules and executions: every button of theirs, and a run that is watched to its end."""

import re
from collections.abc import Callable

import pytest
from browsing import Tab
from hostile_home import House

pytestmark = pytest.mark.slow
Enter = Callable[..., Tab]


def test_a_run_is_started_and_followed_to_its_end(enter: Enter) -> None:
    tab = enter()
    tab.go("/schedules/spare")
    tab.page.get_by_role("button", name="Run now").click()
    tab.page.wait_for_url("**/executions/*")
    assert "It was started by hand" in tab.words
    tab.page.get_by_role("heading", name="Promises were broken").wait_for()
    assert "40 rows of 6 columns read" in tab.page.locator("pre.log").last.inner_text()
    assert tab.page.locator("main img").count() == 0
    tab.page.get_by_role("button", name="Run again").click()
    tab.page.get_by_text("A new run for the same window was made").wait_for()


def test_a_schedule_is_disabled_and_enabled_again(enter: Enter) -> None:
    tab = enter()
    tab.go("/schedules/spare")
    tab.page.get_by_role("button", name="Disable").click()
    tab.agree("Cancel")
    assert tab.page.get_by_role("dialog").count() == 0
    tab.page.get_by_role("button", name="Disable").click()
    tab.agree("Disable")
    tab.page.get_by_text("The schedule is disabled").wait_for()
    tab.page.get_by_role("button", name="Enable").click()
    tab.agree("Enable")
    tab.page.get_by_text("The schedule is enabled.").wait_for()


def test_the_numbers_of_an_alert_are_set(enter: Enter) -> None:
    tab = enter()
    tab.go("/schedules/spare")
    tab.page.get_by_label("Bad runs").fill("2")
    tab.send("Set", of_the_last="3")
    tab.page.get_by_text("It alerts when 2 of the last 3 runs are bad.").wait_for()
    tab.send("Set", Bad_runs="4")
    assert tab.page.get_by_role("heading", level=1).inner_text() == "That did not work"
    tab.forgives("400")


def test_times_of_a_schedule_are_changed_and_told_in_words(enter: Enter) -> None:
    tab = enter()
    tab.go("/schedules/spare/edit")
    tab.page.get_by_label("It runs").select_option(label="every day")
    tab.page.locator("#plan").get_by_text(re.compile("06:00")).first.wait_for()
    tab.page.get_by_role("button", name="Save").click()
    tab.page.get_by_text("It runs by its new times from now on.").wait_for()
    assert "06:00" in tab.words


def test_a_schedule_is_deleted_after_a_question(house: House, enter: Enter) -> None:
    sm, tab = house.server.client("sagemaker"), enter()
    config = sm.describe_monitoring_schedule(MonitoringScheduleName="spare")["MonitoringScheduleConfig"]
    sm.create_monitoring_schedule(MonitoringScheduleName="doomed", MonitoringScheduleConfig=config)
    tab.go("/schedules/doomed")
    tab.page.get_by_role("button", name="Delete").click()
    tab.agree("Delete")
    tab.page.get_by_text("The schedule doomed is deleted.").wait_for()
    assert tab.path == "/schedules"
    tab.go("/schedules/doomed")
    assert "doomed" in tab.words
    tab.forgives("400", "404")


def test_runs_are_filtered_by_state(enter: Enter) -> None:
    tab = enter()
    tab.go("/schedules/data")
    tab.page.get_by_role("group", name="State").get_by_role("link", name="failed").click()
    tab.page.wait_for_url("**/schedules/data?state=failed")
    assert tab.page.locator("#results tbody tr").count() == 1


def test_why_it_failed_and_why_there_was_no_data_is_told(house: House, enter: Enter) -> None:
    tab = enter()
    tab.go(f"/executions/{house.failed}")
    assert "Why it failed" in tab.words
    assert "The container ended with exit code 1" in tab.words
    tab.go(f"/executions/{house.empty}")
    assert "Why there was no data" in tab.words


def test_earlier_and_later_runs_are_one_click_away(house: House, enter: Enter) -> None:
    first, second = house.ids["data"]
    tab = enter()
    tab.go(f"/executions/{second}")
    tab.page.get_by_role("link", name="Earlier").click()
    tab.page.wait_for_url(f"**/executions/{first}")
    tab.page.get_by_role("link", name="Later").click()
    tab.page.wait_for_url(f"**/executions/{second}")
    tab.page.get_by_role("link", name="As text").click()
    assert "<img src=x onerror=alert(1)>" in tab.page.locator("body").inner_text()
    assert tab.page.locator("img").count() == 0

"""What schedules and job definitions may say."""

from datetime import UTC, datetime

import pytest

from leeboard.service.refusals import InvalidRequestError
from leeboard.service.schedules.monitored import MonitoredInput
from leeboard.service.schedules.rules import (
    check_definition,
    check_schedule,
    check_together,
    monitoring_type_of,
    runtime_limit_s,
)

NOW = datetime(2026, 11, 22, 9, 17, tzinfo=UTC)
HOURLY = "cron(0 * ? * * *)"


def endpoint_input(**offsets):
    return {"EndpointInput": {"EndpointName": "churn", "LocalPath": "/opt/ml/processing/input", **offsets}}


def definition(kind="DataQuality", runtime_s=None, **offsets):
    stopping = {"StoppingCondition": {"MaxRuntimeInSeconds": runtime_s}} if runtime_s else {}
    return {"JobDefinitionName": "job", f"{kind}JobInput": endpoint_input(**offsets), **stopping}


def inline(runtime_s=None, **offsets):
    stopping = {"StoppingCondition": {"MaxRuntimeInSeconds": runtime_s}} if runtime_s else {}
    return {"MonitoringInputs": [endpoint_input(**offsets)], **stopping}


def by_name(expression=HOURLY, kind="DataQuality", start=None, end=None):
    schedule = {"ScheduleExpression": expression, "DataAnalysisStartTime": start, "DataAnalysisEndTime": end}
    return {
        "ScheduleConfig": {name: text for name, text in schedule.items() if text is not None},
        "MonitoringJobDefinitionName": "job",
        "MonitoringType": kind,
    }


def check(config, *, is_strict=False):
    return check_schedule(config, created_at=NOW, now=NOW, is_strict=is_strict)


def check_both(config, job, *, is_strict=False):
    expression = check(config, is_strict=is_strict)
    check_together(config, job, expression, at=NOW, is_strict=is_strict)


def test_a_definition_by_name_and_an_inline_one_are_the_two_forms():
    assert monitoring_type_of(by_name(kind="ModelBias")) == "ModelBias"
    assert monitoring_type_of({"MonitoringJobDefinition": inline()}) == "DataQuality"
    assert (
        monitoring_type_of({"MonitoringJobDefinition": inline(), "MonitoringType": "DataQuality"})
        == "DataQuality"
    )


@pytest.mark.parametrize(
    ("config", "reason"),
    [
        ({}, "has neither of"),
        ({"MonitoringType": "DataQuality"}, "has neither of"),
        ({**by_name(), "MonitoringJobDefinition": inline()}, "has both of"),
        ({"MonitoringJobDefinitionName": "job"}, "without MonitoringType"),
        ({"MonitoringJobDefinition": inline(), "MonitoringType": "ModelQuality"}, "is for DataQuality"),
    ],
)
def test_other_forms_are_refused(config, reason):
    with pytest.raises(InvalidRequestError, match=reason):
        check(config)


def test_a_schedule_without_a_config_is_daily():
    config = {"MonitoringJobDefinition": inline()}
    assert check(config).text == "cron(0 10 ? * * *)"


def test_a_bad_expression_is_refused():
    with pytest.raises(InvalidRequestError, match="minutes field"):
        check(by_name("cron(99 * ? * * *)"))


def test_an_expression_that_never_fires_is_refused():
    with pytest.raises(InvalidRequestError, match="never fires: it names no time after 2026-11-22T09:17Z"):
        check(by_name("cron(0 0 30 2 ? *)"))


def test_minutes_are_refused_in_strict_mode_alone():
    assert check(by_name("cron(0/5 * ? * * *)"))
    with pytest.raises(InvalidRequestError, match="strict mode"):
        check(by_name("cron(0/5 * ? * * *)"), is_strict=True)


@pytest.mark.parametrize(
    ("times", "missing"),
    [
        ({}, "DataAnalysisStartTime and DataAnalysisEndTime is"),
        ({"start": "-PT1H"}, "but DataAnalysisEndTime is"),
    ],
)
def test_now_needs_both_analysis_times(times, missing):
    with pytest.raises(InvalidRequestError, match=missing):
        check(by_name("NOW", **times))
    assert check(by_name("NOW", start="-PT1H", end="-PT0H")).is_once


@pytest.mark.parametrize("times", [("-PT1H", "-PT2H"), ("-PT1H", "-PT1H")])
def test_analysis_times_that_leave_no_time_are_refused(times):
    with pytest.raises(InvalidRequestError, match="leave no time"):
        check(by_name(start=times[0], end=times[1]))


def test_more_than_a_day_is_refused_in_strict_mode_alone():
    assert check(by_name(start="-P30D", end="-PT0H"))
    assert check(by_name(start="-PT25H", end="-PT1H"), is_strict=True)
    with pytest.raises(InvalidRequestError, match="more than 24 hours"):
        check(by_name(start="-PT25H", end="-PT0H"), is_strict=True)
    with pytest.raises(InvalidRequestError, match="more than 24 hours"):
        check(by_name(start="-PT25H"), is_strict=True)


def test_a_time_after_the_scheduled_one_is_refused_with_the_likely_meaning():
    with pytest.raises(InvalidRequestError, match="Write -PT5H for a time before it"):
        check(by_name(start="PT5H", end="PT6H"))
    with pytest.raises(InvalidRequestError, match=r"StartTimeOffset is '\+PT5H'"):
        check_definition(definition(StartTimeOffset="+PT5H"))


@pytest.mark.parametrize("offset", ["6H", "-PT6S", "-P0008DT0003H00M"])
def test_a_bad_offset_is_refused_with_the_name_of_its_member(offset):
    with pytest.raises(InvalidRequestError, match="EndTimeOffset is"):
        check_definition(definition(EndTimeOffset=offset))


@pytest.mark.parametrize(
    ("job_input", "found"),
    [
        ({}, "has no source"),
        ({**endpoint_input(), "BatchTransformInput": {}}, "has EndpointInput and BatchTransform"),
    ],
)
def test_exactly_one_source_is_taken(job_input, found):
    with pytest.raises(InvalidRequestError, match=found):
        check_definition({"ModelQualityJobInput": job_input})


@pytest.mark.parametrize("job", [{}, {"MonitoringInputs": [endpoint_input()] * 2}])
def test_exactly_one_input_is_taken(job):
    with pytest.raises(InvalidRequestError, match="a job definition has one input"):
        check_definition(job)


def test_the_input_of_an_endpoint_and_of_batch_data():
    live = MonitoredInput.of(inline(StartTimeOffset="-PT2H"))
    assert (live.endpoint, live.start_offset, live.end_offset) == ("churn", "-PT2H", None)
    batch = MonitoredInput.of({"ModelBiasJobInput": {"BatchTransformInput": {"LocalPath": "/x"}}})
    assert (batch.endpoint, batch.is_endpoint) == (None, False)


def test_an_inline_definition_is_checked_with_its_schedule():
    schedule = {"ScheduleExpression": HOURLY}
    with pytest.raises(InvalidRequestError, match="EndTimeOffset"):
        check({"ScheduleConfig": schedule, "MonitoringJobDefinition": inline(EndTimeOffset="x")})
    with pytest.raises(InvalidRequestError, match="MaxRuntimeInSeconds is 3601"):
        check({"ScheduleConfig": schedule, "MonitoringJobDefinition": inline(runtime_s=3601)})


def test_an_end_offset_before_the_default_start_is_refused():
    with pytest.raises(InvalidRequestError, match="holds no time"):
        check_both(by_name(), definition(EndTimeOffset="-PT2H"))


@pytest.mark.parametrize(
    ("expression", "kind", "runtime_s", "is_strict"),
    [
        (HOURLY, "DataQuality", 3600, True),
        (HOURLY, "ModelQuality", 1800, True),
        (HOURLY, "ModelQuality", 3600, False),
        (HOURLY, "ModelExplainability", 3600, True),
        ("cron(0 0/2 ? * * *)", "ModelBias", 7200, True),
        ("cron(0/5 * ? * * *)", "DataQuality", 300, False),
        ("cron(0/5 * ? * * *)", "DataQuality", None, False),
        ("cron(0 0 ? * * *)", "DataQuality", 86400, True),
    ],
)
def test_a_run_that_fits_its_period_is_taken(expression, kind, runtime_s, is_strict):
    check_both(by_name(expression, kind), definition(kind, runtime_s), is_strict=is_strict)


@pytest.mark.parametrize(
    ("expression", "kind", "runtime_s", "longest_s", "is_strict"),
    [
        (HOURLY, "DataQuality", 3601, 3600, False),
        (HOURLY, "ModelQuality", 1801, 1800, True),
        (HOURLY, "ModelBias", 3600, 1800, True),
        ("cron(0/5 * ? * * *)", "DataQuality", 301, 300, False),
        ("cron(0 17/5 ? * * *)", "DataQuality", 18001, 18000, False),
    ],
)
def test_a_run_that_is_longer_than_its_period_is_refused(expression, kind, runtime_s, longest_s, is_strict):
    with pytest.raises(InvalidRequestError, match=f"at most {longest_s}"):
        check_both(by_name(expression, kind), definition(kind, runtime_s), is_strict=is_strict)


def test_a_run_of_now_has_no_period_to_fit_in():
    check_both(by_name("NOW", start="-PT1H", end="-PT0H"), definition(runtime_s=86400))


def test_the_limit_of_a_run_is_what_was_sent_or_an_hour():
    assert runtime_limit_s(definition(runtime_s=120)) == 120
    assert runtime_limit_s(definition()) == 3600

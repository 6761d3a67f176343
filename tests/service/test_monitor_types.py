"""The facts of the monitoring types, held against those that AWS's model and our own monitors have."""

from collections.abc import Callable
from typing import Any

import pytest
from botocore.session import Session

from leeboard.alerts.matching import is_matched
from leeboard.hosting.mapping import builtin_of
from leeboard.monitors import MONITORS
from leeboard.service.monitor_types import INLINE_TYPE, MERGING, MONITOR_TYPES, TITLES, TYPES, MonitorType
from leeboard.service.setup.tuning import TUNABLES

EVERY = pytest.mark.parametrize("of", MONITOR_TYPES.values(), ids=TYPES)


@pytest.fixture(scope="module")
def shape() -> Callable[[str], Any]:
    """Shapes of AWS's own model of the API."""
    return Session().get_service_model("sagemaker").shape_for


def test_they_are_the_types_that_aws_knows(shape: Callable[[str], Any]) -> None:
    assert sorted(TYPES) == sorted(shape("MonitoringType").enum)
    assert (INLINE_TYPE, MERGING) == ("DataQuality", ("ModelQuality", "ModelBias"))


@EVERY
def test_a_type_takes_what_aws_lets_its_definitions_say(of: MonitorType, shape: Callable[[str], Any]) -> None:
    baseline = shape(f"{of.aws}BaselineConfig").members
    assert ("StatisticsResource" in baseline) == of.takes_statistics
    assert ("GroundTruthS3Input" in shape(f"{of.aws}JobInput").members) == of.merges
    assert ("ConfigUri" in shape(f"{of.aws}AppSpecification").members) == of.has_config


@EVERY
def test_a_type_has_a_monitor_of_ours_that_says_the_same(of: MonitorType) -> None:
    monitor = MONITORS.get(of.monitor)
    assert monitor.monitoring_type == of.aws
    assert monitor.baseline_files[0] == of.constraints_file
    assert builtin_of(of.image) == of.image


@EVERY
def test_rules_know_a_type_by_either_name_and_its_constraints_can_be_edited(of: MonitorType) -> None:
    assert is_matched(of.aws, of.aws, "monitor")
    assert is_matched(of.monitor, of.aws, "monitor")
    assert of.aws in TUNABLES


def test_names_of_one_kind_are_all_different() -> None:
    for names in (
        [each.stem for each in MONITOR_TYPES.values()],
        [each.monitor for each in MONITOR_TYPES.values()],
        [each.metrics for each in MONITOR_TYPES.values()],
        [each.page for each in MONITOR_TYPES.values()],
        list(TITLES.values()),
    ):
        assert len(set(names)) == len(TYPES)

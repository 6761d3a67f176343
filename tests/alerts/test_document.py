"""`alerts.toml`, and what is matched."""

from pathlib import Path

import pytest

from leeboard.alerts.document import AlertsFile
from leeboard.alerts.matching import Matchers
from leeboard.errors import FormatError, NotFoundError

WHOLE = """
url = "https://monitor.example"

[[rules]]
name = "plan drifts"
when = "distance"
above = 0.2
windows = 2
of = 3
per = "feature"
severity = "critical"
match = { endpoint = "churn", feature = ["plan*", "age"] }

[[sinks]]
name = "pager"
kind = "webhook"
url = "${PAGER_URL}"
headers = { X-Key = "${file:/run/secrets/key}" }

[[routes]]
name = "on call"
sinks = ["pager"]
match = { severity = "critical" }
group_by = ["endpoint"]
repeat_s = 14400
"""


def read(tmp_path: Path, text: str) -> AlertsFile:
    (tmp_path / "alerts.toml").write_text(text)
    return AlertsFile.read(tmp_path / "alerts.toml")


def test_a_whole_file(tmp_path: Path) -> None:
    file = read(tmp_path, WHOLE)
    assert (file.url, file.rules[0].n_last, file.rules[0].looks_inside) == (
        "https://monitor.example",
        3,
        True,
    )
    assert file.sinks["pager"].settings["url"] == "${PAGER_URL}"
    assert file.routes[0].on == ["opened", "resolved", "repeated"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[[rules]", "is not TOML"),
        ("colour = 1", "colour"),
        ('[[rules]]\nname = "a"', "when"),
        ('[[rules]]\nname = "a"\nwhen = "failed"\n' * 2, "two rules have the name 'a'"),
        ('[[rules]]\nname = "a"\nwhen = "failed"\nwindows = "2"', "Expected `int`, got `str`"),
        ('[[sinks]]\nname = "a"\nkind = "webhok"', "did you mean 'webhook'"),
        ('[[sinks]]\nname = "a"\nkind = "webhook"', "url"),
        ('[[sinks]]\nname = "a"\nkind = "command"\ncommand = "rm -rf"', "array"),
        ('[[routes]]\nname = "a"\nsinks = ["b"]', "names the sink 'b'; sinks of this file: none"),
    ],
)
def test_a_file_that_cannot_be_used_says_where_and_why(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(FormatError, match=said) as caught:
        read(tmp_path, text)
    assert "alerts.toml" in str(caught.value)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="--alerts"):
        AlertsFile.read(tmp_path / "no.toml")


@pytest.mark.parametrize(
    ("matchers", "is_match"),
    [
        (Matchers(), True),
        (Matchers(schedule="CHURN-*"), True),
        (Matchers(schedule=["other", "*hourly"]), True),
        (Matchers(schedule="churn"), False),
        (Matchers(monitor="data_quality"), True),
        (Matchers(monitor="model-quality"), False),
        (Matchers(feature="*"), False),
        (Matchers(schedule="churn-*", monitor="attribution"), False),
    ],
)
def test_matchers(matchers: Matchers, is_match: bool) -> None:
    names = {"schedule": "churn-hourly", "monitor": "DataQuality", "feature": None}
    assert matchers.matches(**names) == is_match


def test_the_documented_file_can_be_used(tmp_path: Path) -> None:
    page = (Path(__file__).parents[2] / "docs" / "alerts.md").read_text()
    file = read(tmp_path, page.partition("```toml\n")[2].partition("```")[0])
    assert [rule.when for rule in file.rules] == [
        "distance", "violations", "overdue", "pipeline-failed", "job-overdue"
    ]  # fmt: skip
    assert (list(file.sinks), len(file.routes)) == (["on call", "team"], 2)


def test_a_hostile_pattern_takes_no_time() -> None:
    assert not Matchers(schedule="*a" * 100 + "b").matches(schedule="a" * 2000)

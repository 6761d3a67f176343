"""JUnit XML, read by a real parser and held against what Ant's and Jenkins's schemas both allow."""

import re
from datetime import UTC, datetime
from xml.etree.ElementTree import Element

import polars as pl
from defusedxml.ElementTree import fromstring

from leeboard.report.gate import FORMATS
from leeboard.report.gate.judgement import Fault, Judgement
from leeboard.report.gate.policy import Policy

HOSTILE = "<x a='\"'>&]]>\x00\x1b[31m\u202e\ud800\n::error::"
SUITE = {"id", "name", "package", "hostname", "timestamp", "time", "tests", "failures", "errors", "skipped"}
CASE = {"classname", "name", "time"}
ATTRIBUTES = {
    "testsuites": set(),
    "testsuite": SUITE,
    "properties": set(),
    "property": {"name", "value"},
    "testcase": CASE,
    "failure": {"message", "type"},
    "error": {"message", "type"},
    "skipped": {"message"},
    "system-out": set(),
    "system-err": set(),
}


def read(judgement) -> Element:
    return fromstring(FORMATS.get("junit").render(judgement).encode())


def assert_fits_the_schemas(root: Element):
    """The attributes of both schemas, Ant's order of elements, one outcome a case, and counts that agree."""
    for element in root.iter():
        assert set(element.attrib) == ATTRIBUTES[element.tag]
    (suite,) = root
    tags = "".join(f"{child.tag} " for child in suite)
    assert re.fullmatch(r"properties (testcase )*system-out system-err ", tags)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", suite.get("timestamp"))
    assert re.fullmatch(r"\d{1,3}\.\d+", suite.get("time"))
    assert all(len(case) <= 1 for case in suite.iter("testcase"))
    counted = {"tests": "testcase", "failures": "failure", "errors": "error", "skipped": "skipped"}
    assert {name: int(suite.get(name)) for name in counted} == {
        name: len(list(suite.iter(tag))) for name, tag in counted.items()
    }


def test_a_failure_says_what_was_seen_and_why(judge, broken):
    root = read(judge(broken))
    assert_fits_the_schemas(root)
    case = root.find(".//testcase[@name='plan: completeness']")
    assert case.get("classname") == "leeboard.data_quality.completeness_check"
    assert "Completeness requirement is not met" in case.find("failure").get("message")
    assert "2 of 100 cells are missing" in case.find("failure").text
    assert not len(root.find(".//testcase[@name='age: data type']"))


def test_what_does_not_count_is_skipped_with_its_description(judge, broken):
    root = read(judge(broken, Policy(frozenset({"data_type_check"}))))
    assert_fits_the_schemas(root)
    assert root.find("testsuite").get("failures") == "0"
    skipped = root.find(".//testcase[@name='plan: completeness']/skipped")
    assert skipped.get("message").startswith("broken, but does not count here: Completeness")


def test_an_open_gate_shows_failures_all_the_same(judge, broken):
    root = read(judge(broken, Policy(is_open=True)))
    assert int(root.find("testsuite").get("failures")) == broken.n_violations


def test_hostile_names_and_values_stay_text(check, judge):
    was = pl.DataFrame({HOSTILE.replace("\ud800", ""): ["a", "b"] * 9})
    now = pl.DataFrame({HOSTILE.replace("\ud800", ""): ["a", HOSTILE.replace("\ud800", "")] * 9})
    root = read(judge(check(was, now), data_name=HOSTILE, baseline_name="\ufffe" * 9000))
    assert_fits_the_schemas(root)
    assert (
        root.find(".//property[@name='data']").get("value").startswith("<x a='\"'>&]]>\\x00\\x1b[31m\\u202e")
    )
    assert len(root.find(".//property[@name='baseline']").get("value")) < 30_000


def test_a_fault_is_an_error():
    fault = Fault(kind="NotFoundError", message=f"nothing at {HOSTILE}", is_input=True)
    judgement = Judgement(
        monitor="data-quality", data_name="a", baseline_name="b", made_at=datetime(2026, 3, 1, tzinfo=UTC),
        fault=fault,
    )  # fmt: skip
    root = read(judgement)
    assert_fits_the_schemas(root)
    assert root.find(".//error").get("type") == "NotFoundError"

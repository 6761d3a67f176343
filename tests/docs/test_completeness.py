"""What there is, is in the documents."""

import re
import runpy
from importlib import import_module
from inspect import getmembers, isclass
from pathlib import Path

import pytest
from typer.main import get_command

from leeboard import errors
from leeboard.api.own import CALLS
from leeboard.cli.app import app
from leeboard.compare.drift import DRIFT_TESTS
from leeboard.formats.constraints import DriftSettings, FeatureSettings
from leeboard.formats.statistics import FeatureExtension
from leeboard.formats.violations import ViolationExtension

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
ROSTERS = {
    "leeboard.compare.drift": ("DRIFT_TESTS", "data-quality.md"),
    "leeboard.compare.checks": ("CHECKS", "data-quality.md"),
    "leeboard.compare.suggest": ("SUGGESTION_RULES", "data-quality.md"),
    "leeboard.profile.states": ("STATES", "data-quality.md"),
    "leeboard.monitors": ("MONITORS", "monitors.md"),
    "leeboard.report.sections": ("SECTIONS", "monitors.md"),
    "leeboard.jobs.programs": ("PROGRAMS", "job-contract.md"),
    "leeboard.service.pipelines.steps": ("STEP_KINDS", "pipelines.md"),
    "leeboard.report.gate": ("FORMATS", "ci.md"),
    "leeboard.report.gate.checked": ("CHECKED", "ci.md"),
    "leeboard.alerts": ("SINKS", "alerts.md"),
    "leeboard.emit": ("EMITTERS", "metrics-and-logs.md"),
    "leeboard.engines": ("ENGINES", "data-quality.md"),
    "leeboard.storage": ("SCHEMES", "files.md"),
    "leeboard.tables.readers": ("READERS", "files.md"),
}


@pytest.mark.parametrize(("module", "where"), ROSTERS.items(), ids=lambda value: str(value).split(".")[-1])
def test_every_entry_of_a_roster_is_in_the_documents(module, where):
    roster, page = where
    text = (DOCS / page).read_text()
    names = getattr(import_module(module), roster).names()
    assert [name for name in names if f"`{name}`" not in text] == []


def test_the_documented_effect_floors_are_those_of_the_drift_tests():
    lines = (DOCS / "data-quality.md").read_text().splitlines()
    documented = {line.split("`")[1]: line.split("|")[-2].strip() for line in lines if line.startswith("| `")}
    assert all(documented[test.name] == f"{test.effect_floor:g}" for test in DRIFT_TESTS)


def test_the_page_of_commands_is_what_the_commands_say():
    page = runpy.run_path(str(ROOT / "tools/write_cli_page.py"))["page"]
    assert (DOCS / "cli.md").read_text() == page(), "run: make docs"


def test_the_page_of_operations_is_what_the_server_answers():
    page = runpy.run_path(str(ROOT / "tools/write_api_page.py"))["page"]
    assert (DOCS / "api.md").read_text() == page(), "run: make docs"


def test_every_call_of_our_own_is_in_the_page_of_the_server():
    page = (DOCS / "server.md").read_text()
    assert [route.path for calls in CALLS for route in calls.routes if route.path not in page] == []


def test_every_command_is_in_the_readme():
    readme = (ROOT / "README.md").read_text()
    assert [name for name in get_command(app).commands if f"leeboard {name}" not in readme] == []


def test_every_error_has_a_section():
    known = [name for name, kind in getmembers(errors, isclass) if issubclass(kind, errors.LeeboardError)]
    page = (DOCS / "errors.md").read_text()
    assert [name for name in known if f"## `{name}`" not in page] == []


@pytest.mark.parametrize("part", [DriftSettings, FeatureSettings, FeatureExtension, ViolationExtension])
def test_every_key_of_our_own_is_in_the_page_of_files(part):
    page = (DOCS / "files.md").read_text()
    assert [name for name in part.model_fields if f"`{name}`" not in page] == []


def test_every_variable_that_the_job_reads_is_in_its_contract():
    page = (DOCS / "job-contract.md").read_text()
    modules = [import_module(f"leeboard.jobs.{name}") for name in ("environment", "contract")]
    sources = "".join(Path(module.__file__ or "").read_text() for module in modules)
    asked = set(re.findall(r'(?:get|path_of|required|time)\("([a-z]\w+)"', sources))
    asked |= set(re.findall(r'"(sagemaker_\w+)"', sources))
    assert len(asked) > 10
    assert [name for name in sorted(asked) if f"`{name}`" not in page] == []

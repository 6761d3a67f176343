"""The files that are shipped fit what is told at /metrics, and are written where they are wanted."""

import json
import re
import runpy
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner

from leeboard.api.observing import Observed
from leeboard.capture.metrics import CaptureCollector
from leeboard.cli.exporting import SHIPPED, export_files, shipped
from leeboard.cli.metrics import metrics
from leeboard.errors import InputError
from leeboard.service.observed.families import ALL_FAMILIES
from leeboard.service.traffic.told import LATENCY, TRAFFIC_FAMILIES

ROOT = Path(__file__).parents[2]
NAME = re.compile(r"\bleeboard_[a-z_]+\b")
DASHBOARDS = [name for name in SHIPPED if name.endswith(".json")]


def told() -> set[str]:
    """The names of all series that a server may tell."""
    names = {family.name for family in ALL_FAMILIES}
    names |= {family.name for family in TRAFFIC_FAMILIES}
    for histogram in ("leeboard_job_seconds", "leeboard_request_seconds", LATENCY.name):
        names |= {f"{histogram}_{part}" for part in ("bucket", "sum", "count")}
    for metric in CaptureCollector(None).describe():
        names.add(metric.name + ("_total" if metric.type == "counter" else ""))
    assert b"leeboard_requests" in Observed().text()
    return names | {"leeboard_requests_total"}


def expressions(document: dict) -> list[str]:
    panels = document["panels"]
    found = [target["expr"] for panel in panels for target in panel.get("targets", [])]
    return found + [each["definition"] for each in document["templating"]["list"] if "definition" in each]


@pytest.mark.parametrize("name", ["rules.yml", *DASHBOARDS])
def test_every_metric_that_a_file_names_is_told(name: str) -> None:
    text = shipped(name)
    wanted = (
        " ".join(expressions(json.loads(text))) if name.endswith(".json") else _expressions_of_rules(text)
    )
    used = set(NAME.findall(wanted))
    assert used
    assert used <= told()


def _expressions_of_rules(text: str) -> str:
    return "\n".join(line for line in text.splitlines() if line.strip().startswith("expr:"))


@pytest.mark.parametrize("name", DASHBOARDS)
def test_panels_have_titles_texts_and_places_that_do_not_overlap(name: str) -> None:
    taken: set[tuple[int, int]] = set()
    panels = json.loads(shipped(name))["panels"]
    for panel in panels:
        place = panel["gridPos"]
        cells = {
            (x, y)
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        }
        assert max(x for x, _ in cells) < 24
        assert not cells & taken
        taken |= cells
        assert panel["title"]
        assert panel["type"] == "row" or panel["description"].endswith(".")
    assert len({panel["id"] for panel in panels}) == len(panels)


def test_dashboards_are_those_that_the_tool_writes() -> None:
    tool = runpy.run_path(str(ROOT / "tools/write_dashboards.py"))
    for name, document in tool["documents"]().items():
        assert shipped(f"grafana/{name}") == tool["text_of"](document), "run tools/write_dashboards.py"


def test_files_are_written_with_the_places_that_were_asked_for(tmp_path: Path) -> None:
    done = CliRunner().invoke(metrics, ["export", str(tmp_path / "new"), "--target", "db.example.org:80"])
    assert done.exit_code == 0, done.output
    assert {str(file.relative_to(tmp_path / "new")) for file in (tmp_path / "new").rglob("*.*")} == set(
        SHIPPED
    )
    text = (tmp_path / "new/prometheus.yml").read_text()
    assert 'targets: ["db.example.org:80"]' in text
    assert 'targets: ["127.0.0.1:9093"]' in text


def test_a_file_that_somebody_changed_stays_unless_forced(tmp_path: Path) -> None:
    places: dict[str, Any] = {"target": "a:1", "alertmanager": "b:2"}
    for _ in range(2):
        assert len(list(export_files(str(tmp_path), **places))) == len(SHIPPED)
    (tmp_path / "rules.yml").write_text("mine")
    with pytest.raises(InputError, match=r"rules\.yml"):
        list(export_files(str(tmp_path), **places))
    assert (tmp_path / "rules.yml").read_text() == "mine"
    assert len(list(export_files(str(tmp_path), **places, force=True))) == len(SHIPPED)


def test_a_place_cannot_bring_lines_of_its_own(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="HOST:PORT"):
        list(export_files(str(tmp_path), target='a:1"\nx: y', alertmanager="b:2"))


def test_the_lines_for_a_token_are_a_comment_until_its_file_is_named(tmp_path: Path) -> None:
    places: dict[str, Any] = {"target": "a:1", "alertmanager": "b:2"}
    list(export_files(str(tmp_path / "without"), **places))
    list(export_files(str(tmp_path / "with"), **places, token_file="/run/my token"))
    without, given = (
        yaml.safe_load((tmp_path / name / "prometheus.yml").read_text()) for name in ("without", "with")
    )
    assert "authorization" not in without["scrape_configs"][0]
    assert given["scrape_configs"][0].pop("authorization") == {"credentials_file": "/run/my token"}
    assert given == without


@pytest.mark.parametrize("file", ["", 'a"b', "a\\b", "a\nb"])
def test_a_token_file_cannot_bring_lines_of_its_own(tmp_path: Path, file: str) -> None:
    with pytest.raises(InputError, match="token-file"):
        list(export_files(str(tmp_path), target="a:1", alertmanager="b:2", token_file=file))

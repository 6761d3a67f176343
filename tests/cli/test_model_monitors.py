"""The monitors of models as commands, each in a process of its own, in an empty folder."""

import json
import os
import random
import subprocess
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

HEADER = "approved,sex,age,score"


def rows(n: int, seed: int, *, boost: float = 0.2) -> str:
    """Applications; men are scored higher by `boost`, and approved by the score."""
    draw, lines = random.Random(seed), [HEADER]
    for _ in range(n):
        sex, age = draw.choice("fm"), draw.randrange(20, 70)
        score = min(max(age / 100 + (boost if sex == "m" else 0) + draw.gauss(0, 0.05), 0), 1)
        lines.append(f"{int(score + draw.gauss(0, 0.1) > 0.5)},{sex},{age},{score:.4f}")
    return "\n".join(lines) + "\n"


def leeboard(*arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": os.pathsep.join(sys.path), "COLUMNS": "160"}
    command = [sys.executable, "-m", "leeboard", *arguments]
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=120, check=False
    )


def violations(folder: Path) -> list[dict[str, str]]:
    found: list[dict[str, str]] = json.loads((folder / "results/constraint_violations.json").read_text())[
        "violations"
    ]
    return found


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "train.csv").write_text(rows(600, seed=1))
    return tmp_path


QUALITY = ("--monitor", "model-quality", "--label", "approved", "--probability", "score")
GROUPS = ("--label-value", "1", "--facet", "sex=f")
BIAS = ("--monitor", "bias", "--label", "approved", *GROUPS, "--probability", "score")


def test_a_model_that_gets_worse_breaks_its_limits(folder: Path) -> None:
    kind = ("--problem-type", "BinaryClassification")
    made = leeboard(
        "baseline", "train.csv", *QUALITY, *kind, "--slack", "6sd", "--out", "quality", folder=folder
    )
    assert made.returncode == 0, made.stderr
    (folder / "same.csv").write_text(rows(600, seed=2))
    checked = ("--baseline", "quality", "--out", "results")
    done = leeboard("check", "same.csv", *QUALITY, *checked, folder=folder)
    assert done.returncode == 0, done.stdout
    flipped = [line.replace("0,", "x,", 1).replace("1,", "0,", 1).replace("x,", "1,", 1)
               for line in rows(600, seed=3).splitlines()[1:]]  # fmt: skip
    (folder / "worse.csv").write_text("\n".join([HEADER, *flipped]) + "\n")
    done = leeboard("check", "worse.csv", *QUALITY, *checked, folder=folder)
    assert done.returncode == 3
    assert {"auc", "recall", "f0_5"} <= {one["metric_name"] for one in violations(folder)}


def test_a_model_that_favours_a_group_more_is_found_and_chance_is_not(folder: Path) -> None:
    assert leeboard("baseline", "train.csv", *BIAS, "--out", "bias", folder=folder).returncode == 0
    checked = ("--baseline", "bias", "--out", "results", "--confidence", "0.99")
    (folder / "same.csv").write_text(rows(600, seed=2))
    assert leeboard("check", "same.csv", *BIAS, *checked, folder=folder).returncode == 0
    (folder / "worse.csv").write_text(rows(600, seed=3, boost=0.5))
    done = leeboard("check", "worse.csv", *BIAS, *checked, folder=folder)
    assert done.returncode == 3
    assert "DPPL" in {one["metric_name"] for one in violations(folder)}


@pytest.fixture
def model_url() -> Iterator[str]:
    """A model whose answer is the age alone."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            lines = self.rfile.read(int(self.headers["Content-Length"])).decode().splitlines()
            answer = "".join(f"{float(line.split(',')[1]) / 100}\n" for line in lines).encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/csv")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, format: str, *args: object) -> None:
            """Nothing: nobody reads it."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}/invocations"
        server.shutdown()


def test_attributions_are_asked_of_a_model_by_its_url(folder: Path, model_url: str) -> None:
    config = {
        "dataset_type": "text/csv",
        "label": "approved",
        "excluded_columns": ["score"],
        "methods": {"shap": {"num_samples": 20, "seed": 1}},
        "predictor": {"content_type": "text/csv", "accept_type": "text/csv"},
    }
    (folder / "config.json").write_text(json.dumps(config))
    asked = ("--monitor", "attribution", "--config", "config.json", "--model-url", model_url)
    made = leeboard("baseline", "train.csv", *asked, "--out", "attribution", folder=folder)
    assert made.returncode == 0, made.stderr
    found = json.loads((folder / "attribution/analysis.json").read_text())["explanations"]["kernel_shap"]
    values = found["label0"]["global_shap_values"]
    assert values["age"] > 0.05
    assert values["sex"] == pytest.approx(0, abs=1e-9)
    done = leeboard(
        "check", "train.csv", *asked, "--baseline", "attribution", "--out", "results", folder=folder
    )
    assert done.returncode == 0, done.stderr


def test_labels_are_joined_with_captured_requests_on_the_way(folder: Path) -> None:
    captured, labels = [], []
    for number, line in enumerate(rows(400, seed=4).splitlines()[1:]):
        approved, sex, age, score = line.split(",")
        sides = {
            "endpointInput": {"mode": "INPUT", "data": f"{sex},{age}", "encoding": "CSV"},
            "endpointOutput": {"mode": "OUTPUT", "data": score, "encoding": "CSV"},
        }
        meta = {"eventId": f"id-{number}", "inferenceTime": "2026-03-04T10:00:00Z"}
        captured.append(json.dumps({"captureData": sides, "eventMetadata": meta, "eventVersion": "0"}))
        truth = {"data": approved, "encoding": "CSV"}
        labels.append(json.dumps({"groundTruthData": truth, "eventMetadata": {"eventId": f"id-{number}"}}))
    for name, lines in (("captures/2026/03/04/10", captured), ("labels/2026/03/04/12", labels[:300])):
        (folder / name).mkdir(parents=True)
        (folder / name / "a.jsonl").write_text("\n".join(lines) + "\n")
    kind = ("--problem-type", "BinaryClassification", "--probability", "0")
    made = leeboard(
        "baseline", "captures", "--ground-truth", "labels", "--monitor", "model-quality", *kind,
        "--out", "quality", folder=folder,
    )  # fmt: skip
    assert made.returncode == 0, made.stderr
    assert "300 of 400 captured records have a label" in made.stdout
    measured = json.loads((folder / "quality/statistics.json").read_text())
    assert measured["dataset"]["item_count"] == 300
    assert measured["binary_classification_metrics"]["auc"]["value"] > 0.9


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--monitor", "model-qality"), "no monitor named 'model-qality', did you mean 'model-quality'?"),
        (("--slack", "1sd"), "slack is not for the monitor data-quality; it is for model-quality"),
        (("--monitor", "bias", "--label", "approved"), "the monitor bias needs facets"),
        (("--monitor", "attribution"), "give its URL"),
        (("--monitor", "model-quality", "--probability", "score", "--label", "approved"), "problem_type"),
        (("--model-url", "http://127.0.0.1:1"), "asks no model; bias and attribution do"),
    ],
)
def test_what_does_not_fit_a_monitor_is_refused_in_words(
    folder: Path, options: tuple[str], told: str
) -> None:
    done = leeboard("baseline", "train.csv", "--out", "out", *options, folder=folder)
    assert done.returncode == 2
    assert told in " ".join(done.stderr.split()), done.stderr

"""The commands that the parts run."""

import sys
from pathlib import Path

from bench.contest import Contestant
from bench.places import WORK
from bench.venvs import python_of

LEEBOARD = Path(sys.executable).with_name("leeboard")
OUT = WORK / "out"
VIOLATIONS = 3
"""Exit code of a check that found some."""

DOES = {
    "evidently": ("Evidently", "summary preset", "drift preset, reads the reference too"),
    "nannyml": ("NannyML", "five summary statistics", "Jensen-Shannon, reads the reference too"),
    "whylogs": ("whylogs", "profile with sketches", "default scores, against its stored profile"),
    "tfdv": ("TFDV", "statistics", "Jensen-Shannon or L-infinity over 0.1, against its stored statistics"),
}


def leeboard_baseline(name: str, data: Path, out: str, **options: bool) -> Contestant:
    command = [LEEBOARD, "baseline", data, "--out", OUT / out, "--quiet"]
    return Contestant(name, command, does="all of statistics.json, constraints, HTML report", **options)


def leeboard_check(name: str, data: Path, baseline: str, out: str) -> Contestant:
    command = [LEEBOARD, "check", data, "--baseline", OUT / baseline, "--out", OUT / out, "--quiet"]
    does = "statistics, all checks, drift, HTML report"
    return Contestant(name, command, does=does, accepted=(0, VIOLATIONS))


def duckdb_summarize(name: str, data: Path, **options: bool) -> Contestant:
    command = _peer("duckdb", "profile", data, OUT / "duckdb.json")
    does = "count, nulls, extremes, mean, deviation, quartiles, distinct"
    return Contestant(name, command, "duckdb", does=does, **options)


def peer_profile(peer: str, data: Path, name: str = "") -> Contestant:
    shown, does, _ = DOES[peer]
    command = _peer(peer, "profile", data, OUT / f"{peer}.profile")
    return Contestant(name or shown, command, peer, is_slow=True, does=does)


def peer_drift(peer: str, reference: Path, current: Path) -> Contestant:
    shown, _, does = DOES[peer]
    command = _peer(peer, "drift", reference, current, OUT / f"{peer}.profile")
    return Contestant(shown, command, peer, is_slow=True, does=does)


def duckdb_baseline(reference: Path) -> Contestant:
    """What must have run once before `duckdb_drift`."""
    return Contestant("", _peer("duckdb", "baseline", reference, OUT / "duckdb.steps"), "duckdb")


def duckdb_drift(name: str, reference: Path, current: Path) -> Contestant:
    command = _peer("duckdb", "drift", reference, current, OUT / "duckdb.steps")
    does = "gaps at 19 stored steps and of stored shares, over 0.05"
    return Contestant(name, command, "duckdb", does=does)


def polars_payloads(name: str, folder: Path) -> Contestant:
    command = [sys.executable, "-m", "bench.peer", "polars", "payloads", folder]
    return Contestant(name, command, does="only the payload texts")


def _peer(peer: str, task: str, *files: Path) -> list[str | Path]:
    return [python_of(peer), "-m", "bench.peer", peer, task, *files]

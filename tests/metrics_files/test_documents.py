"""What is told at /metrics, and every emitter, is in the documents."""

from pathlib import Path

from leeboard.emit import EMITTERS
from leeboard.service.observed.families import ALL_FAMILIES

PAGE = (Path(__file__).parents[2] / "docs/metrics-and-logs.md").read_text()


def test_every_family_is_in_the_documents_with_its_labels() -> None:
    rows = [line for line in PAGE.splitlines() if line.startswith("| `leeboard_")]
    about = {row.split("`")[1]: row for row in rows}
    for family in ALL_FAMILIES:
        labels = set(family.labels) - {"endpoint", "schedule"}
        assert all(f"`{label}`" in about[family.name] for label in labels), family.name


def test_every_emitter_is_in_the_documents() -> None:
    assert all(f"| `{name}` |" in PAGE for name in EMITTERS.names())

"""Forms of a new schedule whose values no browser sends."""

from typing import Any

import pytest

SENT = {
    "do": "save", "monitors": "DataQuality", "name": "n", "output": "s3://b/out", "baseline": "none",
    "role": "arn:aws:iam::000000000000:role/x",
}  # fmt: skip


@pytest.mark.parametrize("batch", ["/etc", "file:///etc", "../x"])
def test_no_form_looks_at_the_disk_of_the_server(editor: Any, batch: str) -> None:
    for answered in (
        editor.post("/schedules/new", **(SENT | {"batch": batch, "do": "look"})),
        editor.get(f"/schedules/new?batch={batch}"),
    ):
        assert answered.status == 400
        assert "no place of captured batches" in answered.words


def test_a_format_that_there_is_none_of_is_told_beside_its_field(editor: Any) -> None:
    answered = editor.post("/schedules/new", **SENT, batch="s3://b/batch", batch_format="tape")
    assert answered.status == 400


@pytest.mark.parametrize("hour", ["0001-01-01T00:00+05:00", "never", ""])
def test_an_hour_that_is_none_is_told_beside_its_field(editor: Any, hour: str) -> None:
    sent = SENT | {"baseline": "hours", "hours_from": hour, "hours_to": "2026-11-26T08:00"}
    answered = editor.post("/schedules/new", **sent, batch="s3://b/batch")
    assert answered.status == 400
    assert "expected a time such as" in answered.words

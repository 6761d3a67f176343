"""`leeboard tokens`, `leeboard dashboard` and `leeboard audit` against a server."""

import csv
import io
import json
from urllib.request import urlopen

from api_documents import unique
from live_server import ROLE, until


def lines(served, *options):
    done = served.command("audit", "--format", "json", *options)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_a_token_is_printed_once_and_can_be_taken_away(served):
    made = served.command("tokens", "add", "anna", "--days", "3")
    assert made.returncode == 0
    assert made.stdout.startswith("lbt_")
    listed = served.command("tokens", "list").stdout
    assert any(line.split()[:2] == ["anna", "reader"] for line in listed.splitlines())
    assert made.stdout.strip() not in listed
    assert served.command("tokens", "remove", "anna").returncode == 0
    assert "anna" not in served.command("tokens", "list").stdout
    assert made.stdout.strip() not in served.log.read_text()


def test_a_name_that_is_none_is_refused_with_a_reason(served):
    refused = served.command("tokens", "add", "Anna", "--role", "editor")
    assert refused.returncode == 2
    assert "lower-case letters" in refused.stderr


def test_the_printed_address_opens_the_dashboard_once(served):
    url = served.command("dashboard", "--no-open").stdout.strip()
    assert url.startswith(f"{served.url}/dashboard/login?code=")
    with urlopen(url) as answer:
        assert answer.url != url
    ended = served.command("tokens", "log-out").stdout
    assert int(ended.split()[0]) >= 1


def test_changes_are_listed_the_youngest_first(served, sagemaker):
    name = unique("changed")
    sagemaker.create_model(ModelName=name, PrimaryContainer={"Image": "x/y:1"}, ExecutionRoleArn=ROLE)
    sagemaker.delete_model(ModelName=name)
    found = until(lambda: lines(served, "--subject", name), lambda found: len(found) == 2)
    assert [line["action"] for line in found] == ["DeleteModel", "CreateModel"]
    shown = served.command("audit", "--subject", name, "--limit", "1").stdout.splitlines()
    assert [line.split()[4] for line in shown[1:]] == ["DeleteModel"]
    written = served.command("audit", "--subject", name, "--format", "csv", "--since", "2026-01-01").stdout
    rows = list(csv.DictReader(io.StringIO(written)))
    assert [(row["action"], row["outcome"]) for row in rows] == [("DeleteModel", "ok"), ("CreateModel", "ok")]
    assert json.loads(rows[0]["details"])["service"] == "sagemaker"


def test_a_time_that_is_none_is_refused(served):
    refused = served.command("audit", "--since", "yesterday")
    assert refused.returncode == 2
    assert "expected a time such as" in refused.stderr

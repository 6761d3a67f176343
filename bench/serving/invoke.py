"""InvokeEndpoint through leeboard, against a proxy with nothing in it to the same model."""

from bench.results import Goal, Part, Table
from bench.serving.leeboard import BUCKET, MODEL_IMAGE, Leeboard, capture_config, deploy, leeboard
from bench.serving.load import Target, take_turns
from bench.serving.processes import Served, model, serving, uvicorn
from bench.serving.tables import p99_difference_ms, table, time_ratio
from bench.sizes import Sizes

PROXY, OFF, ON = "bare ASGI proxy", "leeboard, capture off", "leeboard, capture of all"
ROW = b"52.31,7.3891,-0.211734,180.2,0.0,-2.1133,13.37,5000213,0.2834,0.7,81.4,12.05,3,481923,0,2019,a,b,c\n"
TEXT = """\
16 connections send one signed request again and again: 20 features as CSV, an answer of one number. The
model is a server of its own that takes no time. The proxy reads the request, asks the model and passes on the
answer; leeboard also verifies the signature and finds the endpoint, and writes the record to disk before it
answers. All servers run all the time and take turns."""


def measure(sizes: Sizes) -> Part:
    part = Part("server-invoke", "InvokeEndpoint through the server", TEXT)
    with model() as there, leeboard("invoke", models={MODEL_IMAGE: there.url}) as server:
        command, port = uvicorn("proxy")
        with serving("proxy", command, port, env={"BENCH_UPSTREAM": f"{there.url}/invocations"}) as proxy:
            _measure(part, sizes, proxy, server)
    return part


def _measure(part: Part, sizes: Sizes, proxy: Served, server: Leeboard) -> None:
    deploy(server, "off")
    deploy(server, "on", capture_config(f"s3://{BUCKET}/capture"))
    idle_mb = server.served.resident_mb
    targets = [_target(PROXY, proxy, server, "off"), _target(OFF, server.served, server, "off")]
    targets.append(_target(ON, server.served, server, "on"))
    turns = take_turns(targets, n_requests=sizes.requests, turns=sizes.turns)
    part.tables.append(table("16 connections", turns))
    n_answered = sizes.requests // 4 + sum(turn.n_good for turn in turns[ON])
    n_captured = _records(server)
    n_bad = sum(sizes.requests - turn.n_good for each in turns.values() for turn in each)
    ready = ["`leeboard serve` until it answers", f"{server.served.ready_s:.2f} s"]
    memory = [["resident, idle", idle_mb], ["resident, after the load", server.served.resident_mb]]
    rows = [ready, *([name, f"{mb:,.0f} MB"] for name, mb in memory)]
    rows += [
        ["requests answered with capture on", f"{n_answered:,}"],
        ["records captured", f"{n_captured:,}"],
    ]
    part.tables.append(Table("The server", ["", ""], rows))
    part.goals = [
        Goal("time over the bare proxy, capture off", 1.3, time_ratio(turns, OFF, PROXY)),
        Goal("time with capture over without", 1.05, time_ratio(turns, ON, OFF)),
        Goal("p99 with capture over without", 1.0, p99_difference_ms(turns, ON, OFF), "ms"),
        Goal("answered requests that were not captured", 0, abs(n_answered - n_captured), "requests"),
        Goal("requests that failed", 0, n_bad, "requests"),
    ]


def _target(name: str, served: Served, server: Leeboard, endpoint: str) -> Target:
    request = server.request(
        "sagemaker",
        f"/endpoints/{endpoint}/invocations",
        ROW,
        {"Content-Type": "text/csv", "Accept": "text/csv"},
    )
    return Target(name, served.port, [request], served.pid)


def _records(server: Leeboard) -> int:
    """How many are in the store, once all are shipped."""
    server.own("POST", "/leeboard/capture/ship")
    s3 = server.client("s3")
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=BUCKET, Prefix="capture/")
    keys = [each["Key"] for page in pages for each in page.get("Contents", ())]
    return sum(s3.get_object(Bucket=BUCKET, Key=key)["Body"].read().count(b"\n") for key in keys)

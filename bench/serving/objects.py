"""Small objects in the embedded store, against SeaweedFS."""

from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

from botocore.credentials import Credentials

from bench.results import Part
from bench.serving import leeboard as ours
from bench.serving import neighbours
from bench.serving.load import Target, take_turns
from bench.serving.tables import table
from bench.sizes import Sizes

KEYS = 64
SMALL = b"x" * 1024
TEXT = """\
16 connections put and get 64 objects of 1 KiB each, signed. leeboard keeps each as a file
of its own, written through to the disk; SeaweedFS, which is written in Go, appends to its volumes."""


def measure(sizes: Sizes) -> Part:
    part = Part("server-objects", "S3 over a folder", TEXT)
    with ours.leeboard("objects") as server:
        targets = {"PUT": [_target("leeboard", "PUT", server.served.url, server.served.pid)]}
        targets["GET"] = [_target("leeboard", "GET", server.served.url, server.served.pid)]
        if (program := neighbours.weed_program()) is None:
            part.text += " SeaweedFS is not installed here."
            _measure(part, sizes, targets)
            return part
        with (
            TemporaryDirectory() as folder,
            neighbours.running_s3_server(program, Path(folder)) as weed,
        ):
            weed.client.create_bucket(Bucket=ours.BUCKET)
            keys = Credentials(neighbours.KEY, neighbours.SECRET)
            for method, found in targets.items():
                found.append(_target("SeaweedFS", method, weed.endpoint, None, keys))
            _measure(part, sizes, targets)
    return part


def _measure(part: Part, sizes: Sizes, targets: dict[str, list[Target]]) -> None:
    for method, title in (("PUT", "Put 1 KiB"), ("GET", "Get 1 KiB")):
        turns = take_turns(targets[method], n_requests=sizes.requests, turns=sizes.turns)
        part.tables.append(table(title, turns))


def _target(name: str, method: str, url: str, pid: int | None, keys: Credentials | None = None) -> Target:
    keys = keys or Credentials(ours.KEY, ours.SECRET)
    body = SMALL if method == "PUT" else b""
    requests = [
        ours.wire_bytes(ours.signed(url, keys, "s3", f"/{ours.BUCKET}/small/{n}", body, {}, method))
        for n in range(KEYS)
    ]
    return Target(f"{name}, {method}", urlsplit(url).port or 80, requests, pid)

"""`leeboard proxy` as a process in front of a model server that is another."""

import json
import re
import signal
import socket
import subprocess
import sys
import threading
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from leeboard.cli.proxy import _listening
from leeboard.errors import InputError
from s3_server import free_ports

RUN = "import typer; from leeboard.cli.proxy import proxy; typer.run(proxy)"
WAIT_S = 120


class Model(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        answer = str(len(body)).encode()
        self.send_response(200)
        self.send_header("content-type", "text/csv")
        self.send_header("content-length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_):
        pass


@pytest.fixture
def model():
    """The URL of a model server."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Model) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()


@pytest.fixture
def start(model, tmp_path):
    """Starts the command; gives the process and the URL that it prints."""
    started = []

    def run(*more):
        arguments = [model, "--endpoint", "churn", "--capture-to", str(tmp_path / "captures"), "--port", "0"]
        arguments += ["--spool", str(tmp_path / "spool"), "--disk-limit", "100", *more]
        command = [sys.executable, "-W", "error", "-c", RUN, *arguments]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        started.append(process)
        line = process.stdout.readline()
        found = re.match(r"listening at (http://127\.0\.0\.1:\d+), passing on to", line)
        assert found, line + process.stderr.read()
        return process, found[1]

    yield run
    for process in started:
        process.kill()
        process.communicate()


def post(url, body=b"1,2,3", content_type="text/csv"):
    request = urllib.request.Request(url, body, {"Content-Type": content_type})
    with urllib.request.urlopen(request, timeout=WAIT_S) as answer:
        return answer.read()


def records(tmp_path):
    texts = [path.read_text() for path in (tmp_path / "captures").rglob("*.jsonl")]
    return [json.loads(line) for text in texts for line in text.splitlines()]


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGINT])
def test_requests_pass_and_are_captured_by_the_end_of_the_proxy(start, tmp_path, ending):
    process, url = start()
    assert post(f"{url}/invocations") == b"5"
    assert post(f"{url}/elsewhere") == b"5"
    process.send_signal(ending)
    _, complaints = process.communicate(timeout=WAIT_S)
    assert complaints == ""
    (record,) = records(tmp_path)
    assert record["captureData"]["endpointInput"]["data"] == "1,2,3"
    assert list((tmp_path / "captures").glob("churn/AllTraffic/*/*/*/*/*.jsonl"))


def test_paths_types_variant_and_target_model_may_be_named(start, tmp_path):
    process, url = start(
        *("--path", "/v2/models/*/infer", "--path", "/predict", "--model-from-path"),
        *("--csv-type", "text/plain", "--json-type", "application/x-json", "--variant", "blue"),
    )
    post(f"{url}/v2/models/iris/infer", b"1", "text/plain")
    post(f"{url}/predict", b"{}", "application/x-json")
    post(f"{url}/invocations")
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=WAIT_S)
    encodings = {
        record.get("targetModel"): record["captureData"]["endpointInput"]["encoding"]
        for record in records(tmp_path)
    }
    assert encodings == {"iris": "CSV", None: "JSON"}
    assert (tmp_path / "captures/churn/blue").is_dir()


def test_metrics_are_served_beside_it(start):
    [port] = free_ports(1)
    _, url = start("--metrics-port", str(port))
    post(f"{url}/invocations")
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=WAIT_S) as answer:
        text = answer.read().decode()
    assert 'records_total{endpoint="churn",result="captured",variant="AllTraffic"} 1.0' in text


def test_a_port_that_is_taken_is_told():
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(InputError, match="cannot listen at"):
        _listening("127.0.0.1", taken.getsockname()[1])

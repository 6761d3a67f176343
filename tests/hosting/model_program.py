"""A model server as a user would write it, for tests: `model_program.py --port N --model FOLDER [BEHAVIOUR]`.

Behaviours: `dies` at once, `silent` never listens, `unwell` answers pings with 503, `parent` has children,
`closes` ends each connection after one answer, `exclusive` shares no address. Asked `wait:FILE`, it makes
FILE.seen and waits for FILE.
"""

import http.server
import json
import os
import subprocess
import sys
import time
from pathlib import Path

PORT, MODEL = int(sys.argv[2]), Path(sys.argv[4])
BEHAVIOUR = sys.argv[5] if len(sys.argv) > 5 else ""
SLEEP = [sys.executable, "-c", "import time; time.sleep(300)"]


def wait_for(file):
    file.with_suffix(".seen").touch()
    while not file.exists():
        time.sleep(0.02)


class Model(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.answer(503 if BEHAVIOUR == "unwell" else 200, b"")

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if body == b"die":
            os._exit(7)
        if body.startswith(b"wait:"):
            wait_for(Path(body.decode().partition(":")[2]))
        files = sorted(str(path.relative_to(MODEL)) for path in MODEL.rglob("*") if path.is_file())
        document = {
            "pid": os.getpid(),
            "body": body.decode(errors="replace"),
            "headers": dict(self.headers.items()),
            "files": files,
            "environment": dict(os.environ),
        }
        self.answer(200, json.dumps(document).encode())

    def answer(self, status, body):
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        if BEHAVIOUR == "closes":
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


sys.stdout.write("loading the model\n")
sys.stdout.flush()
if BEHAVIOUR == "dies":
    sys.stderr.write(f"no weights in {MODEL}\n")
    sys.exit(3)
if BEHAVIOUR == "silent":
    time.sleep(300)
if BEHAVIOUR == "parent":
    subprocess.Popen(SLEEP)
    subprocess.Popen(SLEEP, start_new_session=True)
http.server.ThreadingHTTPServer.allow_reuse_address = BEHAVIOUR != "exclusive"
http.server.ThreadingHTTPServer(("127.0.0.1", PORT), Model).serve_forever()

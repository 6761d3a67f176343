"""Cutting text into lines with bounded memory."""

import json
import os
import subprocess
import sys

from leeboard.tables.text.lines import cut_lines
from leeboard.tables.text.streams import open_text

READ_AND_MEASURE = """
import json, resource, sys
from leeboard.tables.opening import open_table
table = open_table(sys.argv[1])
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
blocks = [table.block(chunk) for chunk in table.chunks()]
used_mb = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024
lines = [one.line for block in blocks for one in block.tally.samples]
print(json.dumps([sum(block.frame.height for block in blocks), lines, used_mb]))
"""


def test_a_line_of_100_mb_is_counted_without_being_held(tmp_path):
    line = '{"captureData":{"endpointInput":{"data":"1,2","encoding":"CSV"}}}\n'
    path = tmp_path / "long.jsonl"
    with path.open("w") as file:
        file.write(line)
        file.writelines(["x" * (1 << 20)] * 100)
        file.write("\n" + line)
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    run = subprocess.run(
        [sys.executable, "-c", READ_AND_MEASURE, str(path)],
        env=environment, capture_output=True, text=True, check=True,
    )  # fmt: skip
    n_rows, lines, used_mb = json.loads(run.stdout)
    assert (n_rows, lines) == (2, [2])
    assert used_mb < 100


def test_a_long_line_at_the_end_is_counted_too(read, file):
    path = file("a,b\n1,2\n" + "x" * 5000)
    found = read(path, chunk_bytes=100, max_line_bytes=1000)
    assert found.rows == [("1", "2")]
    assert [(one.line, one.reason) for one in found.malformed] == [
        (3, "a line of 5,000 bytes, which is more than is read")
    ]
    assert found.malformed[0].sample == "x" * 200


def test_lines_behind_a_long_one_keep_their_numbers(read, file):
    found = read(file("a,b\n" + "x" * 500 + "\n1\n2,3\n"), chunk_bytes=50, max_line_bytes=100)
    assert found.lines == [2, 3]


def test_pieces_end_where_lines_end_and_add_up(file):
    content = b"one\ntwo\n\nthree and more\nend"
    for size_bytes in range(1, 30):
        with open_text(str(file(content))) as stream:
            pieces = list(cut_lines(stream, "", size_bytes=size_bytes, max_line_bytes=99))
        assert b"".join(bytes(piece.text) for piece in pieces) == content
        assert all(piece.text.endswith(b"\n") for piece in pieces[:-1])
        starts = [content[: content.index(bytes(piece.text))].count(b"\n") + 1 for piece in pieces]
        assert [piece.first_line for piece in pieces][:1] == starts[:1]
        assert sum(piece.stored_bytes for piece in pieces) == len(content)

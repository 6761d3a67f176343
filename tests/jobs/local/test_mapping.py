"""What stands for which image."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from leeboard.errors import FormatError
from leeboard.jobs.local.mapping import JobMap, JobRoute


def read(tmp_path: Path, entries) -> JobMap:
    file = tmp_path / "jobs.json"
    file.write_text(entries if isinstance(entries, str) else json.dumps(entries))
    return JobMap.read(file)


def test_the_first_route_that_means_an_image_counts_and_tags_are_optional(tmp_path):
    routes = [{"image": "*/text", "module": "text"}, {"image": "*", "command": "other 'a b'"}]
    found = read(tmp_path, routes)
    assert found.folder == tmp_path
    assert found.find("localhost:5000/team/text:3") == JobRoute("*/text", module="text")
    assert found.find("llm").command == "other 'a b'"
    assert JobMap().find("llm") is None


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ("text", "expected an object"),
        ({"command": "x"}, '"image" is missing'),
        ({"image": " ", "command": "x"}, '"image" is empty'),
        ({"image": "a"}, 'exactly one of "command" and "module"'),
        ({"image": "a", "command": "x", "module": "y"}, 'exactly one of "command" and "module"'),
        ({"image": "a", "command": "x", "requirements": []}, "a command brings its own environment"),
        ({"image": "a", "command": "'x"}, "cannot be cut into words"),
        ({"image": "a", "command": ""}, '"command" is empty'),
        ({"image": "a", "module": "x.y.py -c"}, "expected a module such as package.module"),
        ({"image": "a", "module": "x", "requirements": [1]}, "expected a text or a list of texts"),
        ({"image": "a", "url": "x"}, 'unknown key "url"; known are image, command'),
    ],
)
def test_what_is_wrong_with_an_entry_is_told_with_its_number(tmp_path, entry, said):
    with pytest.raises(FormatError) as caught:
        read(tmp_path, [{"image": "b", "command": "c"}, entry])
    assert f"{tmp_path / 'jobs.json'}, entry 2: " in str(caught.value)
    assert said in str(caught.value)


@pytest.mark.parametrize(("text", "said"), [("[", "is not JSON"), ("{}", "holds no list")])
def test_a_file_that_is_no_list_is_refused(tmp_path, text, said):
    with pytest.raises(FormatError, match=said):
        read(tmp_path, text)


def test_a_server_refuses_programs_that_lie_in_its_home(tmp_path):
    (tmp_path / "jobs.json").write_text("[]")
    told = ["--home", str(tmp_path), "--jobs", str(tmp_path / "jobs.json")]
    done = subprocess.run(
        [sys.executable, "-m", "leeboard", "serve", *told], capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert "is in the home folder of the server" in " ".join(done.stderr.split())

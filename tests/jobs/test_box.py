"""What can be done inside of a box; nothing here writes to what it finds open."""

import json
import subprocess
import sys

import pytest

from leeboard.jobs.box import boxes_here, job_box, script_box

LOOK = """
import json, os
settings = [
    os.path.join(folder, name)
    for top in ("/proc/sys", "/proc/fs", "/proc/irq", "/proc/bus", "/sys")
    for folder, _, names in os.walk(top)
    for name in names
]
settings += [f"/proc/{name}" for name in os.listdir("/proc") if os.path.isfile(f"/proc/{name}")]
places = ["/", "/etc", "/usr", "/opt/ml", os.getcwd(), "/tmp"]
print(json.dumps({
    "settings": [path for path in settings if os.access(path, os.W_OK)],
    "n_settings": len(settings),
    "places": [place for place in places if os.access(place, os.W_OK)],
    "capabilities": open("/proc/self/status").read().split("CapEff:")[1].split()[0],
    "environment": sorted(os.environ),
    "ids": sorted(int(name) for name in os.listdir("/proc") if name.isdigit()),
}))
"""


@pytest.fixture
def look(boxed, tmp_path):
    """What a program sees behind the beginnings of a command, working in `inner`."""
    for name in ("outer", "inner", "ml"):
        (tmp_path / name).mkdir()

    def look(*boxes):
        command = [*(word for box in boxes for word in box), sys.executable, "-c", LOOK]
        done = subprocess.run(
            command, capture_output=True, check=True, text=True, timeout=120, cwd=tmp_path / "inner"
        )
        return json.loads(done.stdout)

    return look


def test_a_script_can_write_to_its_own_folders_alone(look, tmp_path):
    box = script_box(str(tmp_path / "ml"), str(tmp_path / "inner"), {"A": "1"})
    seen = look(box)
    assert seen["places"] == ["/opt/ml", str(tmp_path / "inner"), "/tmp"]
    assert {"A"} <= set(seen["environment"]) <= {"A", "PWD", "LC_CTYPE"}
    assert int(seen["capabilities"], 16) == 0
    assert seen["ids"] == [1, 2]


def test_no_setting_of_the_machine_is_writable_for_a_script(look, tmp_path):
    seen = look(script_box(str(tmp_path / "ml"), str(tmp_path / "inner"), {}))
    assert seen["n_settings"] > 100
    assert seen["settings"] == []


def test_a_box_in_a_box_is_as_tight(look, tmp_path):
    if not boxes_here().job:
        pytest.skip(f"no box in a box here: {boxes_here().why_not}")
    inner = script_box("/opt/ml", str(tmp_path / "inner"), {})
    seen = look(job_box(str(tmp_path / "ml"), str(tmp_path)), inner)
    assert seen["settings"] == []
    assert seen["places"] == ["/opt/ml", str(tmp_path / "inner"), "/tmp"]


def test_a_job_can_write_to_its_scratch_folder_alone(look, tmp_path):
    if not boxes_here().job:
        pytest.skip(f"no box around a job here: {boxes_here().why_not}")
    seen = look(job_box(str(tmp_path / "ml"), str(tmp_path / "inner")))
    open_to_root = [path for path in seen["settings"] if path.startswith(("/proc/sys", "/sys"))]
    assert open_to_root == []  # others seem open to whoever has capabilities, and have nothing to write
    assert seen["places"] == ["/opt/ml", str(tmp_path / "inner")]

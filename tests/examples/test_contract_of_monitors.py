"""What the example monitors read is what was captured."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from live_server import clean_environment

EXAMPLES = Path(__file__).parents[2] / "examples"
ODD = "one\u2028two\u0085three\x0bfour"
READ = "from {0} import contract; import json; print(json.dumps(list(contract.documents('endpointInput'))))"


@pytest.mark.parametrize("name", ["text_monitor", "llm_monitor"])
def test_texts_keep_the_ends_of_lines_that_are_in_them(name: str, tmp_path: Path) -> None:
    line = json.dumps({"text": ODD}, ensure_ascii=False).replace("\x0b", "\\u000b")
    (tmp_path / "a.jsonl").write_text(f"{line}\n\n{line}\r\n", encoding="utf-8", newline="")
    done = subprocess.run(
        [sys.executable, "-c", READ.format(name)],
        cwd=EXAMPLES / name.replace("_", "-"),
        env=clean_environment() | {"dataset_source": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert json.loads(done.stdout or "null") == [{"text": ODD}] * 2, done.stderr

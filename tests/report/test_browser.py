import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from leeboard.compare import Comparison, Finding
from leeboard.report.content import ReportContent
from leeboard.report.page import render_page

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here to open the page with")
PROBE = """<script>
const find = document.getElementById("find"), broken = document.getElementById("broken");
find.value = "COLUMN_1"; find.dispatchEvent(new Event("input"));
document.title = `found ${document.getElementById("shown").textContent}`;
find.value = ""; broken.checked = true; broken.dispatchEvent(new Event("input"));
document.title += `, broken ${document.getElementById("shown").textContent}`;
document.querySelector('[data-s="0"] button').click();
document.title += `, first ${document.querySelector("table.columns tbody").id}`;
</script>"""


@pytest.fixture
def page(make: Callable[..., ReportContent], frames: Callable[..., tuple[pl.DataFrame, pl.DataFrame]]) -> str:
    was, now = frames(4)
    finding = Finding("column_2", "completeness_check", "text", 0.5, 1.0)
    return render_page(make(was, now, comparison=Comparison([finding], [], [])))


def opened(html: str, folder: Path, fragment: str = "") -> tuple[str, str]:
    """The document after its script ran, and what the browser said."""
    file = folder / "report.html"
    file.write_text(html, "utf-8")
    command = [
        str(CHROMIUM), "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking",
        "--disable-component-update", "--disable-sync", f"--user-data-dir={folder / 'profile'}",
        "--enable-logging=stderr", "--dump-dom", f"{file.as_uri()}{fragment}",
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    return done.stdout, done.stderr


def test_the_script_runs_under_its_own_policy_and_opens_the_linked_column(page: str, tmp_path: Path) -> None:
    document, said = opened(page, tmp_path, "#c2")
    assert "CONSOLE" not in said
    assert '<details open="">' in document.split('id="c2"')[1].split("</tbody>")[0]
    assert document.count('<details open="">') == 1


def test_a_reader_can_search_filter_and_sort(page: str, tmp_path: Path) -> None:
    policy = page[page.index("<meta http-equiv") :].split(">")[0] + ">"
    document, said = opened(page.replace(policy, "").replace("</body>", f"{PROBE}</body>"), tmp_path)
    assert "CONSOLE" not in said
    assert "<title>found 1 of 4 columns, broken 1 of 4 columns, first c1</title>" in document


def test_a_script_that_came_in_with_the_data_would_not_run(page: str, tmp_path: Path) -> None:
    document, said = opened(
        page.replace("</main>", '<script>document.title = "owned"</script></main>'), tmp_path
    )
    assert "<title>owned" not in document
    assert "Content Security Policy" in said

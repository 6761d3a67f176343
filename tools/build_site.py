"""Builds the documents as a site in build/site, by Zensical, or prepares its source alone.

Pages of docs/ become the top of the site; what they link to beside it, the examples and the pages at the top
of the repository, comes with them. On a code host the same links lead to the files themselves.
"""

import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
BUILD = ROOT / "build"
SOURCE, CONFIG, SITE = BUILD / "site-source", BUILD / "mkdocs.yml", BUILD / "site"
BESIDE = ("ARCHITECTURE.md", "CONTRIBUTING.md", "LICENSE")
INTO_DOCS = re.compile(r"(\]\((?:\.\./)*)docs/")
FOLDER = re.compile(r"\]\(([a-z-]+)\)")
"""A link to an example, which is a folder."""
OUT_OF_DOCS = {"docs": re.compile(r"(\]\()\.\./"), "decisions": re.compile(r"(\]\(\.\./)\.\./")}
FILE = re.compile(r"^```(\w+) file=(\S+)$", re.MULTILINE)
TITLE = re.compile(r"^# (.+)$", re.MULTILINE)
BY_FILE = re.compile(r"\[([\w-]+\.md)\](?=\(\1)")
"""A link whose text is the name of a page's file, as one writes it for a code host."""


def prepare() -> None:
    """The source as one folder, and the configuration with the decisions that there are."""
    shutil.rmtree(SOURCE, ignore_errors=True)
    ignored = shutil.ignore_patterns("__pycache__", "*-dark.png")
    shutil.copytree(ROOT / "docs", SOURCE, ignore=ignored)
    for name in BESIDE:
        shutil.copy(ROOT / name, SOURCE / name)
    shutil.copytree(ROOT / "examples", SOURCE / "examples", ignore=ignored)
    for page in SOURCE.rglob("*.md"):
        page.write_text(moved(page.read_text(), page.relative_to(SOURCE)))
    CONFIG.write_text(configuration())


def moved(text: str, page: Path) -> str:
    """A page whose links fit the folder and have the titles of pages, and whose blocks are named by files."""
    text = FILE.sub(r'```\1 title="\2"', text)
    if not (ROOT / "docs" / page).exists():
        return INTO_DOCS.sub(r"\1", FOLDER.sub(r"](\1/README.md)", text))
    text = BY_FILE.sub(lambda link: f"[{title_of(ROOT / 'docs' / link[1])}]", text)
    return OUT_OF_DOCS[page.parent.name or "docs"].sub(r"\1", text)


def configuration() -> str:
    text = (ROOT / "mkdocs.yml").read_text()
    pages = sorted((ROOT / "docs/decisions").glob("*.md"))
    decisions = "".join(f'\n      - "{title_of(page)}": decisions/{page.name}' for page in pages)
    text = text.replace("Decisions: decisions/", f"Decisions:{decisions}")
    return text.replace("docs_dir: build/", "docs_dir: ").replace("site_dir: build/", "site_dir: ")


def title_of(page: Path) -> str:
    found = TITLE.search(page.read_text()) if page.exists() else None
    return found[1].replace('"', "'") if found else page.stem


def main() -> None:
    prepare()
    if "--prepare" not in sys.argv:
        command = [sys.executable, "-m", "zensical", "build", "--clean", "--config-file", str(CONFIG)]
        sys.exit(subprocess.run(command, cwd=BUILD, check=False).returncode)


if __name__ == "__main__":
    main()

"""Makes the environments of the model servers that the slow tests capture from.

    python tools/model_server_venvs.py               all of them
    python tools/model_server_venvs.py mlserver      one of them

Each takes a minute or two and half a gigabyte or more; tests whose environment is not there are skipped.
BentoML captures from inside, so leeboard is installed beside it.
"""

import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).parent.parent
REQUIREMENTS = {
    "mlserver": ["mlserver==1.7.1", "mlserver-sklearn==1.7.1"],
    "mlflow": ["mlflow==3.17.2"],
    "bentoml": ["bentoml==1.4.40", "scikit-learn==1.9.1", "pandas", "--editable", str(ROOT)],
}


def make(name: str) -> None:
    """Make one environment; what is installed already stays."""
    folder = ROOT / f".venv-{name}"
    python = folder / "bin" / "python"
    if not python.exists():
        venv.create(folder, with_pip=True)
    options = ["--quiet", "--disable-pip-version-check"]
    subprocess.run([python, "-m", "pip", "install", *options, *REQUIREMENTS[name]], check=True)
    print(f"{folder.name}: {' '.join(REQUIREMENTS[name])}")


if __name__ == "__main__":
    for wanted in sys.argv[1:] or REQUIREMENTS:
        make(wanted)

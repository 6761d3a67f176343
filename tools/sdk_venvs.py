"""Makes the environments that the tests of other clients use: SageMaker's SDK in two majors, and the AWS CLI.

    python tools/sdk_venvs.py             all of them
    python tools/sdk_venvs.py sdk2        one of them

Each takes well under a minute and some hundred megabytes; tests whose environment is not there are skipped.
Of SDK 3 only the core is installed: it has the monitors, and they need nothing of what `sagemaker` 3 adds.
"""

import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).parent.parent
REQUIREMENTS = {
    "sdk2": ["sagemaker==2.257.7"],
    "sdk3": ["sagemaker-core==2.27.0"],
    "awscli": ["awscli==1.46.3"],
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

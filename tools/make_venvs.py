"""Makes environments of other programs that tests use: AWS's clients, servers of models, and orchestrators.

    python tools/make_venvs.py sdk2 sdk3 awscli

Those of clients take well under a minute and some hundred megabytes each, those of model servers a minute or
two and half a gigabyte or more; tests whose environment is not there are skipped. Of SDK 3 only the core is
installed: it has the monitors, and they need nothing of what `sagemaker` 3 adds. BentoML captures from
inside, so leeboard is installed beside it.
"""

import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).parent.parent
REQUIREMENTS = {
    "sdk2": ["sagemaker==2.257.7"],
    "sdk3": ["sagemaker-core==2.27.0"],
    "sdk3-mlops": ["sagemaker-mlops==1.27.0"],
    "awscli": ["awscli==1.46.3"],
    "mlserver": ["mlserver==1.7.1", "mlserver-sklearn==1.7.1"],
    "mlflow": ["mlflow==3.17.2"],
    "airflow": ["apache-airflow==3.3.2", "--editable", str(ROOT)],
    "prefect": ["prefect==3.9.1", "--editable", str(ROOT)],
    "dagster": ["dagster==1.13.29", "--editable", str(ROOT)],
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
    if not set(sys.argv[1:]) & REQUIREMENTS.keys() or set(sys.argv[1:]) - REQUIREMENTS.keys():
        sys.exit(f"name some of {', '.join(REQUIREMENTS)}")
    for wanted in sys.argv[1:]:
        make(wanted)

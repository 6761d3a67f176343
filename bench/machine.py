"""What the bench ran on, without anything that names the machine."""

import os
import platform
from importlib.metadata import version
from pathlib import Path

OURS = ("leeboard", "polars", "numpy", "scipy", "uvicorn", "uvloop", "sqlalchemy")


def machine() -> dict[str, str]:
    """Label -> value."""
    return {
        "processor": f"{_processor()}, {len(os.sched_getaffinity(0))} cores in use",
        "memory": f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2**30:.0f} GiB",
        "system": f"{platform.system()} {platform.machine()}",
        "load before the run": f"{os.getloadavg()[0]:.1f}",
        "Python": platform.python_version(),
        "leeboard and what it stands on": ", ".join(f"{name} {version(name)}" for name in OURS),
        "peers": ", ".join(_pins()),
    }


def _processor() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    return next((line.split(":")[1].strip() for line in lines if line.startswith("model name")), "unknown")


def _pins() -> list[str]:
    files = sorted(Path(__file__).parent.glob("requirements*.txt"))
    return [file.read_text().split()[0].replace("==", " ") for file in files]

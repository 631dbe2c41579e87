"""An environment of its own for tensorgrad, which asks for exact versions that symicl does not want."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

TENSORGRAD = "tensorgrad==0.3.0"
CONSTRAINTS = Path(__file__).resolve().parents[2] / "constraints.txt"


def tensorgrad_python(cache: Path, torch_index: str | None = None) -> Path:
    """The interpreter of that environment, which is made on the first call."""
    folder = cache.resolve() / "tensorgrad"
    python = folder / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    ready = folder / ".ready"
    requirements = [TENSORGRAD, _pinned_torch()]
    if ready.exists() and ready.read_text() == json.dumps(requirements):
        return python
    print(f"making an environment for {TENSORGRAD} in {folder} …", file=sys.stderr)
    subprocess.run([sys.executable, "-m", "venv", "--clear", folder], check=True)
    install = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *requirements]
    if torch_index:
        install += ["--extra-index-url", torch_index]
    subprocess.run(install, check=True)
    ready.write_text(json.dumps(requirements))
    return python


def _pinned_torch() -> str:
    """The torch of our own environment, so that not both a CPU and a CUDA build are downloaded."""
    return next(line for line in CONSTRAINTS.read_text().splitlines() if line.startswith("torch=="))

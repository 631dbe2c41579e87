"""Runs a task in processes of its own, under a time limit."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Measurement:
    """The outcome of one engine on one task; `seconds` is that of the fastest run."""

    status: Literal["done", "time limit", "failed"]
    seconds: float | None = None
    terms: int | None = None
    error: str | None = None


def measure(command: list[str], repeats: int, limit: float) -> Measurement:
    """Run the command `repeats` times; each run prints a JSON object with seconds and terms last.

    The limit holds for each run as a whole, imports included.  The first run that misses it or fails is
    the outcome.
    """
    runs = []
    for _ in range(repeats):
        # A session of its own, so that the processes it may start end with it.
        process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
        )
        try:
            output, errors = process.communicate(timeout=limit)
        except subprocess.TimeoutExpired:
            return Measurement("time limit")
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.communicate()
        if process.returncode:
            return Measurement("failed", error=(errors.strip().splitlines() or ["no message"])[-1])
        runs.append(json.loads(output.splitlines()[-1]))
    return Measurement("done", min(run["seconds"] for run in runs), runs[0]["terms"])

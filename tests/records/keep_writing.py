"""Processes that write records until they are killed: FILE KILLS SEED; prints one line a process as JSON.

Each child says through a pipe what the records have acknowledged, so that the parent knows what must be there.
"""

import json
import os
import random
import signal
import sys
import time

from symicl.records import Outcome, Plan, Records


def write_for_ever(file, acknowledged, child):
    records = Records(file)
    for run in range(10**6):
        plan = Plan("train", f"theorem.{child}", {"n": str(run)}, run, {}, {})
        row = records.begin(plan)
        os.write(acknowledged, f"{row} -1\n".encode())
        for step in range(3):
            records.add_points(row, [(step, 1 / (step + 1))])
            os.write(acknowledged, f"{row} {step}\n".encode())
        records.finish(row, Outcome(verdict="reached", numbers={"x": run}, document={"w": [run] * 200}))
        os.write(acknowledged, f"{row} 3\n".encode())


def main():
    file, kills, seed = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    draws = random.Random(seed)
    for child in range(kills):
        reader, writer = os.pipe()
        pid = os.fork()
        if pid == 0:
            os.close(reader)
            write_for_ever(file, writer, child)
        os.close(writer)
        time.sleep(draws.uniform(0.0, 0.2))
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        said = b""
        while part := os.read(reader, 1 << 16):
            said += part
        os.close(reader)
        lines = [line.split() for line in said.decode().splitlines()]
        print(
            json.dumps({"child": child, "said": [[int(row), int(step)] for row, step in lines]}), flush=True
        )


if __name__ == "__main__":
    main()

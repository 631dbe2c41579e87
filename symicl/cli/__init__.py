"""The command line.

Every command is a module of `symicl.cli.commands` that imports at its top level only what start-up can
afford; SymPy, rich and torch are imported inside the functions that need them.
"""

import sys


def main() -> None:
    """Run the command line and leave with its exit code."""
    try:
        from symicl.cli.app import run

        code = run(sys.argv[1:])
    except KeyboardInterrupt:  # while the command line itself was being imported
        sys.stderr.write("symicl: interrupted\n")
        code = 130
    sys.exit(code)

"""Check files from the command line: `python FOLDER FILE...`, wherever this folder was copied
to."""

import importlib.util
import sys
from pathlib import Path

if not __package__:
    # Run as a folder, these files are no package yet: they become one, of the name `checkers`.
    # No other place is searched, so that nothing outside of the folder is imported instead.
    folder = Path(__file__).resolve().parent
    sys.path = [place for place in sys.path if Path(place or ".").resolve() != folder]
    spec = importlib.util.spec_from_file_location(
        "checkers", folder / "__init__.py", submodule_search_locations=[str(folder)]
    )
    package = importlib.util.module_from_spec(spec)
    sys.modules["checkers"] = package
    spec.loader.exec_module(package)
    __package__ = "checkers"

from .command import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

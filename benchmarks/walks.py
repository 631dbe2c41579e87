"""Two walks through the code, into docs/architecture.md: which files a number and a claim pass.

    python benchmarks/walks.py --markdown docs/architecture.md

A file takes part if one of its functions is called, and is entered if such a call comes from another room; what a room
does behind that door, it does alone. The calls are those of a second run, so that neither imports nor what is computed
once are counted.
"""

import argparse
import sys
from pathlib import Path

import symicl as si

PACKAGE = Path(si.__file__).parent
PASSED_BY = ("<module>", "__getattr__")
"""What runs when a face is asked for a name."""

DECORATOR = Path("algebra/provenance.py")
"""What stands around functions whose rule is noted when somebody listens, and passes calls on."""

MARK = "<!-- made by benchmarks/walks.py -->"


def from_task_to_latex(n):
    """One number, from the task in which it is the number of examples to the LaTeX of the minimal loss."""
    task = si.LinearRegression(n=si.dims(n))
    optimum = si.minimise(si.expected_loss(si.OneStepGD(), task))
    return si.latex(optimum.loss)


def from_text_to_verdict(name):
    """One claim, from its text to the verdict."""
    text = f"dims n d\n{name} ~ gaussian(n, d)\nclaim E[tr({name}^T {name})] = n d\n"
    return si.check(text).verdict


WALKS = {
    "A number n, from the task to the LaTeX": (from_task_to_latex, "m", "n"),
    "A claim, from its text to the verdict": (from_text_to_verdict, "Y", "X"),
}


def place(frame):
    """The file of a frame within the package, None for what is not symicl's."""
    file = frame.f_code.co_filename
    return Path(file).relative_to(PACKAGE) if file.startswith(f"{PACKAGE}/") else None


def room(path):
    """The folder of the package that a file lies in, or the file itself."""
    return path.parts[0]


def walk(run, *arguments):
    """The files that calls enter from other rooms, in this order with the first function, and all that take part."""
    entered, all_files = {}, set()

    def listen(frame, event, _):
        here = place(frame) if event == "call" else None
        if here is None or frame.f_code.co_name in PASSED_BY:
            return
        all_files.add(here)
        if frame.f_code.co_name.startswith("<") or here == DECORATOR:
            return  # a lambda or a comprehension is part of the function in which it is written
        caller = frame.f_back
        while caller is not None and place(caller) in (None, DECORATOR):  # SymPy between two rooms is no room
            caller = caller.f_back
        if caller is None or room(place(caller)) != room(here):
            entered.setdefault(here, frame.f_code.co_name)

    sys.setprofile(listen)
    try:
        run(*arguments)
    finally:
        sys.setprofile(None)
    return entered, all_files


def behind(files):
    """Files by room, in words."""
    rooms = {}
    for path in sorted(files):
        rooms.setdefault(room(path), []).append("/".join(path.with_suffix("").parts[1:]) or path.stem)
    return "; ".join(
        f"in `{name}` {', '.join(f'`{file}`' for file in found)}" for name, found in rooms.items()
    )


def measured():
    """The section of the page."""
    lines = []
    for title, (run, warm, name) in WALKS.items():
        run(warm)
        entered, all_files = walk(run, name)
        entries = f"{len(entered)} of them entered from another room"
        lines += [f"**{title}**: {len(all_files)} files take part, {entries}.", ""]
        for i, (path, _) in enumerate(entered.items(), 1):
            lines.append(f"{i}. `{path.as_posix()}`")
        lines += ["", f"Behind these doors: {behind(set(all_files) - set(entered))}.", ""]
    return "\n".join(lines)


def main():
    """Print the walks, or write them into a page."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--markdown", type=Path)
    page = parser.parse_args().markdown
    if page is None:
        print(measured())
        return
    before, _, after = page.read_text(encoding="utf-8").split(MARK)
    page.write_text(f"{before}{MARK}\n\n{measured()}\n{MARK}{after}", encoding="utf-8")


if __name__ == "__main__":
    main()

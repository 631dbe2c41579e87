"""The command `symicl`: its subcommands, and one place where every error becomes a sentence and a code."""

from __future__ import annotations

import contextlib
import errno
import os
import signal
import sys
from collections.abc import Sequence
from typing import Annotated, Any

import typer

from symicl.cli.codes import (
    BAD_INPUT,
    DEFECT,
    GENERAL,
    INTERRUPTED,
    OF_COMMAND,
    UNDECIDED,
    UNREAD,
    Interrupted,
)
from symicl.cli.commands import (
    check,
    check_certificate,
    cite,
    compare,
    derive,
    doctor,
    eject,
    evaluate,
    export,
    latex,
    list_theorems,
    new,
    prove,
    report,
    runs,
    sweep,
    tour,
    train,
    verify,
)
from symicl.cli.output import complain
from symicl.errors import DerivationError, EnginesDisagreeError, SymiclError

# typer carries click inside since 0.26 and depended on it before; the base classes are the same.
USAGE_ERROR: type[Any] = typer.BadParameter.__mro__[1]
USAGE_BASE: type[Exception] = typer.BadParameter.__mro__[2]

NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO)

app = typer.Typer(
    name="symicl",
    help="Theorems on in-context learning: derived, proved, evaluated, typeset and confirmed by training.",
    epilog="Exit codes: 0 proved or confirmed; 1 refuted or contradicted; 2 bad input; 3 undecided or inconclusive.",
    # Plain help: the examples contain [[2,1],[1,3]], which rich would read as markup.
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("tour")(tour.command)
app.command("list")(list_theorems.command)
app.command("derive")(derive.command)
app.command("prove")(prove.command)
app.command("eval")(evaluate.command)
app.command("train")(train.command)
app.command("verify")(verify.command)
app.command("sweep")(sweep.command)
app.add_typer(runs.app, name="runs")
app.command("report")(report.command)
app.command("compare")(compare.command)
app.command("check")(check.command)
app.command("check-certificate")(check_certificate.command)
app.command("latex")(latex.command)
app.command("export")(export.command)
app.command("new")(new.command)
app.command("eject")(eject.command)
app.command("cite")(cite.command)
app.command("doctor")(doctor.command)
for _command in app.registered_commands:
    if "exit code" not in (getattr(_command.callback, "__doc__", None) or "").lower():
        _command.epilog = _command.epilog or OF_COMMAND.get(_command.name or "", GENERAL)


def _print_version(wanted: bool) -> None:
    if wanted:
        from symicl import __version__

        sys.stdout.write(f"symicl {__version__}\n")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def _root(
    context: typer.Context,
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_print_version, is_eager=True, help="Print the version and leave."
        ),
    ] = False,
) -> None:
    if context.invoked_subcommand is None:
        sys.stdout.write(context.get_help() + "\n")


def run(arguments: Sequence[str]) -> int:
    """Run the command line and return its exit code; no exception gets out."""
    if sys.stderr is None:  # closed by the caller
        sys.stderr = open(os.devnull, "w")  # noqa: SIM115
    if sys.stdout is None:
        complain("standard output is closed; send it to a file, or to /dev/null")
        return BAD_INPUT
    for stream in (sys.stdout, sys.stderr):
        # A terminal that cannot show σ shows a question mark rather than a traceback.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    try:
        code = app(list(arguments), prog_name="symicl", standalone_mode=False)
        sys.stdout.flush()
    except BrokenPipeError:
        return _unread()
    except SystemExit as leaving:
        if isinstance(
            leaving.__context__, BrokenPipeError
        ):  # which typer turns into an exit code of a verdict
            return _unread()
        raise
    except Interrupted as interruption:
        return _interrupted(str(interruption))
    except (KeyboardInterrupt, typer.Abort):
        return _interrupted()
    except USAGE_BASE as error:
        complain(_usage_sentence(error), "SYM-E000")
        return BAD_INPUT
    except EnginesDisagreeError as error:
        complain(str(error), error.code)
        return DEFECT
    except DerivationError as error:
        complain(str(error), error.code)
        return UNDECIDED
    except SymiclError as error:
        complain(str(error), error.code)
        return BAD_INPUT
    except ModuleNotFoundError as error:
        return _missing(error)
    except OSError as error:
        return _unwritten(error) if error.errno in NO_ROOM else _defect()
    except MemoryError:
        complain("the memory does not suffice for these inputs; give smaller dimensions")
        return BAD_INPUT
    except Exception:
        return _defect()
    if code == INTERRUPTED:  # newer versions of typer turn Ctrl-C into this code
        return _interrupted()
    return int(code or 0)


def _interrupted(sentence: str = "interrupted") -> int:
    with contextlib.suppress(ValueError):  # not in the main thread
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    complain(sentence)
    return INTERRUPTED


def _unread() -> int:
    """The reader of a pipe, `head` for instance, has seen enough."""
    _forget_output()
    return UNREAD


def _unwritten(error: OSError) -> int:
    """Standard output goes to a full disk; files of symicl's own tell of that themselves."""
    _forget_output()
    complain(f"the result cannot be written to standard output ({error.strerror}); send it elsewhere")
    return BAD_INPUT


def _forget_output() -> None:
    """Let Python's last flush, at its exit, succeed."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _missing(error: ModuleNotFoundError) -> int:
    """A package that symicl requires is gone; those that are optional have sentences of their own."""
    package = (error.name or "").partition(".")[0]
    if package in ("", "symicl"):
        return _defect()
    complain(f"the package {package} cannot be imported; install what symicl needs with: pip install symicl")
    return BAD_INPUT


def _usage_sentence(error: Any) -> str:
    sentence = error.format_message().rstrip(". ")
    option = getattr(error, "option_name", "")
    takes_inputs = getattr(error, "ctx", None) is not None and any(
        parameter.name == "inputs" for parameter in error.ctx.command.params
    )
    similar = getattr(error, "possibilities", None)
    if takes_inputs and option.startswith("--") and option[2:].replace("_", "").isalnum():
        sentence = f"inputs are written without dashes: {option[2:]}=…, for instance n=20"
        sentence += f"; or was {' or '.join(similar)} meant?" if similar else ""
    if isinstance(error, USAGE_ERROR) and error.ctx is not None:
        sentence += f" (see {error.ctx.command_path} --help)"
    return sentence


def _defect() -> int:
    import traceback

    traceback.print_exc()
    complain("the above is a defect of symicl and says nothing about the theorem; please report it")
    return DEFECT

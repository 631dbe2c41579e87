"""The reference of the command line and of the Python names, made from the program itself."""

import inspect
import re
from pathlib import Path

import typer

import symicl
from symicl.cli.app import app as commands
from symicl.codes import GAP, KINDS, table
from symicl.statements.propositions import PROPOSITIONS

GROUPS = {
    "Symbols and expectations": "dims scalar vector matrix symmetric covariance gaussian expect gradient latex "
    "ClosedForm Blocks Equation",
    "Tasks": "LinearRegression GaussianRegression RetrievalRegression RotationInvariantRegression Neuron find_neuron "
    "AutoregressiveTask Task PromptTask TaskAt Prompt Sample",
    "Models": "LinearSelfAttention MultiHeadLinearAttention InitialGuessAttention LinearTransformerBlock GDBeta "
    "OneStepGD CausalLinearAttention PositionalAttention PositionsOnlyAttention Model CausalModel WeightShape "
    "transpose stack beside",
    "At numbers, by draws, in the limit": "compile CompiledFunction sample limit series in_eigenvalues",
    "Parts of models": "Layers Attention LinearMLP Residual Heads Part",
    "Losses, optima, training": "expected_loss minimise train Experiment SequenceExperiment Schedule",
    "Dynamics": "flow follow",
    "Depth, recursions, heads": "depth iterate depth_limit recursion head_count certificate",
    "Theorems and claims": "Theorem Paper all_theorems find prove check Evidence",
}
"""Names that are not listed here follow in groups of their own, so that none can be forgotten."""

RESULTS = (
    "symicl.theory.typeset_quantity.TypesetQuantity",
    "symicl.theory.model_loss.ModelLoss",
    "symicl.theory.Loss",
    "symicl.theory.LossAt",
    "symicl.theory.AutoregressiveLoss",
    "symicl.theory.AutoregressiveLossAt",
    "symicl.theory.model_optimum.ModelOptimum",
    "symicl.theory.Optimum",
    "symicl.theory.SequenceOptimum",
    "symicl.theory.optimum.LowerBound",
    "symicl.theory.LossElsewhere",
    "symicl.theory.optimum.OptimumAt",
    "symicl.theory.QuadraticMinimum",
    "symicl.theory.QuadraticCertificate",
    "symicl.theory.QuadraticMinimumAt",
    "symicl.theory.rank.low_rank.LowRankOptimum",
    "symicl.theory.rank.expression.LowRankMinimum",
    "symicl.theory.rank.at_numbers.LowRankOptimumAt",
    "symicl.theory.StationaryMatrices",
    "symicl.theory.stationary_matrices.StationaryMatricesAt",
    "symicl.theory.pythagoras.Pythagoras",
    "symicl.theory.layers.depth.Depth",
    "symicl.theory.layers.at_numbers.DepthAt",
    "symicl.theory.layers.matrix_steps.MatrixSteps",
    "symicl.theory.layers.loop.Loop",
    "symicl.theory.layers.proportional.DepthLimit",
    "symicl.theory.heads.head_count.HeadCount",
    "symicl.theory.heads.at_numbers.HeadCountAt",
    "symicl.theory.proof_steps.CheckedProof",
    "symicl.theory.recursions.recursion.Recursion",
    "symicl.theory.recursions.after_tokens.AfterTokens",
    "symicl.theory.recursions.best_parameter.BestParameter",
    "symicl.theory.recursions.greedy.Schedule",
    "symicl.theory.recursions.comparison.RecursionVerdict",
    "symicl.theory.System",
    "symicl.theory.Flow",
    "symicl.theory.dynamics.system.Reduction",
    "symicl.theory.dynamics.conserved.Conserved",
    "symicl.theory.dynamics.scalar_equation.ScalarEquation",
    "symicl.theory.dynamics.solution.Solution",
    "symicl.theory.dynamics.squared_equation.SquaredEquation",
    "symicl.theory.dynamics.stability.Stability",
    "symicl.statements.Derivation",
    "symicl.statements.Step",
    "symicl.statements.Verdict",
    "symicl.language.CheckResult",
    "symicl.language.result.ClaimResult",
    "symicl.studies.TrainResult",
    "symicl.theory.Series",
    "symicl.theory.EigenvalueForm",
    "symicl.studies.StatedMinimumResult",
    "symicl.studies.SampleMean",
    "symicl.studies.Agreement",
    "symicl.studies.flow.follow.Path",
)
"""What these functions return."""


def command_line():
    """Each command with its own help."""
    root = typer.main.get_command(commands)
    parts = [
        "# The command line",
        "Made from the program itself. **Guarantee:** the exit code says what the words say: 0 proved or "
        "confirmed, 1 refuted or contradicted, 2 bad input, 3 undecided or inconclusive. With `--json`, standard "
        "output is one JSON document and nothing else.",
    ]
    for name, command in sorted(root.commands.items()):
        context = command.context_class(
            command, info_name=f"symicl {name}", terminal_width=92, max_content_width=92
        )
        parts.append(f"## symicl {name}")
        parts.append(f"```text\n{command.get_help(context).strip()}\n```")
    return "\n\n".join(parts) + "\n"


def python():
    """Every public name, by group."""
    parts = [
        "# Python",
        "What `import symicl` offers. **Guarantee:** closed forms are exact, with all dimensions symbolic; what a "
        "function cannot do is refused by name, never approximated. Names load when they are used: `import symicl` "
        "loads neither torch nor matplotlib.",
    ]
    listed = set(" ".join(GROUPS.values()).split())
    public = [name for name in symicl.__all__ if not name.startswith("_")]
    errors = [name for name in public if name.endswith("Error")]
    rest = [name for name in public if name not in listed and name not in errors]
    groups = {title: names.split() for title, names in GROUPS.items()}
    groups |= {"Further names": rest, "Errors": errors}
    for title, names in groups.items():
        names = [name for name in names if name in public]
        if names:
            parts.append(f"## {title}")
            parts += [_entry("symicl." + name, inspect.isclass(getattr(symicl, name))) for name in names]
    parts.append("## Statements of theorems")
    parts.append(
        "The kinds of propositions, from `symicl.statements`; [how to say them](../../how-to/say-a-theorem.md)."
    )
    parts += [_entry(f"symicl.statements.{kind.__name__}", True, members=False) for kind in PROPOSITIONS]
    parts.append("## Results")
    parts += [_entry(name, True) for name in RESULTS]
    return "\n\n".join(parts) + "\n"


def codes():
    """Each code with its sentence, which says the cause, and the remedy where the sentence gives one."""
    parts = [
        "# Codes",
        "Beside each refusal, and beside the reason of a verdict that is no success, stands a code such as "
        "`SYM-E402`: on the command line in brackets, in JSON under `code`, in Python as `error.code`. It stays "
        "the same where the sentence is put in better words; the sentences below are read off the program. Gaps, "
        "written …, hold "
        "the names and numbers of a case. The number 000 stands for a sentence that is made in another way, such as "
        "those on options of the command line.",
    ]
    for letter, kind in KINDS.items():
        rows = [
            f"- `{code}` {_cause_and_remedy(text)}"
            for code, text in sorted(table().items())
            if code[4] == letter
        ]
        parts += [f"## {letter}: {kind}", REMEDIES[letter], "\n".join(rows)]
    return "\n\n".join(parts) + "\n"


REMEDIES = {
    "E": "Give what the sentence asks for; nothing was computed.",
    "U": "Well-formed, but not among what is computed exactly. `si.sample` draws instead, under the same laws.",
    "D": "The derivation says something that does not hold, or that does not follow from what it gives.",
    "M": "Install what the sentence names; `symicl doctor` lists all of it.",
    "V": "The verdict is *undecided*, *inconclusive* or *contradicted*: [what now?](../../how-to/undecided.md), and "
    "[for training](../../how-to/inconclusive.md).",
}


def _cause_and_remedy(text):
    cause, _, remedy = text.replace(GAP, "…").partition("; ")
    return _literal(cause) + (f" *Remedy:* {_literal(remedy)}" if remedy else "")


def _literal(text):
    return re.sub(r"([\\`*_{}\[\]<>$|#~@^])", r"\\\1", text.strip())


def _entry(name, is_class, *, members=True):
    everything = "\n   :members:" * members
    directive = f".. autoclass:: {name}{everything}" if is_class else f".. autofunction:: {name}"
    return f"```{{eval-rst}}\n{directive}\n```"


def write(app):
    """Write the pages into docs/reference/generated, which is not under version control."""
    folder = Path(app.srcdir) / "reference" / "generated"
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in (("command-line", command_line()), ("python", python()), ("codes", codes())):
        path = folder / f"{name}.md"
        if not path.exists() or path.read_text() != text:
            path.write_text(text)


def escape_bars(app, what, name, obj, options, lines):
    """|z| in a docstring is an absolute value and no substitution."""
    lines[:] = [line if "`" in line else line.replace("|", r"\|") for line in lines]


def setup(app):
    """Make the pages before Sphinx looks for them."""
    app.connect("autodoc-process-docstring", escape_bars, priority=900)
    app.connect("builder-inited", write, priority=100)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

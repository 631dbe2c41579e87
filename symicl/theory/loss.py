"""The expected pre-training loss in closed form."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, get_args, overload

from symicl.algebra import MEANING, PARTNER, Blocks, ClosedForm, monomials_of, tell
from symicl.errors import InputError, ShapeError, SymiclError, UnsupportedError, brief, described
from symicl.models import CausalModel, Model, OneStepGD
from symicl.numeric import BackendName, compile_scalar, split_parameters
from symicl.tasks import AutoregressiveTask, PromptTask, Task, Values, exact_values
from symicl.theory.autoregressive import AutoregressiveLoss, autoregressive_loss
from symicl.theory.link import block_letters, broken_link, fit, refuse_taken_names
from symicl.theory.model_loss import LossAtNumbers, ModelLoss


@dataclass(frozen=True, repr=False)
class Loss(ModelLoss):
    """L(θ) = E[(f_θ − target)²] over all effective parameters of a model, dimensions symbolic.

    Attributes
    ----------
    model, task
        What it is the loss of.
    parameters : dict of Blocks
        The effective parameters, every block a letter; of a family of weights its letters, by their own names.
    prediction : ClosedForm
        f_θ in the letters of prompt and parameters.
    closed_form : ClosedForm
        The loss.
    family : str or None
        The family of weights that it is restricted to.
    whole : dict of Blocks
        The effective parameters by name, also of a family.
    """

    model: Model
    task: PromptTask
    parameters: dict[str, Blocks]
    prediction: ClosedForm
    closed_form: ClosedForm
    family: str | None = None
    whole: dict[str, Blocks] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.whole:
            object.__setattr__(self, "whole", self.parameters)

    def at(self, **numbers: Any) -> LossAt:
        own = self.model.own_sizes(self.task)
        law = {name: number for name, number in numbers.items() if name not in own}
        values = exact_values(own, {name: numbers[name] for name in own if name in numbers})
        return LossAt(self, self.task.at(**law).values | values)

    def under(self, task: PromptTask) -> Loss:
        """The loss of the same model, at the same parameters, on another law of prompts.

        Parameters
        ----------
        task : PromptTask
            Other covariances, another number of examples; of an optimum see `Optimum.under`.

        Raises
        ------
        InputError
            As `expected_loss`.
        """
        return expected_loss(self.model, task, family=self.family)

    @cached_property
    def _letters(self) -> dict[str, int]:
        blocks = [block for whole in self.parameters.values() for row in whole.grid for block in row]
        letters = sorted({min(a, PARTNER[a]) for block in blocks for a in block.letters()})
        return {str(MEANING[a]): a for a in letters}

    @property
    def letter_names(self) -> Iterable[str]:
        return self._letters

    def letter_to_differentiate(self, name: str) -> int:
        return self._letters[name]


@dataclass(frozen=True, repr=False)
class LossAt(LossAtNumbers):
    """A loss at numbers of the task.

    Attributes
    ----------
    loss : Loss
    values : dict
        From each symbol of the task to its exact value.
    """

    loss: Loss
    values: Values

    def __call__(self, **parameters: Any) -> Any:
        """The exact loss at effective parameters given by name as full matrices, w of size (d+1)×1 and so on."""
        try:
            return self.compile("exact")(parameters)
        except (ValueError, TypeError, ArithmeticError) as error:
            if isinstance(error, SymiclError):
                raise
            raise InputError(
                f"a parameter has an entry that is not a finite real number ({brief(error)}); the loss is exact, "
                "compile() takes anything"
            ) from None

    def compile(self, backend: BackendName = "numpy") -> Callable[[Mapping[str, Any]], Any]:
        """A function of the effective parameters.

        Parameters
        ----------
        backend : "numpy", "torch" or "exact"
            float64 arrays, tensors (gradients flow), or rational numbers.

        Returns
        -------
        callable
            From a dict (name → full array, leading batch axes allowed) to the loss.
        """
        if backend not in get_args(BackendName):
            raise InputError(f"there is no backend {brief(backend)!r}; choose numpy, torch or exact")
        compiled = compile_scalar(self.loss.closed_form, backend)

        def call(parameters: Mapping[str, Any]) -> Any:
            letters = split_parameters(self.loss.parameters, self.values, parameters)
            return compiled({**self.values, **letters})

        return call


def _check_kinds(model: object, task: object) -> None:
    """Refuse anything but a model and a task that goes with it."""
    if isinstance(model, Task) and isinstance(task, Model):
        raise InputError("the model comes first: expected_loss(model, task)")
    if not isinstance(model, Model):
        raise InputError(
            f"the model is {described(model)}; give an instance, such as si.LinearSelfAttention()"
        )
    if not isinstance(task, Task):
        raise InputError(f"the task is {described(task)}; give an instance, such as si.LinearRegression()")
    if not fit(model, task):
        raise InputError(
            f"{type(model).__name__} does not go with {type(task).__name__}; sequences need a causal model, "
            "regression tasks a model of prompts"
        )


def _family(model: Model, name: str, task: Task) -> dict[str, Any]:
    families = model.families()
    if name not in families:
        known = f"; choose one of {', '.join(map(repr, families))}" if families else ", which states none"
        raise InputError(f"{brief(name)!r} is not a family of weights of {type(model).__name__}{known}")
    family = families[name]
    return dict(family(**model.sizes_on(task)) if callable(family) else family)


def predict(model: Model, parameters: dict[str, Blocks], task: PromptTask) -> ClosedForm:
    """The prediction as a polynomial in the letters of the prompt and the parameters.

    Raises
    ------
    InputError
        If the model gives something else.
    """
    try:
        found = model.predict(parameters, task.prompt())
    except ShapeError as error:
        if len(task.token_blocks()) > 1 and any(
            "n" in shape.names for shape in model.weight_shapes().values()
        ):
            raise InputError(
                f"{type(model).__name__} has a weight with an entry for each example, which does not go with prompts "
                "of several blocks of tokens; leave gates out"
            ) from None
        if (m := task.sizes()["m"]) == 1:
            raise
        raise InputError(
            f"{type(model).__name__} does not go with prompts of {m} responses ({error}); take OneStepGD, GDBeta or "
            'Layers, or give the weights sides with a block "m", one row for each response'
        ) from None
    if not isinstance(found, Blocks):
        raise InputError(
            f"the forward pass of {type(model).__name__} gives {described(found)}; it has to give the prediction, a "
            "1×1 matrix made of the weights and the prompt"
        )
    return task.component(found.single())


@overload
def expected_loss(model: Model, task: PromptTask, *, family: str | None = None) -> Loss: ...


@overload
def expected_loss(
    model: CausalModel, task: AutoregressiveTask, *, family: str | None = None
) -> AutoregressiveLoss: ...


def expected_loss(model: Any, task: Any, *, family: str | None = None) -> Loss | AutoregressiveLoss:
    """Derive E[(f − y)²] in closed form.

    Parameters
    ----------
    model : Model
    task : Task
        A model of sequences goes with a task of sequences.
    family : str, optional
        One of ``model.families()``: effective parameters that are restricted, such as "two numbers".

    Returns
    -------
    Loss or AutoregressiveLoss
        No factor ½; the noise of the target is included. For sequences the sum over t, see `autoregressive_loss`.

    Raises
    ------
    InputError
        If the law of the task and the model use one name for two things, or do not go together; if the forward
        pass of the model is not its ``predict`` at its ``effective`` parameters.
    UnsupportedError
        If the average has too many terms, as over all weights of two layers.
    """
    _check_kinds(model, task)
    parameters = None if family is None else _family(model, family, task)
    if task.shows == "sequence":
        return autoregressive_loss(model, task, parameters)
    tell("loss", (model, task))
    if model.pass_size() > MAX_PASS:
        raise UnsupportedError(
            f"the forward pass of {type(model).__name__} over all blocks of its weights has more than {MAX_PASS:,} "
            "terms, so that no loss can be compared with it; take two layers at most, or si.depth() for any number of "
            "label updates"
        )
    parameters = parameters or model.symbolic_parameters(**model.sizes_on(task))
    prediction = predict(model, parameters, task)
    _refuse_large(model, prediction, task)
    blocks = set().union(*map(block_letters, parameters.values()))
    refuse_taken_names(model, task, blocks, prediction)
    if problem := broken_link(model, task):
        raise InputError(problem)
    residual = prediction - task.target()
    whole = parameters
    if family is not None:  # its letters are what is free
        letters = sorted(blocks, key=lambda a: str(MEANING[a]))
        parameters = {str(MEANING[a]): Blocks([[ClosedForm.of(a)]]) for a in letters}
    try:
        mean = task.expectation(residual * residual)
    except UnsupportedError as error:
        raise UnsupportedError(f"{error}{_remedy(model, task)}") from None
    return Loss(model, task, parameters, prediction, mean, family, whole)


def _remedy(model: Model, task: PromptTask) -> str:
    """That the loss of the model of one matrix is known, where it is."""
    other = OneStepGD()
    try:
        residual = predict(other, other.symbolic_parameters(**other.sizes_on(task)), task) - task.target()
        task.expectation(residual * residual)
    except SymiclError:
        return ""
    return (
        f"; so the loss over these weights of {type(model).__name__} is not taken, that of si.OneStepGD() is"
    )


MAX_PASS = 10**7
"""Terms of a forward pass over all blocks of all weights, at most."""
MAX_WORK = 2e7
"""Products of two terms of a prediction, each counted by 2 to the power of its degree, that are averaged at most."""


def _refuse_large(model: Model, prediction: ClosedForm, task: PromptTask) -> None:
    """Refuse a prediction whose square would take hours to average."""
    shown = task.prompt_letters()
    terms = monomials_of(prediction.fraction()[0])
    degree = max((sum(min(a, PARTNER[a]) in shown for w in m for a in w) for m in terms), default=0)
    if len(terms) ** 2 * 2**degree <= MAX_WORK:
        return
    families = ", ".join(f"family={name!r}" for name in model.families())
    raise UnsupportedError(
        f"the loss over these weights of {type(model).__name__} is the mean of {len(terms) ** 2:,} products of degree "
        f"up to {2 * degree} in the prompt, which would take hours; "
        + (f"restrict the weights with {families}, or " if families else "")
        + "take fewer layers, or weights of fewer blocks"
    )

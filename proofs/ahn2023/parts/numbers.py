"""Any number of layers with a step each, at numbers and with noise: the least excess and the steps."""

from symicl.algebra import dims
from symicl.errors import InputError
from symicl.statements import NotDetermined
from symicl.tasks import LinearRegression
from symicl.theory import depth

task, layers = LinearRegression(), dims("layers")
sigma2 = task.noise
MAX_LAYERS = 12


def best(values, digits=17):
    """The optimum of any number of layers at numbers, with noise as well."""
    numbers = {"n": int(values[task.n]), "d": int(values[task.d]), "sigma2": values[sigma2]}
    return depth(task, int(values[layers])).at(digits=digits, **numbers)


def least(values, digits):
    """The least excess over real steps."""
    found = best(values, digits)
    if found.excess is None:
        raise NotDetermined(
            f"the best polynomial leaves {float(found.lower_bound):.6g}, and has complex roots; real steps leave more"
        )
    return found.excess


def steps(values, digits):
    """The best steps, ascending, where the best polynomial has real roots."""
    found = best(values, digits)
    if found.attained != "steps":
        raise NotDetermined("the best polynomial has complex roots; two of the best real steps are equal")
    return found.steps


def refuse_depth(values):
    """Refuse more layers than there are digits for."""
    if int(values[layers]) > MAX_LAYERS:
        raise InputError(f"layers={values[layers]} is too large; give at most {MAX_LAYERS}")

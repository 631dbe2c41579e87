"""SciPy's integrators of differential equations, imported where they are used."""

from __future__ import annotations

from types import ModuleType

from symicl.errors import MissingDependencyError


def load_integrate() -> ModuleType:
    """The module scipy.integrate.

    Raises
    ------
    MissingDependencyError
        If SciPy is not installed.
    """
    try:
        import scipy.integrate
    except ImportError:
        raise MissingDependencyError(
            "gradient flows are integrated with SciPy; install it with: pip install 'symicl[train]'"
        ) from None
    return scipy.integrate


def load_optimize() -> ModuleType:
    """The module scipy.optimize.

    Raises
    ------
    MissingDependencyError
        If SciPy is not installed.
    """
    try:
        import scipy.optimize
    except ImportError:
        raise MissingDependencyError(
            "the exact loss is minimised with SciPy; install it with: pip install 'symicl[train]'"
        ) from None
    return scipy.optimize


def load_special() -> ModuleType:
    """The module scipy.special.

    Raises
    ------
    MissingDependencyError
        If SciPy is not installed.
    """
    try:
        import scipy.special
    except ImportError:
        raise MissingDependencyError(
            "quantiles of test statistics are computed with SciPy; install it with: pip install 'symicl[train]'"
        ) from None
    return scipy.special

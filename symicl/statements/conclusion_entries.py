"""Conclusions of a derivation, for the entries of propositions that rest on them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sympy

from symicl.algebra import ClosedForm
from symicl.certificates import recording
from symicl.errors import UnsupportedError
from symicl.statements.fact_entries import CertificateWriter
from symicl.statements.kinds.conditions import conditions
from symicl.statements.ties import Ties
from symicl.theory import Nonnegative, Product, seen


class ConclusionWriter(CertificateWriter):
    """Finds among what was concluded that from which a proposition follows.

    Attributes
    ----------
    ties : Ties
        The optimum of the model and the task, of which propositions speak.
    claims : dict
        The stated quantities by name, in symbols of the task.
    """

    ties: Ties
    claims: dict[str, sympy.Basic]

    def seen(self, claim: str, form: ClosedForm) -> int:
        """The entry that says that a form is ≥ 0, whose sign is seen."""
        return self.nonnegative(claim, form, self.recorded(lambda: _products_seen(form)))

    def shown(self, said: Any, claim: str, form: ClosedForm) -> tuple[int, Mapping[int, ClosedForm]]:
        """The entry that says that a form is ≥ 0 which a proposition says to be so, and what is assumed there.

        What was concluded and is more is taken; or else what is seen from signs.

        Parameters
        ----------
        said : Concluded
        claim : str
        form : ClosedForm

        Raises
        ------
        SymiclError
            If no products are known that a checker recomputes.
        """
        with recording() as own:
            concluded = self._concluded(said)
            if concluded is None:
                found: tuple[list[Product], Mapping[int, ClosedForm]] = _products_seen(form), {}
            else:
                _, shown, products = concluded
                if isinstance(products, str):
                    raise UnsupportedError(products)
                if form == shown.form:
                    line = next(line for one, line in self.shown_in if one is shown)
                    return line, shown.assumes
                found = self._above(said, form, shown, products), shown.assumes
        self.know_laws(own)
        return self.nonnegative(claim, form, *found), found[1]

    def _above(
        self, said: Any, form: ClosedForm, shown: Nonnegative, products: list[Product]
    ) -> list[Product]:
        """Products that add up to a form, from those of what was shown: perhaps a multiple of it, or less."""
        given = conditions(getattr(said, "given", ()), self.claims)[0]
        by = next((scalar for scalar in given if form * scalar == shown.form), None)
        if by is not None:
            return [Product(p.above, (*p.below, by)) for p in products]
        return [*products, *_products_seen(form - shown.form)]

    def _concluded(self, said: Any) -> tuple[Any, Nonnegative, list[Product] | str] | None:
        """A conclusion that is more than what a proposition says."""
        same = (found for found in self.conclusions if type(found[0]) is type(said))
        return next((f for f in same if said.follows_from(f[0], self.claims, self.ties)), None)

    def conclusion(self, said: Any) -> tuple[Any, Nonnegative]:
        """A conclusion that is more than what a proposition says, with the terms that are ≥ 0 for that.

        Raises
        ------
        UnsupportedError
            If there is nothing of the kind.
        """
        found = self._concluded(said)
        if found is None:
            raise UnsupportedError(f"the derivation does not conclude this {said.kind}")
        return found[:2]

    def shown_as(self, form: ClosedForm) -> Nonnegative:
        """The terms that are ≥ 0 and add up to a form, from something that was concluded.

        Raises
        ------
        UnsupportedError
            If there is nothing of the kind.
        """
        found = next((shown for _, shown, _ in self.conclusions if shown.form == form), None)
        if found is None:
            raise UnsupportedError("the loss is not concluded to be a sum of terms that are not negative")
        return found


def _products_seen(form: ClosedForm) -> list[Product]:
    """Products that a form is the sum of, if its sign is seen."""
    found = seen(form).products()
    if isinstance(found, str):
        raise UnsupportedError(found)
    return found

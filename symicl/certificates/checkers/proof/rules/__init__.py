"""All rules: what an entry of each has to fulfil, and the value that it makes.

A rule is a function of the file so far, `log`, and of the fields of the entry, read as
`fields.py` says: a field that refers to a value is that value, `given` what the fields `rows`,
`cols` and `terms` are together. What the docstring of a rule says holds if the rule accepts.
"""

from .bounded_rank import rule_least_at_rank
from .bounds import rule_inequality, rule_lower_bound, rule_nonnegative
from .driven import rule_converges
from .eigenvalues import rule_over_eigenvalues
from .ending import rule_asserted, rule_stated, rule_step, rule_verdict
from .entry_minimisers import rule_entry_minimisers
from .entrywise import rule_signs
from .equivalence import rule_equivalence
from .expectations import rule_expectation, rule_stein
from .facts import rule_equal, rule_minimum, rule_sign
from .flow import rule_decay
from .haar import rule_haar
from .half_spaces import rule_half_spaces
from .heads import rule_least_over_heads
from .independent_entries import rule_independent_entries
from .inverse_gram import rule_inverse_gram
from .joint_minimum import rule_joint_minimum
from .landscape import rule_critical, rule_dominated
from .letters import rule_letter
from .limits import rule_limit, rule_threshold
from .losses import rule_convex, rule_not_convex, rule_predicted
from .marchenko_pastur import rule_least_polynomial
from .means import rule_mean_at_least
from .minimisers import rule_exact_minimisers
from .motion import rule_equation, rule_gradient_flow, rule_reduction, rule_solution
from .operations import (
    rule_data,
    rule_over,
    rule_product,
    rule_substitute,
    rule_sum,
    rule_trace,
    rule_transpose,
)
from .propositions import (
    rule_attained,
    rule_every_minimiser,
    rule_least_value,
    rule_proposition,
)
from .ranks import rule_least_by_rank
from .real_steps import rule_real_steps
from .row_scales import rule_scales
from .settling import rule_settles
from .solutions import rule_cut, rule_factorised, rule_quotient
from .spectra import rule_eigenvalue_sums
from .stability import rule_stability
from .stationary import rule_not_stationary
from .tokens import rule_recursion
from .whole_numbers import rule_consecutive

RULES = {
    "letter": rule_letter,
    "data": rule_data,
    "sum": rule_sum,
    "product": rule_product,
    "transpose": rule_transpose,
    "trace": rule_trace,
    "over": rule_over,
    "substitute": rule_substitute,
    "expectation": rule_expectation,
    "scales": rule_scales,
    "independent_entries": rule_independent_entries,
    "haar": rule_haar,
    "inverse_gram": rule_inverse_gram,
    "signs": rule_signs,
    "half_spaces": rule_half_spaces,
    "cut": rule_cut,
    "quotient": rule_quotient,
    "recursion": rule_recursion,
    "stein": rule_stein,
    "factorised": rule_factorised,
    "equal": rule_equal,
    "sign": rule_sign,
    "minimum": rule_minimum,
    "joint_minimum": rule_joint_minimum,
    "real_steps": rule_real_steps,
    "eigenvalue_sums": rule_eigenvalue_sums,
    "least_polynomial": rule_least_polynomial,
    "asserted": rule_asserted,
    "stated": rule_stated,
    "attained": rule_attained,
    "least_value": rule_least_value,
    "every_minimiser": rule_every_minimiser,
    "nonnegative": rule_nonnegative,
    "mean_at_least": rule_mean_at_least,
    "over_eigenvalues": rule_over_eigenvalues,
    "consecutive": rule_consecutive,
    "inequality": rule_inequality,
    "predicted": rule_predicted,
    "lower_bound": rule_lower_bound,
    "convex": rule_convex,
    "not_convex": rule_not_convex,
    "decay": rule_decay,
    "least_over_heads": rule_least_over_heads,
    "least_by_rank": rule_least_by_rank,
    "least_at_rank": rule_least_at_rank,
    "entry_minimisers": rule_entry_minimisers,
    "equivalence": rule_equivalence,
    "exact_minimisers": rule_exact_minimisers,
    "gradient_flow": rule_gradient_flow,
    "reduction": rule_reduction,
    "equation": rule_equation,
    "solution": rule_solution,
    "dominated": rule_dominated,
    "critical": rule_critical,
    "converges": rule_converges,
    "settles": rule_settles,
    "not_stationary": rule_not_stationary,
    "stability": rule_stability,
    "limit": rule_limit,
    "threshold": rule_threshold,
    "proposition": rule_proposition,
    "step": rule_step,
    "verdict": rule_verdict,
}

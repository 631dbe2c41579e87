"""How a derivation becomes a certificate: what was done is recorded, and written as lines that checkers recompute.

`recording` listens to a derivation; `operations` writes each fact after the operations that it rests on, `values` the
closed forms between them, `letters` the letters and their laws. Rules of expectation are written where they are
computed, in `symicl.expectation`. The header and the statement are those of a theorem
(`symicl.statements.certificate`), of a claim (`symicl.language.certify`) or of a result (`results`); `minimum_entries`
and `all_weights` serve theorems and results alike.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)

"""The parts of the derivation of `gradient_flow`; `gd_beta` uses the lemma too."""

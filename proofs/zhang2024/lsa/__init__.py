"""The parts of the derivation of `lsa_gap`, in the order in which it uses them."""

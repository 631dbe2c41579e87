"""The parts of the derivation of `ltb`, in the order in which it uses them."""

"""The parts of the derivations of this paper."""

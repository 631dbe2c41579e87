"""The setting that the derivations of this folder change: another attention in the place of the linear one."""

from dataclasses import replace

from symicl.proofs.tokens.paper import PAPER as OF_TOKENS

PAPER = replace(OF_TOKENS, key="attention")

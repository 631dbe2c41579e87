"""Wu et al. (2023): how many pretraining tasks are needed for in-context learning of linear regression."""

results = ("excess",)
"""The files with its theorems, in the paper's order."""

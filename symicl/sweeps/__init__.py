"""Grids of trainings or evaluations: on this machine's cores or on a cluster, resumable."""

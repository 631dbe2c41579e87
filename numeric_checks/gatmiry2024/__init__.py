"""Gatmiry, Saunshi, Reddi, Jegelka, Kumar (2024): does a trained loop reach its certified loss?"""

"""Huang, Wang, Lee (2025): does a trained chain of thought reach the risk of its best step?"""

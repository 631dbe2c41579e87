"""Attention that reads the tokens otherwise: does the trained model take the derived step?"""

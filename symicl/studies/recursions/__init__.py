"""Recursions over tokens whose gates are trained in torch, on fresh tokens at every step."""

"""Mahankali, Hashimoto, Ma (2023): does the trained linear attention take one step of gradient descent?"""

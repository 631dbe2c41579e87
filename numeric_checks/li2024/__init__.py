"""Li, Rawat, Oymak (2024): does trained attention reach the derived optimum on retrieved examples?"""

"""Li, Tarzanagh, Rawat, Fazel, Oymak (2025): does attention on weighted examples reach the derived loss?"""

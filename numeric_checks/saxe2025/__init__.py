"""Zhang, Singh, Latham, Saxe (2025): does training take the derived time?"""

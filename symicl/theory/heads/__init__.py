"""How many heads of linear self-attention a prior mean needs, and what each number of heads can reach."""

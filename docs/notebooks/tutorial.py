# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # One result from scratch
# Each object shows itself: evaluate a cell and read.

# %%
import symicl as si

loss = si.expected_loss(si.LinearSelfAttention(), si.LinearRegression())
loss

# %%
optimum = si.minimise(loss)
optimum

# %%
si.prove(si.find("mahankali2023.isotropic"))

# %% [markdown]
# Training shows a bar; the result comes with its picture. Leave out `steps` for a run to the end.

# %%
result = si.train(loss.model, loss.task.at(n=6, d=2, sigma2=1), seed=1, steps=30)
result

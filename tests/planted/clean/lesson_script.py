# %% [markdown]
# # Lesson 2
# The squared error is $E(y, t) = \frac{1}{2} (y - t)^2$ and its slope is $y - t$.

# %%
import numpy as np


def E(y, t):
    # E = 1/2 (y - t)^2
    return 0.5 * (y - t) ** 2


def dE_dy(y, t):
    return y - t


# %%
print(E(3.0, 1.0))  # 2.0
print(dE_dy(3.0, 1.0))  # 2.0

# %% [markdown]
# ## A whole batch

# %%
y = np.array([0.5, 1.5, 2.5])
t = np.array([1.0, 1.0, 1.0])
E(y, t).sum()  # 1.375

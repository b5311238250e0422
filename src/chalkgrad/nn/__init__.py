"""Neural networks of plain NumPy functions: activations, losses, layers, initialisers, optimizers.

A layer is a function of an input and parameters, a loss one of a prediction and a target, a network a
`chalkgrad.Chain` of them. All of this imports NumPy and nothing else.
"""

from chalkgrad.nn.activations import elu as elu
from chalkgrad.nn.activations import gelu as gelu
from chalkgrad.nn.activations import leaky_relu as leaky_relu
from chalkgrad.nn.activations import linear as linear
from chalkgrad.nn.activations import log_softmax as log_softmax
from chalkgrad.nn.activations import relu as relu
from chalkgrad.nn.activations import selu as selu
from chalkgrad.nn.activations import sigmoid as sigmoid
from chalkgrad.nn.activations import silu as silu
from chalkgrad.nn.activations import softmax as softmax
from chalkgrad.nn.activations import softplus as softplus
from chalkgrad.nn.activations import step as step
from chalkgrad.nn.activations import tanh as tanh
from chalkgrad.nn.initialisers import glorot as glorot
from chalkgrad.nn.initialisers import he as he
from chalkgrad.nn.initialisers import lecun as lecun
from chalkgrad.nn.initialisers import normal as normal
from chalkgrad.nn.initialisers import ones as ones
from chalkgrad.nn.initialisers import orthogonal as orthogonal
from chalkgrad.nn.initialisers import zeros as zeros
from chalkgrad.nn.layers.basic import Dense as Dense
from chalkgrad.nn.layers.basic import Dropout as Dropout
from chalkgrad.nn.layers.basic import Embedding as Embedding
from chalkgrad.nn.layers.basic import Flatten as Flatten
from chalkgrad.nn.layers.basic import dense as dense
from chalkgrad.nn.layers.basic import dropout as dropout
from chalkgrad.nn.layers.basic import embedding as embedding
from chalkgrad.nn.layers.basic import flatten as flatten
from chalkgrad.nn.layers.layer import Layer as Layer
from chalkgrad.nn.layers.layer import layer as layer
from chalkgrad.nn.layers.recurrent import GRU as GRU
from chalkgrad.nn.layers.recurrent import LSTM as LSTM
from chalkgrad.nn.layers.recurrent import SimpleRNN as SimpleRNN
from chalkgrad.nn.layers.recurrent import gru as gru
from chalkgrad.nn.layers.recurrent import lstm as lstm
from chalkgrad.nn.layers.recurrent import simple_rnn as simple_rnn
from chalkgrad.nn.losses import binary_cross_entropy as binary_cross_entropy
from chalkgrad.nn.losses import hinge as hinge
from chalkgrad.nn.losses import huber as huber
from chalkgrad.nn.losses import kl_divergence as kl_divergence
from chalkgrad.nn.losses import mean_absolute_error as mean_absolute_error
from chalkgrad.nn.losses import mean_squared_error as mean_squared_error
from chalkgrad.nn.losses import softmax_cross_entropy as softmax_cross_entropy
from chalkgrad.nn.optimizers import Optimizer as Optimizer
from chalkgrad.nn.optimizers import adagrad as adagrad
from chalkgrad.nn.optimizers import adam as adam
from chalkgrad.nn.optimizers import adamw as adamw
from chalkgrad.nn.optimizers import add_l1 as add_l1
from chalkgrad.nn.optimizers import add_l2 as add_l2
from chalkgrad.nn.optimizers import apply_updates as apply_updates
from chalkgrad.nn.optimizers import chain as chain
from chalkgrad.nn.optimizers import clip as clip
from chalkgrad.nn.optimizers import clip_by_global_norm as clip_by_global_norm
from chalkgrad.nn.optimizers import rmsprop as rmsprop
from chalkgrad.nn.optimizers import sgd as sgd
from chalkgrad.nn.schedules import cosine_decay as cosine_decay
from chalkgrad.nn.schedules import exponential_decay as exponential_decay
from chalkgrad.nn.schedules import piecewise as piecewise
from chalkgrad.nn.schedules import warmup as warmup

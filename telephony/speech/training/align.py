"""Where each character is spoken, as CTC hears it at the moment: forced alignment (Viterbi) of a batch."""

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from telephony.speech.training import vocabulary as v
from telephony.speech.training.windows import Batch

NEVER = -1e9


def spikes(log_probs: NDArray[np.float32], targets: list[list[int]], lengths: list[int]) -> list[list[float]]:
    """For each row the position, in steps of 20 ms, of each of its labels. `log_probs` is (rows, steps, labels).

    A row's sound fills its first `lengths` steps; the window's very last step is taken for a blank.
    """
    rows, steps, width = len(targets), log_probs.shape[1], 2 * max(map(len, targets)) + 1
    states = np.zeros((rows, width), np.int64)  # blank, label, blank, label ... blank
    for row, target in enumerate(targets):
        states[row, 1 : 2 * len(target) : 2] = target
    score = np.take_along_axis(log_probs, np.repeat(states[:, None], steps, 1), 2)
    for row, (target, n) in enumerate(zip(targets, lengths, strict=True)):
        score[row, :, 2 * len(target) + 1 :] = score[row, n:, : 2 * len(target)] = NEVER
        score[row, n:, 2 * len(target)] = 0
    skip = np.full((rows, width), NEVER)
    skip[:, 2:][(states[:, 2:] > 0) & (states[:, 2:] != states[:, :-2])] = 0
    best, came = np.full((rows, width + 2), NEVER), np.zeros((steps, rows, width), np.int8)
    best[:, 2:4] = score[:, 0, :2]
    for t in range(1, steps):
        ways = np.stack([best[:, 2:], best[:, 1:-1], best[:, :-2] + skip])
        came[t] = ways.argmax(0)
        best[:, 2:] = ways.max(0) + score[:, t]
    at, every = np.array([2 * len(t) for t in targets]), np.arange(rows)
    path = np.zeros((steps, rows), np.int64)
    for t in range(steps - 1, -1, -1):
        path[t] = at
        at = at - came[t, every, at]
    return [
        [float(np.flatnonzero(path[:, row] == 2 * k + 1).mean()) for k in range(len(target))]
        for row, target in enumerate(targets)
    ]


def places(batch: Batch, log_probs: Any, rows: list[int]) -> torch.Tensor:
    """The batch's `places` with the characters of `rows` (those of `log_probs`) where CTC hears them."""
    centres = batch.places.clone()
    text = (batch.sounds >= 0) | ((batch.wanted < v.EOT) & (batch.wanted >= 0))
    centres[text] = -1
    found = spikes(log_probs.detach().numpy(), [batch.spoken[i] for i in rows], [batch.steps[i] for i in rows])
    for i, where in zip(rows, found, strict=True):
        centres[i, batch.sounds[i] >= 0] = torch.tensor(where, dtype=centres.dtype)
    return centres

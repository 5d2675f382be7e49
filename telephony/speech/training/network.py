"""A tiny Whisper: the published architecture at practice size, with the padding collapsed during training.

faster-whisper pads every window with zeros to 3000 frames, so the encoder always sees 1500 positions. All positions
from HEARD on (10 s) share one encoding here. They are then identical in every layer, and 1000 equal keys weigh in a
softmax like one key whose logit is raised by log(1000). Training costs 501 positions and matches inference exactly.
"""

import math
from typing import Any

import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor, nn

HEARD, POSITIONS, MAX_TEXT, MELS = 500, 1500, 448, 80
GUIDED = 2  # heads of each cross attention whose place is guided
SMALL = 0.1  # larger positions drown the sound at the start, and CTC stays on its plateau


def sinusoids(n: int, d: int) -> Tensor:
    pace = torch.exp(-math.log(10000) / (d // 2 - 1) * torch.arange(d // 2))
    turn = torch.arange(n)[:, None] * pace[None]
    return torch.cat([turn.sin(), turn.cos()], 1)


class Attention(nn.Module):
    def __init__(self, d: int, heads: int, cross: bool = False) -> None:
        super().__init__()
        self.heads, self.cross, self.norm = heads, cross, nn.LayerNorm(d)
        self.q = nn.Linear(d, d) if cross else None
        self.kv = nn.Linear(d, (2 if cross else 3) * d)  # self-attention: q, k and v in one matrix
        self.out = nn.Linear(d, d)
        self.miss: Tensor | None = None

    def forward(
        self, x: Tensor, memory: Tensor = None, causal: bool = False, bias: Tensor = None, guide: Any = None
    ) -> Tensor:
        b, t, d = x.shape
        y = self.norm(x)
        q, k, v = (self.q(y), *self.kv(memory).chunk(2, -1)) if self.q else self.kv(y).chunk(3, -1)
        q, k, v = (z.view(b, -1, self.heads, d // self.heads).transpose(1, 2) for z in (q, k, v))
        if bias is not None:
            bias = bias.to(q.dtype).expand(b, 1, t, -1)
        if guide is not None:
            self.miss = attention_miss(q[:, :GUIDED], k[:, :GUIDED], bias, *guide)
        a = F.scaled_dot_product_attention(q, k, v, attn_mask=bias, is_causal=causal)
        return x + self.out(a.transpose(1, 2).reshape(b, t, d))


def attention_miss(q: Tensor, k: Tensor, bias: Tensor, centres: Tensor, width: float) -> Tensor:
    """How far attention misses the place where the next token is spoken: - log of its mass under a bell around it.

    `centres` are positions of 20 ms, -1 where there is none. Without it the decoder recites sentences from memory.
    """
    log = ((q @ k.transpose(-1, -2)).float() * q.shape[-1] ** -0.5 + bias.float()).log_softmax(-1)[..., :-1]
    far = torch.arange(log.shape[-1]) - centres[:, None, :, None]
    mass = (log - far**2 / (2 * width**2)).logsumexp(-1)
    return -mass.transpose(1, 2)[centres >= 0].mean()


class FeedForward(nn.Module):
    def __init__(self, d: int) -> None:
        super().__init__()
        self.norm, self.up, self.down = nn.LayerNorm(d), nn.Linear(d, 4 * d), nn.Linear(4 * d, d)

    def forward(self, x: Tensor) -> Tensor:
        return x + self.down(F.gelu(self.up(self.norm(x))))


class Layer(nn.Module):
    def __init__(self, d: int, heads: int, decoder: bool = False) -> None:
        super().__init__()
        self.attention, self.feed = Attention(d, heads), FeedForward(d)
        self.cross = Attention(d, heads, cross=True) if decoder else None

    def forward(self, x: Tensor, bias: Tensor, memory: Tensor = None, guide: Any = None) -> Tensor:
        if self.cross is None:
            return self.feed(self.attention(x, bias=bias))
        return self.feed(self.cross(self.attention(x, causal=True), memory, bias=bias, guide=guide))


class Whisper(nn.Module):
    """`vocabulary` tokens of which those from `time0` on are timestamps; `labels` of CTC, which only training uses."""

    def __init__(
        self, width: int, heads: int, encoder: int, decoder: int, vocabulary: int, labels: int, time0: int
    ) -> None:
        super().__init__()
        self.shape = {"width": width, "heads": heads, "encoder": encoder, "decoder": decoder}
        self.shape |= {"vocabulary": vocabulary, "labels": labels, "time0": time0}
        self.conv1 = nn.Conv1d(MELS, width, 3, padding=1)
        self.conv2 = nn.Conv1d(width, width, 3, stride=2, padding=1)
        with torch.no_grad():
            self.conv1.weight *= 2.5
            self.conv2.weight *= 2.5
        self.register_buffer("place", sinusoids(HEARD, width) * SMALL)
        self.register_buffer("text_place", sinusoids(MAX_TEXT, width) * SMALL)
        self.register_buffer("time_place", sinusoids(vocabulary - time0, width))
        self.pad_place = nn.Parameter(torch.randn(width))
        self.encoder = nn.ModuleList(Layer(width, heads) for _ in range(encoder))
        self.encoder_norm = nn.LayerNorm(width)
        self.text_rows = nn.Parameter(torch.randn(time0, width) * 0.05)
        self.time_map, self.time_rows = nn.Linear(width, width), nn.Parameter(torch.zeros(vocabulary - time0, width))
        nn.init.normal_(self.time_map.weight, std=0.01)
        self.decoder = nn.ModuleList(Layer(width, heads, decoder=True) for _ in range(decoder))
        self.decoder_norm = nn.LayerNorm(width)
        self.ctc = nn.Linear(width, labels)

    def set_positions(self, audio: float, text: float) -> None:
        self.place.copy_(sinusoids(*self.place.shape) * audio)
        self.text_place.copy_(sinusoids(*self.text_place.shape) * text)

    def embeddings(self) -> Tensor:
        """Text rows are free; timestamp rows are a linear map of a sinusoid, so neighbours share what they learn."""
        return torch.cat([self.text_rows, self.time_map(self.time_place) + self.time_rows], 0)

    def _convolve(self, mel: Tensor) -> Tensor:
        return F.gelu(self.conv2(F.gelu(self.conv1(mel)))).transpose(1, 2)

    def encode(self, mel: Tensor) -> tuple[Tensor, Tensor]:
        """(batch, MELS, frames) -> memory (batch, frames / 2 + 1, width), and the bias of its keys."""
        x = self._convolve(mel)
        x = x + self.place[: x.shape[1]]
        pad = self._convolve(mel.new_zeros(1, MELS, 8))[:, 1:2] + self.pad_place
        x = torch.cat([x, pad.expand(x.shape[0], -1, -1).to(x.dtype)], 1)
        bias = x.new_zeros(1, 1, 1, x.shape[1])
        bias[..., -1] = math.log(POSITIONS - HEARD)
        for layer in self.encoder:
            x = layer(x, bias)
        return self.encoder_norm(x), bias

    def heard(self, memory: Tensor) -> Tensor:
        """CTC's logits."""
        return self.ctc(memory[:, :-1])

    def decode(self, tokens: Tensor, memory: Tensor, bias: Tensor, guide: Any = None) -> tuple[Tensor, Tensor]:
        """Logits of each next token, and how far the guided heads missed (0 without a guide)."""
        rows = self.embeddings()
        x = F.embedding(tokens, rows) + self.text_place[: tokens.shape[1]]
        for layer in self.decoder:
            x = layer(x, bias, memory, guide)
        missed = torch.stack([layer.cross.miss for layer in self.decoder]).mean() if guide else torch.zeros(())
        return self.decoder_norm(x) @ rows.t(), missed

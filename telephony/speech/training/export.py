"""The trained model as a CTranslate2 folder for unmodified faster-whisper; written by hand, without transformers."""

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
from ctranslate2.specs import whisper_spec

from telephony.speech.training import vocabulary as v
from telephony.speech.training.network import HEARD, MELS, POSITIONS, Attention, Layer, Whisper


def _array(tensor: Any) -> Any:
    return tensor.detach().float().clone().numpy()  # a copy: quantization changes arrays in place


def _linear(spec: Any, layer: Any) -> None:
    spec.weight, spec.bias = _array(layer.weight), _array(layer.bias)


def _norm(spec: Any, layer: Any) -> None:
    spec.gamma, spec.beta = _array(layer.weight), _array(layer.bias)


def _attention(spec: Any, layer: Attention) -> None:
    _norm(spec.layer_norm, layer.norm)
    for target, source in zip(spec.linear, [*([layer.q] if layer.q else []), layer.kv, layer.out], strict=True):
        _linear(target, source)


def _block(spec: Any, layer: Layer) -> None:
    _attention(spec.self_attention, layer.attention)
    if layer.cross is not None:
        _attention(spec.attention, layer.cross)
    _norm(spec.ffn.layer_norm, layer.feed.norm)
    _linear(spec.ffn.linear_0, layer.feed.up)
    _linear(spec.ffn.linear_1, layer.feed.down)


def export(model: Whisper, folder: Path, quantization: str = "int8") -> int:
    """Write `folder` anew; its size in bytes."""
    shape = model.shape
    spec = whisper_spec.WhisperSpec(shape["encoder"], shape["heads"], shape["decoder"], shape["heads"])
    encoder, decoder = spec.encoder, spec.decoder
    _linear(encoder.conv1, model.conv1)
    _linear(encoder.conv2, model.conv2)
    padding = np.tile(_array(model.pad_place), (POSITIONS - HEARD, 1))
    encoder.position_encodings.encodings = np.concatenate([_array(model.place), padding])
    _norm(encoder.layer_norm, model.encoder_norm)
    decoder.embeddings.weight = decoder.projection.weight = _array(model.embeddings())
    decoder.position_encodings.encodings = _array(model.text_place)
    _norm(decoder.layer_norm, model.decoder_norm)
    for target, source in [
        *zip(encoder.layer, model.encoder, strict=True),
        *zip(decoder.layer, model.decoder, strict=True),
    ]:
        _block(target, source)
    spec.config.suppress_ids, spec.config.suppress_ids_begin = [], [v.SPACE, v.EOT]
    spec.config.lang_ids = [v.ID[f"<|{x}|>"] for x in v.LANGUAGES]
    spec.config.alignment_heads = [[shape["decoder"] - 1, head] for head in range(shape["heads"])]
    spec.register_vocabulary(v.VOCABULARY)
    spec.validate()
    spec.optimize(quantization=quantization)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    spec.save(str(folder))
    v.write(folder)
    heard = {"chunk_length": HEARD // 50, "feature_size": MELS, "hop_length": 160, "n_fft": 400, "sampling_rate": 16000}
    (folder / "preprocessor_config.json").write_text(json.dumps(heard))
    return sum(file.stat().st_size for file in folder.iterdir())

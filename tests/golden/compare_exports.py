"""Exported models in PyTorch: `python3 compare_exports.py FOLDER`.

FOLDER holds what `CLUSTERTRAIN_EXPORTS=FOLDER ./test OnnxRuntime` writes: for each network NAME.safetensors, as `export --safetensors`
writes it, and NAME.rows with rows `x` and the `logits` that ClusterTrain gives them. Each model is built from the `layers` in its metadata,
loads its tensors by name, and gets the rows seven at a time and one at a time. Ends in the largest difference, as a share of the network's
largest logit, and with 1 where it is above 1e-5.
"""
import json
import re
import struct
import sys
from pathlib import Path

import torch
from torch import nn

from generate_networks import Normalize, Residual

torch.set_default_dtype(torch.float32)
TOLERANCE = 1e-5


class BatchNorm(nn.modules.batchnorm._BatchNorm):
    """Over features, or over the channels of maps."""

    def _check_input_dim(self, rows):
        pass


class Scaled(nn.Module):
    """Classic dropout at inference."""

    def __init__(self, keep):
        super().__init__()
        self.keep = keep

    def forward(self, x):
        return x * self.keep


def split(text, separator):
    """Parts between separators that stand in no bracket."""
    parts, depth, start = [], 0, 0
    for at, letter in enumerate(text):
        depth += (letter == "[") - (letter == "]")
        if letter == separator and depth == 0:
            parts.append(text[start:at])
            start = at + 1
    return [part.strip() for part in [*parts, text[start:]] if part.strip()]


def layer(text):
    """`type: dense, units: 256` as a dictionary of texts."""
    return dict(part.split(": ", 1) for part in split(text, ","))


def layers(text):
    return [layer(part) for part in split(text, ";")]


def module(one, path, tensors):
    """The module of a layer; what it reads is told by the shapes of its tensors."""
    kind, norm = one["type"], {"eps": float(one.get("epsilon", 0))}
    weight = tensors.get(f"{path}.weight")
    has_bias = f"{path}.bias" in tensors
    if kind == "dense":
        return nn.Linear(weight.shape[1], weight.shape[0], bias=has_bias)
    if kind == "conv2d":
        kernel = int(one["kernel"])
        padding = (kernel - 1) // 2 if one["padding"] == "same" else int(one["padding"])
        return nn.Conv2d(weight.shape[1], weight.shape[0], kernel, int(one["stride"]), padding, bias=has_bias)
    if kind == "residual":
        return Residual(*(sequence(layers(one[branch][1:-1]), tensors, f"{path}.{branch}.") for branch in ("main", "shortcut")))
    if kind == "batchNorm":
        return BatchNorm(weight.shape[0], **norm)
    if kind in ("groupNorm", "layerNorm"):
        return nn.GroupNorm(int(one.get("groups", 1)), weight.shape[0], **norm)
    if kind == "normalize":
        made = Normalize([0.0], [1.0])
        made.mean, made.deviation = torch.empty_like(tensors[f"{path}.mean"]), torch.empty_like(tensors[f"{path}.deviation"])
        return made
    if kind in ("maxPool", "avgPool"):
        size, stride = int(one["size"]), int(one["stride"])
        return (nn.MaxPool2d if kind == "maxPool" else nn.AvgPool2d)(size, stride or size)
    if kind == "globalAvgPool":
        return nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten())
    if kind == "dropout":
        return Scaled(1 - float(one["rate"])) if one["classic"] == "true" else nn.Identity()
    if kind == "leakyRelu":
        return nn.LeakyReLU(float(one["slope"]))
    plain = {"relu": nn.ReLU, "tanh": nn.Tanh, "sigmoid": nn.Sigmoid, "silu": nn.SiLU, "gelu": nn.GELU, "softplus": nn.Softplus,
             "flatten": nn.Flatten, "dropConnect": nn.Identity}
    return plain[kind]()


def sequence(listed, tensors, prefix=""):
    return nn.Sequential(*(module(one, f"{prefix}{index}", tensors) for index, one in enumerate(listed)))


def read(path):
    """The tensors of a safetensors file, and its metadata."""
    content = path.read_bytes()
    length, = struct.unpack("<Q", content[:8])
    header = json.loads(content[8:8 + length])
    metadata = header.pop("__metadata__", {})
    body = memoryview(bytearray(content))[8 + length:]
    return {name: torch.frombuffer(body[slice(*entry["data_offsets"])], dtype=torch.float32).reshape(entry["shape"])
            for name, entry in header.items()}, metadata


def apart(path):
    tensors, metadata = read(path)
    network = sequence(layers(metadata["layers"]), tensors)
    missing, unexpected = network.load_state_dict(tensors, strict=False)
    left = [name for name in missing if not name.endswith("num_batches_tracked")] + unexpected
    if left:
        raise ValueError(f"{path.name}: no place or no tensor for {left}")
    rows, _ = read(path.with_suffix(".rows"))
    # The first layer that minds says what the network reads.
    first = re.search(r"type: (normalize|conv2d|maxPool|avgPool|globalAvgPool|flatten|dense)", metadata["layers"])[1]
    x = rows["x"].flatten(1) if first in ("flatten", "dense") else rows["x"]
    network.eval()
    with torch.no_grad():
        batches = [network(x), torch.cat([network(one.unsqueeze(0)) for one in x])]
    return max((logits - rows["logits"]).abs().max().item() for logits in batches) / rows["logits"].abs().max().item()


if __name__ == "__main__":
    found = {path.stem: apart(path) for path in sorted(Path(sys.argv[1]).glob("*.safetensors"))}
    for name, share in found.items():
        print(f"{share:.1e}  {name}")
    print(f"{len(found)} networks, at most {max(found.values()):.1e} apart")
    sys.exit(max(found.values()) > TOLERANCE)

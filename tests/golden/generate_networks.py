"""Golden networks made by running PyTorch in double precision: `python3 generate_networks.py [SEED] [OUT_DIR]`.

Each case is one .safetensors file: a network as a run spec lists it (`layers` in `__metadata__`, YAML), its parameters under the names
that checkpoints use, rows `x`, labels `y`, and what one training step sees: logits, mean cross-entropy, the gradient of every parameter
(`grad.NAME`), running statistics after the step (`after.NAME`); then `inference.logits` and `inference.grad.x` (of the summed loss) with
the running statistics that the file starts from. Values are stored in single precision: an implementation in single precision agrees to
about 1e-5 relative, a formula that differs does not.
"""
import json
import struct
import sys
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import nn

SEED, OUT = 11, Path(__file__).parent
torch.set_default_dtype(torch.float64)


class Residual(nn.Module):
    """main(x) + shortcut(x); an empty shortcut is the identity."""

    def __init__(self, main, shortcut):
        super().__init__()
        self.main, self.shortcut = main, shortcut

    def forward(self, x):
        return self.main(x) + self.shortcut(x)


class Normalize(nn.Module):
    """(x - mean) / deviation, channel by channel; nothing is trained."""

    def __init__(self, mean, deviation):
        super().__init__()
        self.register_buffer("mean", torch.tensor(mean).view(-1, 1, 1))
        self.register_buffer("deviation", torch.tensor(deviation).view(-1, 1, 1))

    def forward(self, x):
        return (x - self.mean) / self.deviation


def module(layer, channels):
    """The module of one entry, and the channels or features behind it."""
    kind, options = layer["type"], {key: value for key, value in layer.items() if key != "type"}
    if kind == "conv2d":
        kernel = options.get("kernel", 3)
        padding = options.get("padding", 0)
        padding = (kernel - 1) // 2 if padding == "same" else padding
        return nn.Conv2d(channels, options["channels"], kernel, options.get("stride", 1), padding, bias=options.get("bias", True)), options["channels"]
    if kind == "dense":
        return nn.LazyLinear(options["units"]), options["units"]
    if kind == "residual":
        main, width = sequence(options["main"], channels)
        shortcut, _ = sequence(options.get("shortcut", []), channels)
        return Residual(main, shortcut), width
    norm = {"batchNorm": lambda: nn.BatchNorm2d(channels), "groupNorm": lambda: nn.GroupNorm(options["groups"], channels),
            "layerNorm": lambda: nn.GroupNorm(1, channels)}
    plain = {"relu": nn.ReLU, "silu": nn.SiLU, "gelu": nn.GELU, "softplus": nn.Softplus, "tanh": nn.Tanh,
             "flatten": nn.Flatten}
    if kind in norm:
        return norm[kind](), channels
    if kind in plain:
        return plain[kind](), channels
    if kind == "maxPool":
        return nn.MaxPool2d(options.get("size", 2), options.get("stride", 0) or None), channels
    if kind == "avgPool":
        return nn.AvgPool2d(options.get("size", 2), options.get("stride", 0) or None), channels
    if kind == "globalAvgPool":
        return nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten()), channels
    if kind == "normalize":
        return Normalize(options["mean"], options["deviation"]), channels
    raise ValueError(kind)


def sequence(layers, channels):
    modules = []
    for layer in layers:
        made, channels = module(layer, channels)
        modules.append(made)
    return nn.Sequential(*modules), channels


def rounded(tensor):
    """Exact in single precision, so that both sides start from the same numbers."""
    return tensor.to(torch.float32).to(torch.float64)


def text(value):
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {text(part)}" for key, part in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(text(part) for part in value) + "]"
    return {True: "true", False: "false"}.get(value, str(value)) if isinstance(value, bool) else str(value)


def save(name, tensors, **metadata):
    header, blobs, offset = {"__metadata__": {key: str(value) for key, value in metadata.items()}}, [], 0
    for key, tensor in tensors.items():
        tensor = tensor.detach()
        tensor = (tensor.to(torch.float32) if tensor.is_floating_point() else tensor.to(torch.int64)).contiguous()
        raw = tensor.numpy().tobytes()
        header[key] = {"dtype": "F32" if tensor.is_floating_point() else "I64", "shape": list(tensor.shape),
                       "data_offsets": [offset, offset + len(raw)]}
        blobs.append(raw)
        offset += len(raw)
    head = json.dumps(header).encode()
    head += b" " * (-len(head) % 8)
    (OUT / f"network_{name}.safetensors").write_bytes(struct.pack("<Q", len(head)) + head + b"".join(blobs))


def state(network, prefix=""):
    """Its tensors; a `normalize` has its numbers in `layers`."""
    return {f"{prefix}{key}": value.clone() for key, value in network.state_dict().items()
            if value.is_floating_point() and not key.endswith((".mean", ".deviation"))}


def case(name, layers, shape, rows=6, classes=5):
    torch.manual_seed(SEED + sum(map(ord, name)))
    network, _ = sequence(layers, shape[0])
    network.eval()(torch.rand(1, *shape))  # tells dense layers what they read
    with torch.no_grad():
        for key, tensor in network.state_dict().items():
            if key not in state(network):
                continue
            if key.endswith("running_var"):
                tensor.copy_(rounded(torch.rand(tensor.shape) + 0.5))
            elif key.endswith("running_mean"):
                tensor.copy_(rounded(torch.randn(tensor.shape) * 0.3))
            elif tensor.dim() == 1:
                tensor.copy_(rounded(torch.rand(tensor.shape) + 0.5) if key.endswith("weight") else rounded(torch.randn(tensor.shape) * 0.2))
            else:
                tensor.copy_(rounded(tensor))
    x, y = rounded(torch.rand(rows, *shape)), torch.randint(0, classes, (rows,))
    out = {**state(network), "x": x, "y": y}
    network.eval()
    attacked = x.clone().requires_grad_(True)
    logits = network(attacked)
    gradient, = torch.autograd.grad(F.cross_entropy(logits, y, reduction="sum"), attacked)
    out.update({"inference.logits": logits, "inference.grad.x": gradient})
    network.train()
    logits = network(x)
    loss = F.cross_entropy(logits, y)
    loss.backward()
    out.update({"logits": logits, "loss": loss.view(1), **{f"grad.{key}": value.grad for key, value in network.named_parameters()}})
    out.update({key: value for key, value in state(network, "after.").items() if "running" in key})
    save(name, out, layers=text(layers), input=text(list(shape)))
    print(f"network_{name}", len(out), sum(parameter.numel() for parameter in network.parameters()))


def conv(channels, kernel=3, **more):
    return {"type": "conv2d", "channels": channels, "kernel": kernel, **more}


BN, RELU = {"type": "batchNorm"}, {"type": "relu"}
HEAD = [{"type": "flatten"}, {"type": "dense", "units": 5}]
POOLED = [{"type": "globalAvgPool"}, {"type": "dense", "units": 5}]


def identity(channels):
    return {"type": "residual", "main": [BN, RELU, conv(channels, padding=1, bias=False), BN, RELU, conv(channels, padding=1, bias=False)], "shortcut": []}


def projection(channels, stride):
    return [BN, RELU, {"type": "residual",
                       "main": [conv(channels, stride=stride, padding=1, bias=False), BN, RELU, conv(channels, padding=1, bias=False)],
                       "shortcut": [conv(channels, kernel=1, stride=stride, bias=False)]}]


if __name__ == "__main__":
    SEED = int(sys.argv[1]) if len(sys.argv) > 1 else SEED
    OUT = Path(sys.argv[2]) if len(sys.argv) > 2 else OUT
    OUT.mkdir(parents=True, exist_ok=True)
    case("stride2", [conv(4, stride=2), RELU, *HEAD], (3, 9, 10))
    case("stride3_padding2", [conv(4, kernel=5, stride=3, padding=2), RELU, *HEAD], (2, 11, 9))
    case("padding_same", [conv(4, kernel=5, padding="same"), RELU, conv(3, kernel=3, padding="same", bias=False), RELU, *HEAD], (3, 7, 6))
    case("one_by_one", [conv(6, kernel=1), RELU, conv(4, kernel=1, stride=2, bias=False), RELU, *HEAD], (3, 7, 8))
    case("avg_pool", [conv(4, padding=1), RELU, {"type": "avgPool", "size": 2}, conv(4), RELU, {"type": "avgPool", "size": 3, "stride": 1}, *HEAD], (3, 12, 10))
    case("max_pool_stride", [conv(4, padding=1), RELU, {"type": "maxPool", "size": 3, "stride": 2}, *HEAD], (3, 9, 9))
    case("global_avg_pool", [conv(4, padding=1), RELU, *POOLED], (3, 7, 5))
    case("group_norm", [conv(6, padding=1, bias=False), {"type": "groupNorm", "groups": 3}, RELU, *HEAD], (3, 6, 5))
    case("layer_norm", [conv(6, padding=1), {"type": "layerNorm"}, RELU, *HEAD], (3, 6, 5))
    case("silu", [conv(4), {"type": "silu"}, *HEAD], (3, 6, 6))
    case("gelu", [conv(4), {"type": "gelu"}, *HEAD], (3, 6, 6))
    case("softplus", [conv(4), {"type": "softplus"}, *HEAD], (3, 6, 6))
    case("normalize", [{"type": "normalize", "mean": [0.4914, 0.4822, 0.4465], "deviation": [0.247, 0.2435, 0.2616]}, conv(4, padding=1), RELU, *HEAD], (3, 6, 6))
    case("residual_identity", [conv(4, padding=1, bias=False), identity(4), BN, RELU, *POOLED], (3, 8, 8))
    case("residual_projection", [conv(4, padding=1, bias=False), *projection(6, 2), BN, RELU, *POOLED], (3, 8, 8))
    case("residual_nested", [conv(4, padding=1), {"type": "residual", "main": [
        {"type": "residual", "main": [conv(4, padding=1), RELU], "shortcut": []}, conv(4, kernel=1)], "shortcut": [conv(4, kernel=1)]}, RELU, *POOLED], (2, 6, 6))
    case("residual_group_norm", [conv(4, padding=1, bias=False), {"type": "residual", "main": [
        {"type": "groupNorm", "groups": 2}, {"type": "silu"}, conv(4, padding=1)], "shortcut": []}, {"type": "gelu"}, *POOLED], (3, 7, 7))
    case("resnet", [{"type": "normalize", "mean": [0.4914, 0.4822, 0.4465], "deviation": [0.247, 0.2435, 0.2616]},
                    conv(4, padding=1, bias=False), identity(4), *projection(8, 2), identity(8), BN, RELU, *POOLED], (3, 8, 8))

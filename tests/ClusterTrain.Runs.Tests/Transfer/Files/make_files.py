"""Writes the weights of one small network as PyTorch and others name and store them; needs torch and numpy.

safetensors is a length, a JSON header and raw bytes, written here by hand: the package itself is not everywhere.
"""
import json, struct
import numpy as np, torch
from torch import nn

torch.manual_seed(3)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 2, 2)
        self.layer1 = nn.Sequential(nn.Sequential())
        self.layer1[0].bn1 = nn.BatchNorm2d(2)
        self.fc = nn.Linear(8, 4)


net = Net()
with torch.no_grad():
    for tensor in (net.layer1[0].bn1.weight, net.layer1[0].bn1.bias, net.layer1[0].bn1.running_mean, net.layer1[0].bn1.running_var):
        tensor.uniform_(0.5, 1.5)
state = {name: value.detach().clone() for name, value in net.state_dict().items()}
numbered = {name.replace("conv1", "0").replace("layer1.0.bn1", "1").replace("fc", "3"): value for name, value in state.items()}
types = {torch.float32: "F32", torch.float64: "F64", torch.float16: "F16", torch.bfloat16: "BF16", torch.int64: "I64"}


def save(path, tensors):
    header, data = {}, b""
    for name, value in tensors.items():
        value = value.contiguous()
        raw = (value.view(torch.int16) if value.dtype == torch.bfloat16 else value).numpy().tobytes()
        header[name] = {"dtype": types[value.dtype], "shape": list(value.shape), "data_offsets": [len(data), len(data) + len(raw)]}
        data += raw
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    open(path, "wb").write(struct.pack("<Q", len(text)) + text + data)


def cast(dtype):
    return {name: value.to(dtype) if value.is_floating_point() else value for name, value in numbered.items()}


save("plain.safetensors", {name: value for name, value in numbered.items() if "num_batches" not in name})
save("torch.safetensors", numbered)
save("wrapped.safetensors", {"module." + name: value for name, value in numbered.items()})
save("named.safetensors", state)
save("double.safetensors", cast(torch.float64))
save("half.safetensors", cast(torch.float16))
save("bfloat.safetensors", cast(torch.bfloat16))
broken = {name: value.clone() for name, value in numbered.items()}
broken["3.weight"].view(-1)[5] = float("nan")
save("nan.safetensors", broken)
save("keras.safetensors", {
    "conv.kernel": state["conv1.weight"].permute(2, 3, 1, 0), "conv.bias": state["conv1.bias"],
    "norm.gamma": state["layer1.0.bn1.weight"], "norm.beta": state["layer1.0.bn1.bias"],
    "norm.moving_mean": state["layer1.0.bn1.running_mean"], "norm.moving_variance": state["layer1.0.bn1.running_var"],
    "head.kernel": state["fc.weight"].t(), "head.bias": state["fc.bias"]})

"""Networks that PyTorch trained, exported and attacked: `python3 generate_onnx.py [OUT_DIR]`.

Each case is NAME.onnx, as torch.onnx.export writes it, and NAME.safetensors: 200 test rows `x` [rows, channels, height, width] of
bytes that are divided by 255, with labels `y`, the model's own `logits`, and in `__metadata__` how many rows are right clean (`clean`) and under PGD in the Linf ball
(`robust`) with `epsilon`, `step`, `steps` and `restarts` random starts: Madry et al. 2018, eq. 6, the first gradient step from a uniform
start in the ball, clipped to [0, 1], a row counting as robust when no step of any start changes its class. Pictures are drawn here: five
shapes of 12 x 12 in noise, for networks that are neither robust nor hopeless.
"""
import json
import struct
import sys
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import nn

SEED, SIDE, CLASSES, ROWS = 5, 12, 5, 200
OUT = Path(__file__).parent if len(sys.argv) < 2 else Path(sys.argv[1])


class Block(nn.Module):
    """A basic block of He et al. 2016, batch normalization before the sum and relu behind it."""

    def __init__(self, width, out, stride=1):
        super().__init__()
        self.conv1 = nn.Conv2d(width, out, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(out)
        self.conv2 = nn.Conv2d(out, out, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(out)
        self.shortcut = nn.Sequential()
        if stride != 1 or width != out:
            self.shortcut = nn.Sequential(nn.Conv2d(width, out, 1, stride, bias=False), nn.BatchNorm2d(out))

    def forward(self, x):
        out = self.bn2(self.conv2(F.relu(self.bn1(self.conv1(x)))))
        out += self.shortcut(x)
        return F.relu(out)


class PreActivated(nn.Module):
    """A pre-activation block, whose normalization stays a node of its own."""

    def __init__(self, width):
        super().__init__()
        self.bn, self.conv = nn.BatchNorm2d(width), nn.Conv2d(width, width, 3, 1, 1)

    def forward(self, x):
        return x + self.conv(F.silu(self.bn(x)))


class Cnn(nn.Module):
    """Standardized inputs, and features through x.view(x.size(0), -1)."""

    def __init__(self):
        super().__init__()
        self.register_buffer("mean", torch.tensor([0.3]).view(1, 1, 1, 1))
        self.register_buffer("deviation", torch.tensor([0.25]).view(1, 1, 1, 1))
        self.conv1, self.conv2 = nn.Conv2d(1, 8, 3, padding=1), nn.Conv2d(8, 12, 3)
        self.dropout = nn.Dropout(0.2)
        self.fc1, self.fc2 = nn.Linear(48, 32), nn.Linear(32, CLASSES)

    def forward(self, x):
        x = (x - self.mean) / self.deviation
        x = F.max_pool2d(F.relu(self.conv1(x)), 2)
        x = F.max_pool2d(F.leaky_relu(self.conv2(x), 0.1), 2)
        x = x.view(x.size(0), -1)
        return self.fc2(self.dropout(F.gelu(self.fc1(x))))


def resnet():
    return nn.Sequential(
        nn.Conv2d(1, 6, 3, 1, 1, bias=False), nn.BatchNorm2d(6), nn.ReLU(), Block(6, 6), Block(6, 12, 2), PreActivated(12), nn.GroupNorm(3, 12),
        nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(12, CLASSES))


def rows(count):
    """Shapes: a bar across, a bar down, a slope, a ring, a dot; shifted, of different brightness, in noise."""
    y = torch.randint(0, CLASSES, (count,))
    at = torch.arange(SIDE).float()
    down, across = at.view(1, -1, 1), at.view(1, 1, -1)
    cy, cx = torch.rand(count, 1, 1) * 4 + 3.5, torch.rand(count, 1, 1) * 4 + 3.5
    far = ((down - cy) ** 2 + (across - cx) ** 2).sqrt()
    wide = torch.rand(count, 1, 1) * 0.8 + 0.7
    shapes = torch.stack([
        (down - cy).abs() + 0 * across, (across - cx).abs() + 0 * down, (down - cy - across + cx).abs() * 0.7, (far - 3).abs(), (far - 1).clamp(min=0)])
    ink = (1 - shapes[y, torch.arange(count)] / wide).clamp(0, 1)
    x = 0.15 + ink * (torch.rand(count, 1, 1) * 0.3 + 0.45) + 0.09 * torch.randn(count, SIDE, SIDE)
    return (x.clamp(0, 1) * 255).round().view(count, 1, SIDE, SIDE) / 255, y


def perturbed(model, x, y, epsilon, step, steps, start):
    """The last point, and whether the class was right at every one."""
    delta, right = start.clone(), torch.ones(len(x), dtype=torch.bool)
    for number in range(steps + 1):
        point = (x + delta).clamp(0, 1).requires_grad_(True)
        logits = model(point)
        right &= logits.argmax(1) == y
        if number == steps:
            break
        gradient, = torch.autograd.grad(F.cross_entropy(logits, y, reduction="sum"), point)
        delta = ((point.detach() + step * gradient.sign() - x).clamp(-epsilon, epsilon))
    return (x + delta).clamp(0, 1).detach(), right


def train(model, epsilon):
    optimizer = torch.optim.Adam(model.parameters(), 0.005)
    x, y = rows(3000)
    for epoch in range(8):
        for batch in torch.randperm(len(x)).split(100):
            model.eval()
            start = (torch.rand(100, 1, SIDE, SIDE) * 2 - 1) * epsilon
            attacked, _ = perturbed(model, x[batch], y[batch], epsilon, epsilon / 2, 3, start)
            model.train()
            optimizer.zero_grad()
            F.cross_entropy(model(attacked), y[batch]).backward()
            optimizer.step()
    model.eval()


def save(name, tensors, metadata):
    header, blobs, offset = {"__metadata__": {key: str(value) for key, value in metadata.items()}}, [], 0
    for key, tensor in tensors.items():
        raw = tensor.contiguous().numpy().tobytes()
        header[key] = {"dtype": {torch.float32: "F32", torch.uint8: "U8", torch.int64: "I64"}[tensor.dtype], "shape": list(tensor.shape), "data_offsets": [offset, offset + len(raw)]}
        blobs.append(raw)
        offset += len(raw)
    head = json.dumps(header).encode()
    head += b" " * (-len(head) % 8)
    (OUT / f"{name}.safetensors").write_bytes(struct.pack("<Q", len(head)) + head + b"".join(blobs))


def case(name, model, epsilon, wrap=lambda model: model, **options):
    train(model, epsilon)
    x, y = rows(ROWS)
    with torch.no_grad():
        logits = model(x)
    step, steps, restarts = epsilon / 8, 20, 2
    robust = torch.ones(ROWS, dtype=torch.bool)
    for _ in range(restarts):
        start = (torch.rand_like(x) * 2 - 1) * epsilon
        robust &= perturbed(model, x, y, epsilon, step, steps, start)[1]
    clean = logits.argmax(1) == y
    robust &= clean
    torch.onnx.export(wrap(model), x[:1], str(OUT / f"{name}.onnx"), **options)
    save(name, {"x": (x * 255).round().to(torch.uint8), "y": y, "logits": logits}, {
        "clean": int(clean.sum()), "robust": int(robust.sum()), "epsilon": epsilon, "step": step, "steps": steps, "restarts": restarts})
    print(name, "clean", int(clean.sum()), "robust", int(robust.sum()), (OUT / f"{name}.onnx").stat().st_size)


torch.manual_seed(SEED)
torch.set_num_threads(1)
case("onnx_cnn", Cnn(), 0.1, input_names=["picture"], dynamic_axes={"picture": {0: "rows"}}, opset_version=13)
case("onnx_resnet", resnet(), 0.12, lambda model: nn.Sequential(model, nn.Softmax(1)), opset_version=11)

"""Golden tensors of what training adds to a gradient step, in PyTorch and double precision: `python3 generate_training.py [SEED] [FOLDER]`.

Writes training_awp (a perceptron's weights, the weights moved by gamma |w| g / |g| and the gradient there), training_losses (MART and
CutMix with their gradients) and training_averages (a row of weights, their exponential and their plain mean). Values are stored as
float32; inputs are rounded to it before anything is computed.
"""
import json
import struct
import sys
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import nn

torch.set_default_dtype(torch.float64)
SEED = int(sys.argv[1]) if len(sys.argv) > 1 else 20261
OUT = Path(sys.argv[2]) if len(sys.argv) > 2 else Path(__file__).parent


def rounded(tensor):
    return tensor.to(torch.float32).to(torch.float64)


def save(name, tensors, **metadata):
    header, blobs, offset = {"__metadata__": {key: str(value) for key, value in metadata.items()}}, [], 0
    for key, tensor in tensors.items():
        tensor = tensor.detach()
        floats = tensor.is_floating_point()
        raw = tensor.to(torch.float32 if floats else torch.int64).contiguous().numpy().tobytes()
        header[key] = {"dtype": "F32" if floats else "I64", "shape": list(tensor.shape), "data_offsets": [offset, offset + len(raw)]}
        blobs.append(raw)
        offset += len(raw)
    head = json.dumps(header).encode()
    head += b" " * (-len(head) % 8)
    (OUT / f"training_{name}.safetensors").write_bytes(struct.pack("<Q", len(head)) + head + b"".join(blobs))


def awp(gamma=0.05):
    net = nn.Sequential(nn.Linear(7, 9), nn.ReLU(), nn.Linear(9, 6), nn.ReLU(), nn.Linear(6, 4))
    with torch.no_grad():
        for parameter in net.parameters():
            parameter.copy_(rounded(parameter))
    x, y = rounded(torch.rand(12, 7)), torch.randint(0, 4, (12,))
    tensors = {name: value.clone() for name, value in net.state_dict().items()} | {"x": x, "y": y}
    F.cross_entropy(net(x), y).backward()
    with torch.no_grad():
        for name, parameter in net.named_parameters():
            if name.endswith("weight"):
                parameter += gamma * parameter.norm() * parameter.grad / parameter.grad.norm()
            tensors["perturbed." + name] = parameter.clone()
    net.zero_grad()
    F.cross_entropy(net(x), y).backward()
    tensors |= {"grad." + name: parameter.grad for name, parameter in net.named_parameters()}
    save("awp", tensors, gamma=gamma)


def losses(weight=5.5, smoothing=0.1):
    clean, adversarial = (rounded(3 * torch.randn(8, 6)).requires_grad_() for _ in range(2))
    y, partner = torch.randint(0, 6, (8,)), torch.randint(0, 6, (8,))
    p, q = F.softmax(clean, 1), F.softmax(adversarial, 1)
    wrong = q.masked_fill(F.one_hot(y, 6).bool(), -1).max(1)[0]
    right = p.gather(1, y[:, None]).squeeze(1)
    mart = -torch.log(q.gather(1, y[:, None]).squeeze(1)) - torch.log(1 - wrong) \
        + weight * (p * (torch.log(p) - torch.log(q))).sum(1) * (1 - right)
    tensors = {"clean": clean, "adversarial": adversarial, "y": y, "partner": partner, "mart": mart}
    mart.mean().backward()
    tensors |= {"grad_mart_clean": clean.grad.clone(), "grad_mart_adversarial": adversarial.grad.clone()}
    own = rounded(torch.rand(8))
    adversarial.grad = None
    cutmix = own * F.cross_entropy(adversarial, y, reduction="none", label_smoothing=smoothing) \
        + (1 - own) * F.cross_entropy(adversarial, partner, reduction="none", label_smoothing=smoothing)
    cutmix.mean().backward()
    save("losses", tensors | {"own": own, "cutmix": cutmix, "grad_cutmix": adversarial.grad}, weight=weight, smoothing=smoothing)


def averages(steps=12, per_epoch=2, decay=0.8, share=0.5):
    weights = rounded(torch.randn(steps + 1, 37))
    ema, emas = weights[0], []
    for step in range(steps):
        kept = min(decay, (1 + step) / (10 + step))
        ema = kept * ema + (1 - kept) * weights[step + 1]
        emas.append(ema)
    first = steps // per_epoch - round(share * steps / per_epoch)
    ends = [weights[per_epoch * (epoch + 1)] for epoch in range(first, steps // per_epoch)]
    save("averages", {"weights": weights, "ema": torch.stack(emas), "swa": torch.stack(ends).mean(0)},
         steps=steps, per_epoch=per_epoch, decay=decay, share=share)


if __name__ == "__main__":
    torch.manual_seed(SEED)
    awp()
    losses()
    averages()

"""The same work as `clustertrain bench`, in PyTorch on one core: prints one JSON object of name -> figure.

Products in GFLOP/s; training steps in examples/s at the better of two batch sizes, 128 and 512, SGD with momentum.
"""
import json
import statistics
import sys
import time

import torch
import torch.nn as nn
import torch.nn.functional as F

torch.set_num_threads(1)
torch.manual_seed(1)
SAMPLES, SECONDS = 5, 0.3


def median_seconds(work):
    """Median over samples of the time of one call, each sample long enough for the clock."""
    work()
    start = time.perf_counter()
    work()
    calls = max(1, int(SECONDS / max(time.perf_counter() - start, 1e-9)))
    samples = []
    for _ in range(SAMPLES):
        start = time.perf_counter()
        for _ in range(calls):
            work()
        samples.append((time.perf_counter() - start) / calls)
    return statistics.median(samples)


def products():
    for m, k, n, form in [(128, 1024, 1024, "AB"), (256, 1024, 1024, "AB"), (1024, 1024, 1024, "AB"), (128, 512, 512, "AB"),
                          (64, 10, 512, "AB"), (6272, 32, 288, "AB"), (784, 512, 128, "AtB")]:
        a = torch.rand(k, m).t() if form == "AtB" else torch.rand(m, k)
        b, c = torch.rand(k, n), torch.empty(m, n)
        seconds = median_seconds(lambda: torch.mm(a, b, out=c))
        yield f"gemm {m}x{k}x{n} {form}", 2 * m * k * n / seconds / 1e9


def mlp():
    return nn.Sequential(
        nn.Dropout(0.2), nn.Linear(784, 1024), nn.ReLU(), nn.Dropout(0.5),
        nn.Linear(1024, 1024), nn.ReLU(), nn.Dropout(0.5), nn.Linear(1024, 10)), (784,)


def cnn():
    return nn.Sequential(
        nn.Conv2d(1, 32, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(32, 64, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(),
        nn.Linear(1600, 128), nn.ReLU(), nn.Dropout(0.5), nn.Linear(128, 10)), (1, 28, 28)


def pgd(net, x, y, steps=7, eps=0.1, size=0.025):
    """PGD on the full network in inference mode; parameters' gradients are not computed."""
    net.eval()
    for p in net.parameters():
        p.requires_grad_(False)
    adversarial = (x + torch.empty_like(x).uniform_(-eps, eps)).clamp(0, 1)
    for _ in range(steps):
        adversarial.requires_grad_(True)
        gradient, = torch.autograd.grad(F.cross_entropy(net(adversarial), y, reduction="sum"), adversarial)
        adversarial = adversarial.detach() + size * gradient.sign()
        adversarial = torch.min(torch.max(adversarial, x - eps), x + eps).clamp(0, 1)
    for p in net.parameters():
        p.requires_grad_(True)
    net.train()
    return adversarial.detach()


def step(make, batch, attacked):
    net, shape = make()
    optimizer = torch.optim.SGD(net.parameters(), lr=1e-3, momentum=0.9, nesterov=True)
    x, y = torch.rand(batch, *shape), torch.randint(0, 10, (batch,))

    def work():
        rows = pgd(net, x, y) if attacked else x
        optimizer.zero_grad(set_to_none=True)
        F.cross_entropy(net(rows), y).backward()
        optimizer.step()

    return batch / median_seconds(work)


def steps():
    for name, make, attacked in [("step mlp clean", mlp, False), ("step mlp pgd7", mlp, True),
                                 ("step cnn clean", cnn, False), ("step cnn pgd7", cnn, True)]:
        yield name, max(step(make, batch, attacked) for batch in (128, 512))


if __name__ == "__main__":
    kinds = {"gemm": products, "step": steps}
    chosen = sys.argv[1:] or list(kinds)
    print(json.dumps({name: figure for kind in chosen for name, figure in kinds[kind]()}))

#!/usr/bin/env python3
"""Runs `clustertrain bench` and the same work in PyTorch in turn, and prints a table of ratios.

    tests/Benchmarks/compare.py [--rounds N] [gemm] [step]

Needs Python 3 with PyTorch over OpenBLAS (Debian: python3-torch and libopenblas0-pthread). PyTorch runs with OpenBLAS as
it detects the processor and with its Cooperlake kernels; the better of the two is its figure. One core each, in turn, the
median over rounds.
"""
import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
PEERS = {"OpenBLAS": {}, "OpenBLAS Cooperlake": {"OPENBLAS_CORETYPE": "Cooperlake"}}
# PyTorch has no thinned replica: both ways of ClusterTrain stand against its attack on the full network.
PEER_NAME = {"step mlp pgd7 thinned": "step mlp pgd7", "step mlp pgd7 full": "step mlp pgd7"}


def ours(kind):
    out = subprocess.run([ROOT / "clustertrain", "bench", kind, "--json"], check=True, capture_output=True, text=True).stdout
    return {row["name"]: row for row in json.loads(out)}


def theirs(kind, variables, python):
    out = subprocess.run([python, HERE / "pytorch_work.py", kind], check=True, capture_output=True, text=True,
                         env={**os.environ, "OMP_NUM_THREADS": "1", **variables}).stdout
    return json.loads(out)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("kinds", nargs="*", default=["gemm", "step"])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--python", default="python3", help="the Python that has PyTorch")
    arguments = parser.parse_args()
    mine, peers = {}, {}
    for _ in range(arguments.rounds):
        for kind in arguments.kinds:
            for name, row in ours(kind).items():
                mine.setdefault(name, []).append(row)
            for label, variables in PEERS.items():
                for name, figure in theirs(kind, variables, arguments.python).items():
                    peers.setdefault(name, {}).setdefault(label, []).append(figure)
    print("| work | ClusterTrain | of the limit | PyTorch's best | with | ratio |\n|---|---|---|---|---|---|")
    for name, rows in mine.items():
        value = statistics.median(row["value"] for row in rows)
        share = statistics.median(row["ratio"] for row in rows)
        medians = {label: statistics.median(figures) for label, figures in peers.get(PEER_NAME.get(name, name), {}).items()}
        unit = rows[0]["unit"]
        if medians:
            label = max(medians, key=medians.get)
            print(f"| {name} | {value:,.0f} {unit} | {share:.2f} | {medians[label]:,.0f} | {label} | {value / medians[label]:.2f} |")
        else:
            print(f"| {name} | {value:,.1f} {unit} | {share:.2f} | | | |")


if __name__ == "__main__":
    sys.exit(main())

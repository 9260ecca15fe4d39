"""PyTorch's side of `npm run bench`: the same work as apps/server/src/bench/child.ts, in eager PyTorch.

    python3 torch-reference.py --probe     prints the devices there are, as one JSON line
    python3 torch-reference.py cpu|cuda    reads a case as one JSON line, then `measure` lines, then `end`

A case is {"kind": "training" | "synthesis", "side", "width", "images", "steps"}; every answer is one JSON line.
`training`: steps of forward, backward and Adam. `synthesis`: one outer iteration of DynaFed (Pi et al., CVPR 2023),
its inner steps unrolled with create_graph. Two threads on the CPU.
"""
import json
import math
import random
import resource
import sys
import time

import torch
import torch.nn.functional as F

CLASSES = 10
DEPTH = 3
THREADS = 2


def parameter_shapes(side, width):
    shapes, channels = [], 1
    for block in range(DEPTH):
        side = (side + (4 if block == 0 else 0)) // 2  # the first block of one channel pads by 3
        shapes += [(width, channels, 3, 3), (width,), (width,), (width,)]
        channels = width
    return shapes + [(CLASSES, width * side * side), (CLASSES,)]


def initial_parameters(shapes):
    parts = []
    for index, shape in enumerate(shapes):
        is_norm_scale = index % 4 == 2 and index < 4 * DEPTH
        bound = 1 / math.sqrt(math.prod(shape[1:])) if len(shape) > 1 else 0.0
        parts.append(torch.ones(shape) if is_norm_scale else (torch.rand(shape) * 2 - 1) * bound)
    return torch.cat([part.reshape(-1) for part in parts])


def logits(theta, shapes, images):
    parts = [part.view(shape) for part, shape in zip(theta.split([math.prod(s) for s in shapes]), shapes)]
    hidden = images
    for block in range(DEPTH):
        kernel, bias, scale, offset = parts[4 * block : 4 * block + 4]
        hidden = F.conv2d(hidden, kernel, bias, padding=3 if block == 0 else 1)
        hidden = F.relu(F.group_norm(hidden, kernel.shape[0], scale, offset))
        hidden = F.avg_pool2d(hidden, 2)
    return F.linear(hidden.flatten(1), parts[-2], parts[-1])


def sample(images, to_x, to_y, of_x, of_y):
    """Images moved by one 2 x 3 matrix each."""
    zeros = torch.zeros_like(to_x)
    rows = torch.stack([torch.stack([to_x, of_x, zeros], 1), torch.stack([of_y, to_y, zeros], 1)], 1)
    return F.grid_sample(images, F.affine_grid(rows, images.shape, align_corners=True), align_corners=True)


def augment(images):
    """One of six differentiable augmentations, with parameters of its own for every image."""
    count, _, side, _ = images.shape
    uniform = lambda: torch.rand(count, device=images.device)
    each = lambda values: values.view(-1, 1, 1, 1)
    zeros = torch.zeros(count, device=images.device)
    kind = random.randrange(6)
    if kind == 0:
        images = images + each(uniform() - 0.5)
        mean = images.mean(1, keepdim=True)
        images = (images - mean) * each(2 * uniform()) + mean
        mean = images.mean((1, 2, 3), keepdim=True)
        return (images - mean) * each(uniform() + 0.5) + mean
    places = torch.arange(side, device=images.device)
    if kind == 1:
        shift = int(side * 0.125 + 0.5)
        rows, columns = (torch.randint(0, 2 * shift + 1, (count, 1), device=images.device) + places for _ in "rc")
        padded = F.pad(images, [shift] * 4)
        pick = torch.arange(count, device=images.device)[:, None, None]
        return padded[pick, :, rows[:, :, None], columns[:, None, :]].permute(0, 3, 1, 2)
    if kind == 2:
        size = int(side * 0.5 + 0.5)
        top, left = (torch.randint(0, side + 1, (count, 1), device=images.device) - size // 2 for _ in "tl")
        inside_rows = (places >= top) & (places < top + size)
        inside_columns = (places >= left) & (places < left + size)
        return images * (~(inside_rows[:, None, :, None] & inside_columns[:, None, None, :])).float()
    if kind == 3:
        return torch.where(each(uniform()) < 0.5, images.flip(3), images)
    if kind == 4:
        ratio = 1.2
        x, y = (1 / ratio + uniform() * (ratio - 1 / ratio) for _ in "xy")
        return sample(images, x, y, zeros, zeros)
    angle = (uniform() - 0.5) * 2 * 15 * math.pi / 180
    return sample(images, angle.cos(), angle.cos(), -angle.sin(), angle.sin())


def training(case, device):
    """Takes turns: ms of one step; the start's and the end's transfers are timed too."""
    side, count, steps = case["side"], case["images"], case["steps"]
    shapes = parameter_shapes(side, case["width"])
    start = initial_parameters(shapes)
    images = torch.randn(steps, count, 1, side, side)
    labels = torch.randint(0, CLASSES, (steps, count))
    theta = start.clone().to(device).requires_grad_(True)
    adam = torch.optim.Adam([theta], 1e-3)
    while turn():
        begin = time.perf_counter()
        with torch.no_grad():
            theta.copy_(start)
        for step in range(steps):
            loss = F.cross_entropy(logits(theta, shapes, images[step].to(device)), labels[step].to(device))
            adam.zero_grad()
            loss.backward()
            adam.step()
        theta.detach().cpu()
        say(ms=(time.perf_counter() - begin) * 1000 / steps)


def synthesis(case, device):
    """Takes turns: ms of one outer iteration, to the distance as a number."""
    side, count = case["side"], case["images"]
    shapes = parameter_shapes(side, case["width"])
    start = initial_parameters(shapes).to(device)
    path = [start + 0.01 * round * (1 + torch.randn_like(start)) for round in range(5)]
    images = torch.randn(count, 1, side, side, device=device, requires_grad=True)
    label_logits = torch.zeros(count, CLASSES, device=device, requires_grad=True)
    inner_step = torch.tensor(0.04, device=device, requires_grad=True)
    rates = [(images, 5e-2), (label_logits, 1e-2), (inner_step, 1e-5)]
    optimizers = [torch.optim.Adam([learned], rate) for learned, rate in rates]
    while turn():
        begin = time.perf_counter()
        at = random.randrange(len(path) - 3)
        chosen = [path[at + 1 + random.randrange(3)] for _ in range(random.randint(2, 3))]
        target = torch.stack(chosen).mean(0)
        theta = path[at].clone().requires_grad_(True)
        targets = F.softmax(label_logits, 1)
        for _ in range(case["steps"]):
            loss = torch.mean(-targets * F.log_softmax(logits(theta, shapes, augment(images)), 1))
            (gradient,) = torch.autograd.grad(loss, theta, create_graph=True)
            theta = theta - inner_step * gradient
        distance = ((theta - target) ** 2).sum() / ((path[at] - target) ** 2).sum()
        for optimizer in optimizers:
            optimizer.zero_grad()
        distance.backward()
        for optimizer in optimizers:
            optimizer.step()
        distance.item()
        if device == "cuda":
            torch.cuda.synchronize()
        say(ms=(time.perf_counter() - begin) * 1000)


def turn():
    return sys.stdin.readline().strip() == "measure"


def say(**answer):
    print(json.dumps(answer), flush=True)


def peak_bytes():
    """ru_maxrss is in KiB on Linux and in bytes on macOS."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def main():
    if sys.argv[1] == "--probe":
        return say(version=torch.__version__, devices=["cpu"] + (["cuda"] if torch.cuda.is_available() else []))
    device = sys.argv[1]
    torch.set_num_threads(THREADS)
    torch.manual_seed(1)
    random.seed(1)
    case = json.loads(sys.stdin.readline())
    name = torch.cuda.get_device_name() if device == "cuda" else f"CPU, {THREADS} threads"
    say(on=f"{name}, PyTorch {torch.__version__}", baselineBytes=peak_bytes())
    (training if case["kind"] == "training" else synthesis)(case, device)
    say(peakBytes=peak_bytes())


main()

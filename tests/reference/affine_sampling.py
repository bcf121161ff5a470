"""Images read along affine maps, and the gradient of the images, by PyTorch's sampling of grids."""

import torch
import torch.nn.functional as F

from writing import Draws, numbers, write

# For columns and rows from the middle of an image: [a, b, c, d, e, f].
MAPS = [
    ("as it is", [1, 0, 0, 0, 1, 0]),
    ("whole pixels", [1, 0, 2, 0, 1, -1]),
    ("turned by a quarter", [0, -1, 0, 1, 0, 0]),
    ("turned", [0.8, -0.6, 0, 0.6, 0.8, 0]),
    ("larger", [0.6, 0, 0.25, 0, 0.6, -0.5]),
    ("smaller", [1.9, 0, 0, 0, 1.9, 0]),
    ("sheared", [1, 0.9, 0, 0, 1, 0]),
    ("mirrored, turned, sheared, smaller and moved", [-1.2, 0.7, 1.3, 0.5, 1.1, -0.4]),
    ("out of the image", [1, 0, 40, 0, 1, 0]),
]


def generate():
    draws = Draws(11)
    cases = []
    for channels, rows, columns in [(1, 6, 6), (2, 5, 8)]:
        images = draws.normal(len(MAPS), channels, rows, columns).requires_grad_()
        cotangent = draws.normal(len(MAPS), channels, rows, columns)
        # PyTorch counts both sides from -1 to 1.
        a, b, c, d, e, f = torch.tensor([numbers for _, numbers in MAPS], dtype=torch.float64).T
        across = torch.stack([a, b * rows / columns, 2 * c / columns], 1)
        down = torch.stack([d * columns / rows, e, 2 * f / rows], 1)
        grid = F.affine_grid(torch.stack([across, down], 1), images.shape, align_corners=False)
        output = F.grid_sample(images, grid, align_corners=False)
        (gradient,) = torch.autograd.grad((output * cotangent).sum(), images)
        cases.append(
            {
                "maps": [{"name": name, "numbers": map} for name, map in MAPS],
                "shape": [channels, rows, columns],
                "images": numbers(images),
                "cotangent": numbers(cotangent),
                "output": numbers(output),
                "gradient": numbers(gradient),
            }
        )
    write("affine_sampling", cases)

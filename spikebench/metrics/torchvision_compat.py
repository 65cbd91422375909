"""Let torchvision be imported beside a CPU build of torch.

The wheels of torchvision on the package index are built for CUDA. Beside a CPU build of torch their
operator library does not load, and the import fails with "operator torchvision::nms does not
exist", because shape functions are registered for two operators that nothing declared. LPIPS needs
neither of them. Where the operators exist, nothing is done.
"""

import importlib.util
from pathlib import Path

import torch

SCHEMAS = {
    "nms": "nms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
    "qnms": "qnms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
}
_declared: list[torch.library.Library] = []  # a schema lives as long as its library object


def declare_missing_operators() -> bool:
    """Declare the two operators if torchvision's own library cannot; return whether it was done."""
    if _declared or _own_library_loads():
        return False
    library = torch.library.Library("torchvision", "DEF")
    for schema in SCHEMAS.values():
        library.define(schema)
    _declared.append(library)
    return True


def _own_library_loads() -> bool:
    spec = importlib.util.find_spec("torchvision")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("torchvision is not installed, and lpips imports it.")
    for file in Path(spec.origin).parent.glob("_C*.so"):
        try:
            torch.ops.load_library(file)
        except OSError:
            return False
    return all(hasattr(torch.ops.torchvision, name) for name in SCHEMAS)

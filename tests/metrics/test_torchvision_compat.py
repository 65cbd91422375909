"""torchvision beside any build of torch; in another process, since operators are global."""

import subprocess
import sys

SCRIPT = """
from spikebench.metrics.torchvision_compat import SCHEMAS, declare_missing_operators
declared = declare_missing_operators()
assert not declare_missing_operators(), "declared twice"
import torch
import torchvision
assert all(hasattr(torch.ops.torchvision, name) for name in SCHEMAS)
import lpips
network = lpips.LPIPS(net="squeeze", pnet_rand=True, verbose=False).eval()
image = torch.rand(1, 3, 48, 48)
assert network(image, image).item() == 0 < network(image, 1 - image).item()
print("declared" if declared else "present")
"""


def test_lpips_can_be_built_whatever_the_build_of_torch():
    done = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() in ("declared", "present")

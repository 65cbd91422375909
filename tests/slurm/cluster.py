"""A Slurm of two nodes on this host, for as long as a block runs.

Debian's slurm-wlm and munge are all it needs, and root. Nothing outside its folder is changed;
`why_not` says why there can be none here.
"""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PROGRAMS = ("munged", "slurmctld", "slurmd", "sbatch", "srun", "squeue", "scancel")
NODES = ("one", "two")
CONF = """
ClusterName=test
SlurmctldHost={host}
SlurmctldPort={port}
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket={folder}/munge/socket
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool-%n
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd-%n.pid
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/slurmd-%n.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
AccountingStorageType=accounting_storage/none
JobRequeue=0
MinJobAge=600
ReturnToService=2
{nodes}
PartitionName=both Nodes={names} Default=YES MaxTime=INFINITE State=UP
"""


def why_not() -> str:
    """Return why no Slurm can be started here, or ""."""
    missing = [name for name in PROGRAMS if shutil.which(name, path=_path()) is None]
    if missing:
        return f"not installed: {', '.join(missing)} (apt-get install slurm-wlm munge)"
    return "" if os.geteuid() == 0 else "only root may start the daemons"


@contextmanager
def cluster(folder: Path) -> Iterator[dict[str, str]]:
    """Start munged, slurmctld and a slurmd for each node; yield the environment to use them.

    They are stopped at the end, each by its own process id.
    """
    environment = os.environ | {"SLURM_CONF": str(folder / "slurm.conf"), "PATH": _path()}
    _configure(folder)
    _munge(folder)
    try:
        _start(["slurmctld", "-c"], environment)
        for node in NODES:
            _start(["slurmd", "-N", node], environment)
        _wait(environment)
        yield environment
    finally:
        for file in [*folder.glob("*.pid"), folder / "munge/pid"]:
            if file.is_file():
                subprocess.run(["kill", file.read_text().strip()], check=False)


def _path() -> str:
    return f"{os.environ['PATH']}{os.pathsep}/usr/sbin"


def _configure(folder: Path) -> None:
    for name in ("state", *(f"spool-{node}" for node in NODES)):
        (folder / name).mkdir(parents=True)
    host, port = socket.gethostname(), 17100
    nodes = "\n".join(
        f"NodeName={node} NodeHostname={host} Port={port + number} "
        f"CPUs={os.cpu_count()} RealMemory=16000"
        for number, node in enumerate(NODES, start=1)
    )
    text = CONF.format(host=host, port=port, folder=folder, nodes=nodes, names=",".join(NODES))
    (folder / "slurm.conf").write_text(text)


def _munge(folder: Path) -> None:
    """Start munged with a key of its own; its folder belongs to its user."""
    home = folder / "munge"
    home.mkdir()
    for parent in (folder, *folder.parents):  # munged looks at its way from the root
        if str(parent).startswith("/tmp/") and parent != Path("/tmp"):
            parent.chmod(0o755)
    (home / "key").write_bytes(os.urandom(128))
    (home / "key").chmod(0o400)
    for path in (home, home / "key"):
        shutil.chown(path, "munge", "munge")
    options = [f"--{name}={home / file}" for name, file in MUNGE_FILES.items()]
    subprocess.run(["runuser", "-u", "munge", "--", "munged", *options], check=True)


MUNGE_FILES = {
    "socket": "socket",
    "pid-file": "pid",
    "log-file": "log",
    "seed-file": "seed",
    "key-file": "key",
}


def _start(command: list[str], environment: dict[str, str]) -> None:
    subprocess.run(command, env=environment, check=True, capture_output=True)


def _wait(environment: dict[str, str]) -> None:
    for _ in range(60):
        said = subprocess.run(
            ["sinfo", "-h", "-o", "%D %t"], env=environment, capture_output=True, text=True
        ).stdout
        if said.split() == [str(len(NODES)), "idle"]:
            return
        time.sleep(1)
    raise RuntimeError(f"the nodes are not idle: {said}")

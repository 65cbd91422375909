"""A Slurm of two nodes on this host, for as long as a block runs.

Debian's slurm-wlm and munge are all it needs, and root. Nothing outside its folder is changed;
`why_not` says why there can be none here.
"""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import psutil

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
    path = f"{_srun(folder)}{os.pathsep}{_path()}"
    environment = os.environ | {"SLURM_CONF": str(folder / "slurm.conf"), "PATH": path}
    _configure(folder)
    _munge(folder)
    try:
        _start(["slurmctld", "-c"], environment)
        for node in NODES:
            _start(["slurmd", "-N", node], environment)
        _wait(environment)
        yield environment
    finally:
        _stop([*folder.glob("*.pid"), folder / "munge/pid"])


def _stop(files: Iterable[Path]) -> None:
    """End the process of each pid file and wait until it is gone: it still writes until then."""
    for file in filter(Path.is_file, files):
        with suppress(psutil.Error, ValueError):
            process = psutil.Process(int(file.read_text()))
            process.terminate()
            process.wait(30)


def _path() -> str:
    return f"{os.environ['PATH']}{os.pathsep}/usr/sbin"


def _srun(folder: Path) -> Path:
    """Write an srun that knows this Slurm, and return its folder.

    Snakemake's plugin calls srun inside of a job without the SLURM_ variables of the job. Where
    Slurm's configuration has its usual place that does no harm; here it would not be found.
    """
    file = folder / "bin/srun"
    file.parent.mkdir(parents=True)
    found = shutil.which("srun", path=_path())
    file.write_text(f'#!/bin/sh\nSLURM_CONF={folder}/slurm.conf exec {found} "$@"\n')
    file.chmod(0o755)
    return file.parent


def _configure(folder: Path) -> None:
    for name in ("state", *(f"spool-{node}" for node in NODES)):
        (folder / name).mkdir(parents=True)
    host, (port, *others) = socket.gethostname(), _free_ports(1 + len(NODES))
    nodes = "\n".join(
        f"NodeName={node} NodeHostname={host} Port={other} CPUs={os.cpu_count()} RealMemory=16000"
        for node, other in zip(NODES, others, strict=True)
    )
    text = CONF.format(host=host, port=port, folder=folder, nodes=nodes, names=",".join(NODES))
    (folder / "slurm.conf").write_text(text)


def _free_ports(count: int) -> list[int]:
    with ExitStack() as held:
        sockets = [held.enter_context(socket.socket()) for _ in range(count)]
        for each in sockets:
            each.bind(("", 0))
        return [each.getsockname()[1] for each in sockets]


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

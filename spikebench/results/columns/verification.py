"""Whether the backbones give their known numbers: the ANN on each image, and the trust table."""

from dataclasses import replace

from spikebench.results.columns.common import (
    BACKBONE,
    DATASET,
    DATASET_SHA256,
    IMAGE,
    PROTOCOL,
    TASK,
    WEIGHTS_SHA256,
)
from spikebench.results.columns.field import Field, Table

MEASURED = "verify_backbone: measured, ANN only"
STATED = "backbones/<name>.yaml"


def _real(name: str, meaning: str, source: str, unit: str = "", *, known: bool = True) -> Field:
    return Field(
        name=name, kind="real", meaning=meaning, source=source, unit=unit, nullable=not known
    )


def _text(name: str, meaning: str, source: str) -> Field:
    return Field(name=name, kind="text", meaning=meaning, source=source)


VERIFIED = Table(
    "verified",
    "an image of a backbone's verification, ANN only",
    fields=(
        BACKBONE,
        DATASET,
        PROTOCOL,
        IMAGE,
        WEIGHTS_SHA256,
        DATASET_SHA256,
        _real("psnr", "PSNR of the ANN.", MEASURED, "dB"),
        _real("ssim", "SSIM of the ANN.", MEASURED),
        _real("psnr_input", "PSNR of the degraded input.", MEASURED, "dB"),
        _real("ssim_input", "SSIM of the degraded input.", MEASURED),
    ),
)
UNMEASURED = " Empty where it was not measured."

TRUST = Table(
    "backbones",
    "a number known about a backbone; what was not measured here is missing",
    fields=(
        BACKBONE,
        _text("title", "Title of the backbone.", STATED),
        TASK,
        DATASET,
        PROTOCOL,
        _text("kind", "Who stated the number: published or measured.", STATED),
        _text("source", "Where the number was stated.", STATED),
        _text("note", "Why it was not measured here.", "trust_table"),
        replace(WEIGHTS_SHA256, meaning=WEIGHTS_SHA256.meaning + UNMEASURED),
        replace(DATASET_SHA256, meaning=DATASET_SHA256.meaning + UNMEASURED),
        Field(name="images", kind="whole", meaning="Images measured.", source="trust_table"),
        _real("stated_psnr", "PSNR as it was stated.", STATED, "dB"),
        _real("stated_ssim", "SSIM as it was stated.", STATED, known=False),
        _real("psnr", "Mean PSNR measured here.", MEASURED, "dB", known=False),
        _real("ssim", "Mean SSIM measured here.", MEASURED, known=False),
        _real("psnr_input", "Mean PSNR of the input.", MEASURED, "dB", known=False),
    ),
)

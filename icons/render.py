#!/usr/bin/env python3
"""Renders the PNG, ICO and ICNS files from icons/source. Needs rsvg-convert and ImageMagick's convert."""

import pathlib
import struct
import subprocess
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
SOURCE = HERE / "source"

APP_SIZES = {"32x32.png": 32, "64x64.png": 64, "128x128.png": 128, "128x128@2x.png": 256, "icon.png": 512}
TRAY_LAYERS = ["base", "base-resting", "working", "paused", "attention"]
# 24 logical pixels at twice the density: sharp on panels of 16 to 48 pixels.
TRAY_SIZE = 48
ICNS_TYPES = {b"icp5": 32, b"icp6": 64, b"ic07": 128, b"ic08": 256, b"ic09": 512}


def render(source: pathlib.Path, target: pathlib.Path, size: int) -> None:
    subprocess.run(["rsvg-convert", "-w", str(size), "-h", str(size), "-o", target, source], check=True)


def write_ico(target: pathlib.Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        pages = []
        for size in (16, 24, 32, 48, 64, 256):
            page = pathlib.Path(folder) / f"{size}.png"
            render(SOURCE / "app.svg", page, size)
            pages.append(page)
        subprocess.run(["convert", *pages, target], check=True)


def write_icns(target: pathlib.Path) -> None:
    entries = b""
    with tempfile.TemporaryDirectory() as folder:
        for kind, size in ICNS_TYPES.items():
            page = pathlib.Path(folder) / f"{size}.png"
            render(SOURCE / "app.svg", page, size)
            image = page.read_bytes()
            entries += kind + struct.pack(">I", len(image) + 8) + image
    target.write_bytes(b"icns" + struct.pack(">I", len(entries) + 8) + entries)


def main() -> None:
    for name, size in APP_SIZES.items():
        render(SOURCE / "app.svg", HERE / name, size)
    for layer in TRAY_LAYERS:
        render(SOURCE / f"tray-{layer}.svg", HERE / "tray" / f"{layer}.png", TRAY_SIZE)
    write_ico(HERE / "icon.ico")
    write_icns(HERE / "icon.icns")


if __name__ == "__main__":
    main()

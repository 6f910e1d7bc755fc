"""Third-party files under static/vendor: builds them from npm packages and checks them against the manifest.

`tools/vendor.py check`   every file is listed with its SHA-256, every listed file is there, the sprite has every icon
`tools/vendor.py build`   fetches the packages named below with npm and writes files, icon sprite and manifest

Nobody needs npm to run, test or change the product; only who takes a newer version or another icon does.
"""

import hashlib
import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENDOR = ROOT / "static" / "vendor"
MANIFEST = VENDOR / "MANIFEST.json"
ICON_LIST = ROOT / "tools" / "icons.txt"
SPRITE = "icons.svg"

PACKAGES = {
    "bootstrap@5.3.9": {
        "dist/css/bootstrap.min.css": "bootstrap/bootstrap.min.css",
        "dist/css/bootstrap.min.css.map": "bootstrap/bootstrap.min.css.map",
        "dist/js/bootstrap.bundle.min.js": "bootstrap/bootstrap.bundle.min.js",
        "dist/js/bootstrap.bundle.min.js.map": "bootstrap/bootstrap.bundle.min.js.map",
        "LICENSE": "bootstrap/LICENSE",
    },
    "htmx.org@2.0.11": {"dist/htmx.min.js": "htmx/htmx.min.js", "LICENSE": "htmx/LICENSE"},
    "bootstrap-icons@1.13.2": {"LICENSE": "icons-LICENSE"},
}


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def icon_names() -> list[str]:
    """Names asked for in tools/icons.txt, sorted, each once."""
    lines = (line.strip() for line in ICON_LIST.read_text("utf-8").splitlines())
    return sorted({line for line in lines if line and not line.startswith("#")})


def sprite(icons: Path) -> str:
    """One SVG with a `<symbol>` per icon, for `<use href="…/icons.svg#NAME">`."""
    symbols = []
    for name in icon_names():
        source = (icons / f"{name}.svg").read_text("utf-8")
        view_box = re.search(r'viewBox="([^"]+)"', source)
        body = re.search(r"<svg[^>]*>(.*)</svg>", source, re.DOTALL)
        if view_box is None or body is None:
            raise ValueError(f"{name}: not an SVG icon")
        inner = re.sub(r"\s*\n\s*", "", body[1])
        symbols.append(f'<symbol id="{name}" viewBox="{view_box[1]}" fill="currentColor">{inner}</symbol>')
    return '<svg xmlns="http://www.w3.org/2000/svg">\n' + "\n".join(symbols) + "\n</svg>\n"


def fetch(package: str, folder: Path) -> Path:
    """Unpacks an npm package and gives its folder."""
    packed = subprocess.run(
        ["npm", "pack", "--silent", package],
        cwd=folder,
        check=True,
        capture_output=True,
        text=True,
    ).stdout.split()[-1]
    target = folder / packed.removesuffix(".tgz")
    target.mkdir()
    subprocess.run(["tar", "xzf", packed, "-C", str(target), "--strip-components=1"], cwd=folder, check=True)
    return target


def build() -> None:
    """Writes every vendored file anew, and the manifest that names them."""
    entries = []
    with tempfile.TemporaryDirectory() as temporary:
        for package, files in PACKAGES.items():
            unpacked = fetch(package, Path(temporary))
            about = json.loads((unpacked / "package.json").read_text("utf-8"))
            written = []
            for source, target in files.items():
                path = VENDOR / target
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes((unpacked / source).read_bytes())
                written.append(target)
            if about["name"] == "bootstrap-icons":
                (VENDOR / SPRITE).write_text(sprite(unpacked / "icons"), "utf-8")
                written.append(SPRITE)
            entries.append(
                {
                    "name": about["name"],
                    "version": about["version"],
                    "licence": about["license"],
                    "source": f"npm {package}",
                    "files": {name: digest(VENDOR / name) for name in sorted(written)},
                }
            )
    MANIFEST.write_text(json.dumps(entries, indent=2) + "\n", "utf-8")


def check(vendor: Path = VENDOR) -> list[str]:
    """One line for every vendored file that is missing, changed or unlisted, and every icon the sprite lacks."""
    found = []
    listed: dict[str, str] = {}
    for entry in json.loads((vendor / MANIFEST.name).read_text("utf-8")):
        found += [
            f"{MANIFEST.name}: {entry.get('name')} has no {key}"
            for key in ("version", "licence", "source")
            if not entry.get(key)
        ]
        listed |= entry["files"]
    present = {str(path.relative_to(vendor)) for path in vendor.rglob("*") if path.is_file()} - {MANIFEST.name}
    found += [f"{name}: listed but missing" for name in sorted(listed.keys() - present)]
    found += [f"{name}: not in {MANIFEST.name}" for name in sorted(present - listed.keys())]
    found += [f"{name}: changed" for name in sorted(present & listed.keys()) if digest(vendor / name) != listed[name]]
    if (vendor / SPRITE).exists():
        drawn = re.findall(r'<symbol id="([^"]+)"', (vendor / SPRITE).read_text("utf-8"))
        found += [f"{SPRITE}: icon {name} is not drawn" for name in icon_names() if name not in drawn]
    return found


if __name__ == "__main__":
    if sys.argv[1:] == ["build"]:
        build()
    problems = check()
    print("\n".join(problems) or "vendored files: fine")
    sys.exit(bool(problems))

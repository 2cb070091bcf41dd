"""Reads the repository and complains.

    check.py includes|style|papers ROOT
    check.py symbols ROOT NM ROOM=ARCHIVE …
"""

import pathlib
import subprocess
import sys

import rules

CODE = ("engine", "models", "pybind", "bench", "tests")


def files(root, *endings):
    for folder in CODE:
        for path in sorted((root / folder).rglob("*")):
            if path.suffix in endings and path.is_file():
                yield path.relative_to(root).as_posix(), path.read_text(encoding="utf-8")


def includes(root, rooms):
    for path, text in files(root, ".hpp", ".cpp"):
        yield from rules.check_includes(path, text, rooms)
    for path, text in files(root, ".txt"):
        if path.endswith("CMakeLists.txt"):
            yield from rules.check_uses(path, text, rooms)


def style(root):
    for path, text in files(root, ".hpp", ".cpp"):
        yield from rules.check_cpp(path, text)
    for path, text in files(root, ".py"):
        yield from rules.check_python(path, text)


def studies(root):
    scenarios = {path.relative_to(root).as_posix() for path in (root / "scenarios").rglob("*.toml")}
    for path, text in files(root, ".hpp", ".cpp"):
        yield from rules.check_studies(path, text, scenarios)
    for path in sorted((root / "hw-profiles").glob("*.toml")):
        name = path.relative_to(root).as_posix()
        yield from rules.check_studies(name, path.read_text(encoding="utf-8"), scenarios)


def papers(root, rooms):
    yield from studies(root)
    listed = subprocess.run(["git", "-C", str(root), "ls-files"], capture_output=True, text=True, check=False)
    yield from rules.check_top_level({line.split("/")[0] for line in listed.stdout.splitlines()})
    for folder in rooms:
        readme = root / folder / "README.md"
        if readme.exists():
            yield from rules.check_readme(f"{folder}/README.md", readme.read_text(encoding="utf-8"))
        elif (root / folder).exists():
            yield f"{folder}: has no README.md"
    for paper in ("ARCHITECTURE.md", "README.md"):
        for path in rules.named_paths((root / paper).read_text(encoding="utf-8")):
            if not (root / path).exists():
                yield f"{paper}: names {path}, which does not exist"


def symbols(rooms, nm, pairs):
    by_name = {room.name: room for room in rooms.values()}
    for name, archive in (pair.split("=", 1) for pair in pairs):
        listed = subprocess.run([nm, "-u", "-C", archive], capture_output=True, text=True, check=True)
        yield from rules.check_symbols(archive, listed.stdout, by_name[name])


def main(what, root, *rest):
    root = pathlib.Path(root)
    rooms = rules.read_layer_table((root / "ARCHITECTURE.md").read_text(encoding="utf-8"))
    checks = {
        "includes": lambda: includes(root, rooms),
        "style": lambda: style(root),
        "papers": lambda: papers(root, rooms),
        "symbols": lambda: symbols(rooms, rest[0], rest[1:]),
    }
    complaints = list(checks[what]())
    print("\n".join(complaints))
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))

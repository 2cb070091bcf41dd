"""What a source file of coopsim may include, refer to and look like, as functions from text to complaints.

The layer table in ARCHITECTURE.md is the only place that says which room may include which rooms and
libraries.
A complaint is one line, `file:line: what is wrong`; no complaint means that the rule holds.
"""

import ast
import re

FILE_LINES_MAX = 500
LINE_LENGTH_MAX = 110
FUNCTION_LINES_MAX = 60
README_LINES_MAX = 40

TOP_LEVEL = {
    "CMakeLists.txt", "CMakePresets.json", "README.md", "ARCHITECTURE.md", "CHANGELOG.md", "LICENSE", "coop",
    "engine", "models", "scenarios", "bench", "pybind", "notebooks", "tests", "hw-profiles",
}

# A library as the table calls it, by how its headers begin.
LIBRARIES = {
    "boost/": "Boost", "benchmark/": "Google Benchmark", "gtest/": "GoogleTest", "gmock/": "GoogleTest",
    "sodium": "libsodium", "sqlite3": "SQLite", "toml++/": "toml++", "Eigen/": "Eigen", "CLI/": "CLI11",
    "fmt/": "fmt", "spdlog/": "spdlog", "nlohmann/": "nlohmann-json", "xxhash": "xxHash", "xxh3": "xxHash",
    "pybind11/": "pybind11", "ns3/": "ns-3", "simgrid/": "SimGrid",
}

# `repeatable`: nothing whose answer differs between two runs, compilers or processors.
UNREPEATABLE_HEADERS = {
    "chrono", "ctime", "time.h", "sys/time.h", "random", "sys/random.h", "unordered_map", "unordered_set",
    "cmath", "math.h", "execution",
}
# `pure`: also nothing that reaches outside the program. The C++ standard library only.
IMPURE_HEADERS = UNREPEATABLE_HEADERS | {
    "thread", "mutex", "shared_mutex", "condition_variable", "future", "atomic", "stop_token", "semaphore",
    "latch", "barrier", "iostream", "istream", "ostream", "fstream", "sstream", "iomanip", "syncstream",
    "filesystem", "locale", "csignal",
}

CLOCKS = r"clock_gettime|clock|time|gettimeofday|std::chrono::.*::now\(\)"
CHANCE = r"rand|srand|rand_r|random|srandom|[dlm]rand48|getrandom|getentropy|arc4random\w*|" \
         r"std::random_device::.*"
# libm differs in its last bit between processors; base/math.hpp has log and exp; sqrt is exact everywhere.
LIBM = r"(log|log2|log10|log1p|exp|exp2|expm1|pow|sin|cos|tan|asin|acos|atan|atan2|sinh|cosh|tanh|cbrt|" \
       r"hypot|erf|erfc|lgamma|tgamma|fma)[fl]?"
OUTSIDE = r"socket|connect|bind|listen|accept4?|send(to|msg)?|recv(from|msg)?|poll|select|epoll_\w+|" \
          r"open(at)?(64)?|f?open(64)?|creat|mmap(64)?|getenv|system|fork|execv\w*|" \
          r"pthread_create|pthread_mutex_\w+|nanosleep|usleep|sleep|std::thread::.*|" \
          r"std::mutex::.*|std::condition_variable::.*|" \
          r"std::(__cxx11::)?basic_(i|o)?fstream.*|std::(cout|cerr|clog|cin)|std::ios_base::Init::.*|" \
          r"std::filesystem::.*"
UNREPEATABLE_SYMBOL = re.compile(rf"^({CLOCKS}|{CHANCE}|{LIBM})(@.*)?$")
IMPURE_SYMBOL = re.compile(rf"^({CLOCKS}|{CHANCE}|{LIBM}|{OUTSIDE})(@.*)?$")


class Room:
    """One row of the layer table."""

    def __init__(self, folder, includes, libraries):
        self.folder = folder
        self.name = folder.split("/")[-1]
        self.everything = includes == "all"
        none = includes in ("–", "-", "all")
        self.includes = set() if none else {part.strip() for part in includes.split(",")}
        self.libraries = {part.strip() for part in libraries.split(",")}
        self.pure = "pure std" in self.libraries
        self.repeatable = self.pure or "repeatable std" in self.libraries

    def may_include(self, path, other):
        """Whether a file here may include `path`, which lies in room `other`."""
        if self.everything or other.name == self.name or other.name in self.includes:
            return True
        inside = path[path.index(other.name):]  # "sim/ports.hpp" of "engine/sim/ports.hpp"
        return any("/" in part and inside.startswith(part) for part in self.includes)

    def may_use(self, other_name):
        """Whether its CMake target may link that room's."""
        return self.everything or any(part.split("/")[0] == other_name for part in self.includes)


def read_layer_table(architecture):
    """The rooms of ARCHITECTURE.md's table whose header row begins with `| room |`, by folder."""
    rooms, inside = {}, False
    for line in architecture.splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if line.startswith("| room |"):
            inside = True
        elif inside and not line.startswith("|"):
            break
        elif inside and len(cells) == 4 and not set(cells[0]) <= set("-: "):
            rooms[cells[0]] = Room(cells[0], cells[2], cells[3])
    if not rooms:
        raise ValueError("ARCHITECTURE.md has no layer table (a row that begins with `| room |`)")
    names = {room.name for room in rooms.values()}
    for room in rooms.values():
        unknown = {part.split("/")[0] for part in room.includes} - names
        if unknown:
            raise ValueError(f"the layer table's row {room.folder} names unknown rooms: {sorted(unknown)}")
    return rooms


def line_of(match, text):
    return text.count("\n", 0, match.start()) + 1


def room_of(path, rooms):
    """The room in which a file lies, or None."""
    fitting = [folder for folder in rooms if path.startswith(folder + "/")]
    return rooms[max(fitting, key=len)] if fitting else None


# --- includes -------------------------------------------------------------------------------------

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include\s*(?:<([^>]+)>|"([^"]+)")', re.M)


def check_includes(path, text, rooms):
    room = room_of(path, rooms)
    if room is None:
        return [f"{path}:1: lies in no room of the layer table"]
    complaints = []
    for match in INCLUDE.finditer(text):
        outside, own = match.groups()
        wrong = wrong_library(outside, room) if outside else wrong_room(own, room, rooms)
        if wrong:
            complaints.append(f"{path}:{line_of(match, text)}: {wrong}")
    return complaints


def wrong_room(included, room, rooms):
    other = room_of(included, rooms)
    if other is None:
        return f'"{included}" does not start at the top of the repository with a room'
    if not room.may_include(included, other):
        return f'{room.folder} may not include "{included}": its row of the layer table allows ' \
               f'{", ".join(sorted(room.includes)) or "nothing"}'
    return None


def wrong_library(header, room):
    for prefix, library in LIBRARIES.items():
        if header.startswith(prefix):
            return None if library in room.libraries or "all" in room.libraries else \
                f"<{header}> is {library}, which the layer table does not give to {room.folder}"
    if room.pure and (header in IMPURE_HEADERS or header.endswith(".h")):
        return f"<{header}> in {room.folder}, which is pure"
    if room.repeatable and header in UNREPEATABLE_HEADERS:
        return f"<{header}> in {room.folder}, which is repeatable"
    return None


def check_uses(path, text, rooms):
    """The rooms that a CMakeLists.txt links, against the table."""
    room = room_of(path, rooms)
    complaints = []
    for call in re.finditer(r"coop_room\(([^)]*)\)", text):
        uses = re.search(r"\bUSES\b((?:\s+[a-z_]+)*)", call.group(1))
        for used in uses.group(1).split() if uses else []:
            known = {r.name for r in rooms.values()}
            if room and used in known and used != room.name and not room.may_use(used):
                complaints.append(f"{path}:{line_of(call, text)}: {room.folder} may not use {used}")
    return complaints


# --- symbols --------------------------------------------------------------------------------------

def check_symbols(name, undefined, room):
    """`undefined`: what `nm -u -C` prints of the room's archive."""
    forbidden = IMPURE_SYMBOL if room.pure else UNREPEATABLE_SYMBOL if room.repeatable else None
    symbols = {match.group(1) for match in re.finditer(r"^\s*[Uw] (.*)$", undefined, re.M)}
    return [f"{name}: refers to {symbol}" for symbol in sorted(symbols)
            if forbidden and forbidden.match(symbol)]


# --- style ----------------------------------------------------------------------------------------

SILENT = re.compile(
    r'//[^\n]*|/\*.*?\*/|'  # comments
    r'R"([^(\s]{0,16})\(.*?\)\1"|"(?:\\.|[^"\\\n])*"|(?<![0-9a-fA-F])\'(?:\\.|[^\'\\\n])+\'', re.S)
PREPROCESSOR = re.compile(r"^[ \t]*#(?:[^\n]*\\\n)*[^\n]*", re.M)


def blank(match):
    return re.sub(r"[^\n]", " ", match.group(0))


def functions(text):
    """(line, lines, head) of every outermost function body, by counting braces: approximate, and enough."""
    code = PREPROCESSOR.sub(blank, SILENT.sub(blank, text))
    found, open_braces, head_start, within = [], [], 0, None
    for at, char in enumerate(code):
        if char == "{":
            head = code[head_start:at]
            if within is None and opens_function(head):
                within = (len(open_braces), head_start + len(head) - len(head.lstrip()), head.strip())
            open_braces.append(at)
        elif char == "}" and open_braces:
            open_braces.pop()
            if within is not None and len(open_braces) == within[0]:
                first = code.count("\n", 0, within[1]) + 1
                found.append((first, code.count("\n", 0, at) + 2 - first, within[2]))
                within = None
        if char in "{};":
            head_start = at + 1
    return found


def without(pattern, text):
    while re.search(pattern, text):
        text = re.sub(pattern, " ", text)
    return text


def opens_function(head):
    if "(" not in head:
        return False
    bare = without(r"<[^<>]*>", without(r"\([^()]*\)", head))
    if re.search(r"\b(namespace|class|struct|union|enum)\b", bare):
        return False
    is_value = re.search(r"(?<![=!<>])=(?!=)", bare)
    return not is_value or "[" in bare or "operator" in bare  # a lambda at namespace scope is a function too


def check_length(path, text):
    lines = text.splitlines()
    complaints = [f"{path}:{number}: {len(line)} characters; {LINE_LENGTH_MAX} fit"
                  for number, line in enumerate(lines, 1) if len(line) > LINE_LENGTH_MAX]
    if len(lines) > FILE_LINES_MAX:
        complaints.append(f"{path}:{FILE_LINES_MAX + 1}: {len(lines)} lines; {FILE_LINES_MAX} fit a file")
    # Put together, so that this file does not find itself.
    for match in re.finditer(r"\b(TO" r"DO|FIX" r"ME|XX" r"X)\b", text):
        complaints.append(f"{path}:{line_of(match, text)}: {match.group(0)}: do it, or file it")
    return complaints


def check_cpp(path, text):
    complaints = check_length(path, text)
    for line, length, head in functions(text):
        if length > FUNCTION_LINES_MAX:
            complaints.append(f"{path}:{line}: {length} lines; {FUNCTION_LINES_MAX} fit a function "
                              f"({' '.join(head.split())[:60]})")
    if path.endswith(".hpp"):
        if not text.startswith("//"):
            complaints.append(f"{path}:1: a header opens with what it is")
        if not re.search(r"^#pragma once$", text, re.M):
            complaints.append(f"{path}:1: no #pragma once")
    return complaints


def check_python(path, text):
    complaints = check_length(path, text)
    for node in ast.walk(ast.parse(text, path)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            length = node.end_lineno - node.lineno + 1
            if length > FUNCTION_LINES_MAX:
                complaints.append(f"{path}:{node.lineno}: "
                                  f"{length} lines; {FUNCTION_LINES_MAX} fit a function ({node.name})")
    return complaints


# --- papers ---------------------------------------------------------------------------------------

def check_readme(path, text):
    count = len(text.splitlines())
    if count <= README_LINES_MAX:
        return []
    return [f"{path}:1: {count} lines; a room's README has at most {README_LINES_MAX}"]


def named_paths(text):
    """Every path of ours in back quotes: `engine/protocol/node.hpp`, `tests/truth/`."""
    return [path for path in re.findall(r"`([\w.+-]+(?:/[\w.+-]+)*/?)`", text)
            if path.split("/")[0] in TOP_LEVEL and "/" in path]


# Put together, so that this file does not find itself. The path may stand on the comment's next line.
STUDY = re.compile(r"Study" r":(?:\s|//[/!]?)*((?:[\w.+-]+/)*[\w+-]+(?:\.toml)?)")


def check_studies(path, text, scenarios):
    """Every guess names the scenario that would put it to the test: from the top, or by its file's name."""
    names = {name.split("/")[-1] for name in scenarios}
    return [f"{path}:{line_of(match, text)}: the study {match.group(1)} does not exist"
            for match in STUDY.finditer(text)
            if match.group(1) not in (scenarios if "/" in match.group(1) else names)]


def check_top_level(names):
    return [f"{name}: only the listed files and folders stand at the top" for name in sorted(names)
            if name not in TOP_LEVEL and not name.startswith(".")]

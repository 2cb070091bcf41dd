"""Every rule, shown a file that breaks it and one that keeps it."""

import os
import subprocess
import tempfile
import unittest

import rules

TABLE = """
| room | what lives there | may include | libraries |
|---|---|---|---|
| engine/base | words | – | pure std |
| engine/protocol | the node | base | pure std |
| engine/crypto | libsodium | base, protocol | std, libsodium |
| engine/sim | the kernel | base, protocol | repeatable std |
| models | the world | base, sim/ports | repeatable std |
| engine/app | the programs | all | std, fmt |

| room | of another table | all | all |
"""
ROOMS = rules.read_layer_table(TABLE)
CLEAN = '// What it is.\n#pragma once\n\n#include <vector>\n\n#include "engine/base/time.hpp"\n'


def includes(path, *lines):
    return rules.check_includes(path, "\n".join(lines), ROOMS)


class LayerTable(unittest.TestCase):
    def test_is_read_to_its_end(self):
        self.assertEqual([room.name for room in ROOMS.values()],
                         ["base", "protocol", "crypto", "sim", "models", "app"])

    def test_names_only_rooms_that_have_a_row(self):
        with self.assertRaises(ValueError):
            rules.read_layer_table(TABLE.replace("| base, protocol |", "| base, protcol |"))

    def test_must_be_there(self):
        with self.assertRaises(ValueError):
            rules.read_layer_table("# Architecture\n")


class Includes(unittest.TestCase):
    def test_of_allowed_rooms_pass(self):
        self.assertEqual(includes("engine/protocol/node.hpp", CLEAN), [])
        app = ["#include \"engine/base/x.hpp\"", "#include <fmt/core.h>"]
        self.assertEqual(includes("engine/app/a.cpp", *app), [])
        self.assertEqual(includes("engine/sim/a.cpp", '#include "engine/sim/b.hpp"'), [])

    def test_of_a_stray_room_are_found_with_their_line(self):
        found = includes("engine/protocol/node.cpp", "", '#include "engine/sim/kernel.hpp"')
        self.assertEqual(len(found), 1)
        self.assertTrue(found[0].startswith("engine/protocol/node.cpp:2: engine/protocol may not include"))

    def test_may_be_granted_for_a_part_of_a_room(self):
        self.assertEqual(includes("models/line.cpp", '#include "engine/sim/ports.hpp"'), [])
        self.assertEqual(len(includes("models/line.cpp", '#include "engine/sim/kernel.hpp"')), 1)

    def test_start_at_the_top_of_the_repository(self):
        self.assertEqual(len(includes("engine/base/a.cpp", '#include "time.hpp"')), 1)

    def test_of_a_library_need_it_in_the_row(self):
        self.assertEqual(includes("engine/crypto/a.cpp", "#include <sodium.h>"), [])
        self.assertEqual(len(includes("engine/app/a.cpp", "#include <sodium.h>")), 1)
        self.assertEqual(len(includes("engine/sim/a.cpp", "#include <boost/asio.hpp>")), 1)

    def test_of_clocks_threads_and_chance_are_found_in_pure_rooms(self):
        for header in ("chrono", "thread", "mutex", "iostream", "unordered_map", "unordered_set", "random",
                       "fstream", "cmath", "unistd.h"):
            self.assertEqual(len(includes("engine/base/a.cpp", f"#include <{header}>")), 1, header)
        self.assertEqual(len(includes("engine/sim/a.cpp", "#  include <random>")), 1)
        self.assertEqual(includes("engine/sim/a.cpp", "#include <fstream>"), [])
        self.assertEqual(includes("engine/crypto/a.cpp", "#include <chrono>"), [])

    def test_outside_every_room_are_found(self):
        self.assertEqual(len(includes("engine/cellar/a.cpp")), 1)

    def test_of_targets_follow_the_table(self):
        line = "coop_room(sim SOURCES a.cpp USES base {} LIBS xxhash)"
        self.assertEqual(rules.check_uses("engine/sim/CMakeLists.txt", line.format("protocol"), ROOMS), [])
        self.assertEqual(len(rules.check_uses("engine/sim/CMakeLists.txt", line.format("app"), ROOMS)), 1)


def undefined_symbols(source):
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "bad")
        with open(path + ".cpp", "w", encoding="utf-8") as file:
            file.write(source)
        compiler, nm = os.environ.get("CXX", "c++"), os.environ.get("NM", "nm")
        subprocess.run([compiler, "-std=c++20", "-c", path + ".cpp", "-o", path + ".o"], check=True)
        listed = subprocess.run([nm, "-u", "-C", path + ".o"], capture_output=True, text=True, check=True)
        return listed.stdout


class Symbols(unittest.TestCase):
    def complaints(self, room, source):
        return rules.check_symbols("bad.o", undefined_symbols(source), ROOMS[room])

    def test_of_clocks_and_sockets_are_found_in_a_compiled_file(self):
        source = ("#include <chrono>\n#include <cstdlib>\n#include <random>\n#include <sys/socket.h>\n"
                  "#include <fstream>\nlong f() { std::random_device chance; std::ifstream file(\"x\");\n"
                  "return std::chrono::steady_clock::now().time_since_epoch().count() + rand() +\n"
                  "socket(0, 0, 0) + static_cast<long>(chance()); }\n")
        found = "\n".join(self.complaints("engine/base", source))
        for name in ("chrono", "rand", "socket", "random_device", "fstream"):
            self.assertIn(name, found)
        self.assertNotIn("socket", "\n".join(self.complaints("engine/sim", source)))

    def test_of_libm_are_found_but_not_sqrt(self):
        source = "#include <cmath>\ndouble f(double x) { return std::log(x) + std::sqrt(x); }\n"
        self.assertEqual(self.complaints("engine/sim", source), ["bad.o: refers to log"])

    def test_of_memory_pass(self):
        source = "#include <vector>\nstd::vector<int> f() { return {1}; }\n"
        self.assertEqual(self.complaints("engine/base", source), [])

    def test_of_rooms_that_promise_nothing_pass(self):
        source = "#include <ctime>\nlong f() { return time(nullptr); }\n"
        self.assertEqual(self.complaints("engine/app", source), [])


def long_function(head, lines):
    return "// x\n#pragma once\n" + head + " {\n" + "    g();\n" * lines + "}\n"


class Style(unittest.TestCase):
    def test_clean_passes(self):
        self.assertEqual(rules.check_cpp("a.hpp", CLEAN), [])

    def test_long_functions_of_every_form_are_found(self):
        for head in ("void f(int a)", "template <class T>\nauto S<T>::f() const -> std::vector<int>",
                     "Node::Node(int a) : a_(a), b_{a}, c_(a)", "TEST(Broadcast, Settles)",
                     "struct S {\n    void f() const noexcept",
                     "namespace a {\nclass B : C<int> {\n    int f()",
                     "const auto f = [](int x)", "void f(struct sockaddr* a = nullptr)"):
            with self.subTest(head=head):
                self.assertEqual(len(rules.check_cpp("a.hpp", long_function(head, 61))), 1)
                self.assertEqual(rules.check_cpp("a.hpp", long_function(head, 50)), [])

    def test_long_classes_and_tables_are_not_functions(self):
        for head in ("struct S", "namespace a", "enum class E : int", "constexpr int table[] =",
                     "template <class T>\nclass A : public B<T>"):
            self.assertEqual(rules.check_cpp("a.hpp", long_function(head, 200)), [], head)

    def test_braces_in_text_do_not_count(self):
        text = "// x {\n#pragma once\nvoid f() {\n    g(\"{\", '{', 1'000, R\"({{)\");\n}\n"
        self.assertEqual([length for _, length, _ in rules.functions(text)], [3])

    def test_long_files_and_lines_are_found(self):
        self.assertEqual(len(rules.check_cpp("a.cpp", "int a;\n" * 501)), 1)
        self.assertEqual(len(rules.check_cpp("a.cpp", "//" + "x" * 109)), 1)
        self.assertEqual(rules.check_cpp("a.cpp", "//" + "x" * 108), [])

    def test_headers_open_with_what_they_are(self):
        self.assertEqual(len(rules.check_cpp("a.hpp", "#pragma once\n")), 1)
        self.assertEqual(len(rules.check_cpp("a.hpp", "// What it is.\n")), 1)

    def test_promises_of_later_work_are_found(self):
        self.assertEqual(len(rules.check_cpp("a.cpp", "// TO" "DO: later\n")), 1)

    def test_python_is_measured_too(self):
        self.assertEqual(len(rules.check_python("a.py", "def f():\n" + "    g()\n" * 61)), 1)
        self.assertEqual(rules.check_python("a.py", "def f():\n" + "    g()\n" * 50), [])


class Papers(unittest.TestCase):
    def test_long_readmes_are_found(self):
        self.assertEqual(len(rules.check_readme("engine/base/README.md", "x\n" * 41)), 1)
        self.assertEqual(rules.check_readme("engine/base/README.md", "x\n" * 40), [])

    def test_name_paths_in_back_quotes(self):
        text = "see `engine/base/time.hpp`, `tests/truth/`, `a/b`, `coop`, `out/latest`"
        self.assertEqual(rules.named_paths(text), ["engine/base/time.hpp", "tests/truth/"])

    def test_name_only_studies_that_exist(self):
        there = {"scenarios/handful.toml", "scenarios/studies/loss.toml"}
        for study in ("scenarios/studies/loss.toml", "loss.toml", "handful.toml",
                      "\n/// scenarios/studies/loss.toml (why)", "\n// scenarios/studies/loss.toml"):
            self.assertEqual(rules.check_studies("a.hpp", "// Study" ": " + study, there), [], study)
        for study in ("scenarios/studies/gain.toml", "gain.toml", "scenarios/loss.toml", "same", "scenario",
                      "\n/// scenarios/studies/gain.toml"):
            found = rules.check_studies("a.hpp", "//\n// Study" ": " + study, there)
            self.assertEqual(len(found), 1, study)
            self.assertTrue(found[0].startswith("a.hpp:2: the study "), found)

    def test_stray_files_at_the_top_are_found(self):
        self.assertEqual(len(rules.check_top_level(["engine", ".ci", "coop", "notes.txt"])), 1)


if __name__ == "__main__":
    unittest.main()

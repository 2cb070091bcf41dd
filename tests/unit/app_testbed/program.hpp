// Runs the real coopnode and keeps what it says.
#pragma once

#include <array>
#include <cstdio>
#include <string>

#include <sys/wait.h>

namespace coop::app::test {

struct Said {
    int code = -1;
    std::string text;  ///< both streams
};
/// `arguments` as a shell reads them, in this folder.
inline Said coopnode(const std::string& folder, const std::string& arguments) {
    const std::string command = "cd '" + folder + "' && '" COOPNODE "' " + arguments + " 2>&1 </dev/null";
    Said said;
    std::FILE* const pipe = ::popen(command.c_str(), "r");
    if (pipe == nullptr) return said;
    std::array<char, 4096> piece{};
    for (std::size_t n = 0; (n = std::fread(piece.data(), 1, piece.size(), pipe)) > 0;)
        said.text.append(piece.data(), n);
    const int status = ::pclose(pipe);
    if (WIFEXITED(status)) said.code = WEXITSTATUS(status);
    return said;
}

}  // namespace coop::app::test

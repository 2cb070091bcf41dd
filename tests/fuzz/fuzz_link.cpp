#include <cstddef>

#include "tests/fuzz/targets.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    coop::fuzz::listen_to({bytes, size});
    return 0;
}

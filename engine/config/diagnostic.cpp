#include "engine/config/diagnostic.hpp"

#include <algorithm>

#include "engine/config/nearest.hpp"

namespace coop::config {

namespace {

constexpr std::size_t known_listed_max = 20;  // a list that an eye still takes in
constexpr std::size_t nearest_shown_max = 8;  // of a longer one

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

/// Edits between two short names: insert, drop, change, or swap two neighbours (Damerau 1964). Case is free.
std::size_t distance(std::string_view a, std::string_view b) {
    std::vector<std::vector<std::size_t>> cost(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
    for (std::size_t i = 0; i <= a.size(); ++i) cost[i][0] = i;
    for (std::size_t j = 0; j <= b.size(); ++j) cost[0][j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t change = cost[i - 1][j - 1] + (lower(a[i - 1]) == lower(b[j - 1]) ? 0 : 1);
            cost[i][j] = std::min({cost[i - 1][j] + 1, cost[i][j - 1] + 1, change});
            const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
            if (swapped) cost[i][j] = std::min(cost[i][j], cost[i - 2][j - 2] + 1);
        }
    }
    return cost[a.size()][b.size()];
}

/// How many bytes of UTF-8 the first `characters` of this line take.
std::size_t bytes_of(std::string_view line, std::size_t characters) {
    std::size_t at = 0;
    while (at < line.size() && characters > 0) {
        ++at;
        while (at < line.size() && (static_cast<unsigned char>(line[at]) & 0xc0) == 0x80) ++at;
        --characters;
    }
    return at;
}

}  // namespace

std::string Diagnostic::to_text() const {
    std::string text = file + ":" + std::to_string(line) + ":" + std::to_string(column) + ": " + message;
    if (!source.empty()) {
        std::string number = std::to_string(line);
        if (number.size() < 4) number.insert(0, 4 - number.size(), ' ');
        text += "\n" + number + " | " + source + "\n" + std::string(number.size() + 3, ' ');
        // A tab before the place stays a tab, so that the caret stands where the reader's terminal shows it.
        std::size_t pad = column - 1;
        for (const char c : source.substr(0, bytes_of(source, pad))) {
            if ((static_cast<unsigned char>(c) & 0xc0) != 0x80) text += c == '\t' ? '\t' : ' ', --pad;
        }
        text += std::string(pad, ' ') + "^" + std::string(std::max<std::size_t>(length, 1) - 1, '~');
    }
    if (!advice.empty()) text += "\n   " + advice;
    return text;
}

std::string nearest(std::string_view name, const Names& known) {
    std::string best;
    std::size_t least = std::max<std::size_t>(2, name.size() / 3) + 1;
    if (name.size() > 200) return best;
    for (const std::string& candidate : known) {
        // Whoever writes "sample" means "sample_every".
        const bool begun = name.size() >= 3 && candidate.starts_with(name);
        const std::size_t edits = begun ? 1 : distance(name, candidate);
        if (edits < least && edits < candidate.size()) {
            best = candidate;
            least = edits;
        }
    }
    return best;
}

std::string advise(std::string_view name, const Names& known) {
    std::string text;
    const std::string near = nearest(name, known);
    if (!near.empty()) text = "did you mean \"" + near + "\"?   ";
    text += "known: ";
    if (known.empty()) return text + "none";
    Names shown = known;
    if (shown.size() > known_listed_max && name.size() <= 200) {
        std::stable_sort(shown.begin(), shown.end(), [&](const std::string& a, const std::string& b) {
            return distance(name, a) < distance(name, b);
        });
        shown.resize(nearest_shown_max);
    }
    for (std::size_t i = 0; i < shown.size(); ++i) text += (i == 0 ? "" : ", ") + shown[i];
    if (shown.size() < known.size()) text += ", … (" + std::to_string(known.size()) + " in all)";
    return text;
}

}  // namespace coop::config

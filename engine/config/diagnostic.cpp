#include "engine/config/diagnostic.hpp"

#include <algorithm>

#include "engine/config/nearest.hpp"

namespace coop::config {

namespace {

constexpr std::size_t known_listed_max = 20;  // a list that an eye still takes in
constexpr std::size_t nearest_shown_max = 8;  // of a longer one
constexpr std::size_t around_max = 60;        // characters of a long line on each side of the place
constexpr std::size_t words_max = 600;        // characters of a message, which may quote a value

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

std::size_t characters_of(std::string_view text) {
    const auto begins = [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; };
    return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), begins));
}

std::string cut(const std::string& words) {
    if (characters_of(words) <= words_max) return words;
    const std::size_t half = words_max / 2;
    return words.substr(0, bytes_of(words, half)) + " … " +
           words.substr(bytes_of(words, characters_of(words) - half));
}

/// A line of the file as it may be shown: nothing in it that a terminal obeys, and not longer than one reads.
struct Excerpt {
    std::string text;
    std::size_t column;  ///< in it, from 1
    std::size_t length;
};
Excerpt around(const std::string& line, std::size_t column, std::size_t length) {
    std::string text;
    for (std::size_t at = 0; at < line.size();) {  // one character stays one, so that the column holds
        const std::size_t step = bytes_of(std::string_view(line).substr(at), 1);
        const std::string one = line.substr(at, step);
        text += printable(one, "\t") == one ? one : "\xef\xbf\xbd";  // U+FFFD, the replacement character
        at += step;
    }
    const std::size_t all = characters_of(text);
    if (all <= 2 * around_max) return {text, column, length};
    const std::size_t from = column > around_max ? column - 1 - around_max : 0;
    const std::size_t until = std::min(all, column + around_max);
    std::string shown = text.substr(bytes_of(text, from), bytes_of(text, until) - bytes_of(text, from));
    if (until < all) shown += "…";
    if (from > 0) shown = "…" + shown;
    return {shown, column - from + (from > 0 ? 1 : 0), std::min(length, until - column + 1)};
}

}  // namespace

std::string Diagnostic::to_text() const {
    std::string text = cut(printable(file)) + ":" + std::to_string(line) + ":" + std::to_string(column) +
                       ": " + cut(printable(message));
    if (!source.empty()) {
        std::string number = std::to_string(line);
        if (number.size() < 4) number.insert(0, 4 - number.size(), ' ');
        const Excerpt shown = around(source, column, length);
        text += "\n" + number + " | " + shown.text + "\n" + std::string(number.size() + 3, ' ');
        // A tab before the place stays a tab, so that the caret stands where the reader's terminal shows it.
        std::size_t pad = shown.column - 1;
        for (const char c : shown.text.substr(0, bytes_of(shown.text, pad))) {
            if ((static_cast<unsigned char>(c) & 0xc0) != 0x80) text += c == '\t' ? '\t' : ' ', --pad;
        }
        text += std::string(pad, ' ') + "^" + std::string(std::max<std::size_t>(shown.length, 1) - 1, '~');
    }
    if (!advice.empty()) text += "\n   " + cut(printable(advice));
    return text;
}

std::string printable(std::string_view text, std::string_view kept) {
    static constexpr char digits[] = "0123456789abcdef";
    std::string made;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto byte = static_cast<unsigned char>(text[i]);
        const bool second = byte == 0xc2 && i + 1 < text.size() &&  // U+0080 to U+009F
                            static_cast<unsigned char>(text[i + 1]) < 0xa0;
        const auto code = second ? static_cast<unsigned char>(text[++i]) : byte;
        if (!second && ((byte >= 0x20 && byte != 0x7f) || kept.find(text[i]) != std::string_view::npos)) {
            made += text[i];
        } else {
            made += second ? "\\u00" : "\\x";
            made += digits[code >> 4];
            made += digits[code & 15];
        }
    }
    return made;
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

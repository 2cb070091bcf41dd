#include "engine/base/math.hpp"

#include <bit>
#include <cstdint>
#include <limits>

namespace coop::base {
namespace {

// ln 2 in two parts, so that k * ln2_high is exact for |k| < 2^20 (Cody, Waite 1980).
constexpr double ln2_high = 6.93147180369123816490e-01;
constexpr double ln2_low = 1.90821492927058770002e-10;
constexpr double inv_ln2 = 1.44269504088896338700e+00;

/// x = 2^k * m with m in [sqrt(1/2), sqrt(2)).
struct Split {
    int k;
    double m;
};

Split split(double x) {
    int k = 0;
    if (x < std::numeric_limits<double>::min()) {  // subnormal: bring it into the normal range first
        x *= 0x1p54;
        k = -54;
    }
    auto bits = std::bit_cast<std::uint64_t>(x);
    k += static_cast<int>(bits >> 52) - 1023;
    bits = (bits & 0x000fffffffffffffULL) | 0x3ff0000000000000ULL;
    double m = std::bit_cast<double>(bits);
    if (m > 1.4142135623730951) {
        m *= 0.5;
        ++k;
    }
    return {k, m};
}

}  // namespace

// With s = f/(2+f), ln(1+f) = 2s + s*R(s^2); R is the minimax polynomial of fdlibm's e_log.c (Sun 1993).
double log(double x) noexcept {
    if (!(x >= 0)) return std::numeric_limits<double>::quiet_NaN();
    if (x == 0) return -std::numeric_limits<double>::infinity();
    if (x == std::numeric_limits<double>::infinity()) return x;
    const Split parts = split(x);
    const double f = parts.m - 1.0;
    const double s = f / (2.0 + f);
    const double z = s * s;
    const double w = z * z;
    const double even =
        w * (3.999999999940941908e-01 + w * (2.222219843214978396e-01 + w * 1.531383769920937332e-01));
    const double odd =
        z * (6.666666666666735130e-01 +
             w * (2.857142874366239149e-01 + w * (1.818357216161805012e-01 + w * 1.479819860511658591e-01)));
    const double r = even + odd;
    const double half_square = 0.5 * f * f;
    const double k = parts.k;
    return k * ln2_high - ((half_square - (s * (half_square + r) + k * ln2_low)) - f);
}

// x = k ln2 + r with |r| <= ln2 / 2; e^r by a rational form whose polynomial is fdlibm's e_exp.c (Sun 1993).
double exp(double x) noexcept {
    if (x != x) return x;
    if (x > 709.78271289338397) return std::numeric_limits<double>::infinity();
    if (x < -745.13321910194110) return 0.0;
    const int k = static_cast<int>(inv_ln2 * x + (x < 0 ? -0.5 : 0.5));
    const double high = x - k * ln2_high;
    const double low = k * ln2_low;
    const double r = high - low;
    const double t = r * r;
    const double c = r - t * (1.66666666666666019037e-01 +
                              t * (-2.77777777770155933842e-03 +
                                   t * (6.61375632143793436117e-05 +
                                        t * (-1.65339022054652515390e-06 + t * 4.13813679705723846039e-08))));
    const double y = 1.0 - ((low - (r * c) / (2.0 - c)) - high);
    const auto scale = [](int e) {
        return std::bit_cast<double>(static_cast<std::uint64_t>(e + 1023) << 52);
    };
    if (k > 1023) return y * scale(1023) * scale(k - 1023);
    return k >= -1022 ? y * scale(k) : y * scale(k + 54) * 0x1p-54;
}

}  // namespace coop::base

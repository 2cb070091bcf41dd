// log and exp that give the same bits on every compiler and processor.
//
// Law: only + - * / on doubles in a fixed order, no fused multiply-add (-ffp-contract=off), no libm: glibc's
// own log differs in the last bit between processors with and without FMA. Within 1 ulp of the true value.
#pragma once

namespace coop::base {

/// Natural logarithm. Zero gives -infinity, a negative number or NaN gives NaN.
double log(double x) noexcept;

/// e to the x. Underflows to 0 and overflows to infinity.
double exp(double x) noexcept;

}  // namespace coop::base

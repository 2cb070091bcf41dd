#include "engine/config/units.hpp"

#include <limits>

#include <gtest/gtest.h>

#include "engine/base/rng.hpp"

namespace coop::config {
namespace {

std::int64_t amount(std::string_view text, Dimension dimension) {
    const Quantity read = read_quantity(text, dimension);
    EXPECT_EQ(read.reading, Reading::ok) << text;
    return read.amount;
}

TEST(Units, AreReadExactly) {
    EXPECT_EQ(amount("3h", Dimension::duration), 10'800'000'000'000);
    EXPECT_EQ(amount("1.5 min", Dimension::duration), 90'000'000'000);
    EXPECT_EQ(amount("0.75ms", Dimension::duration), 750'000);
    EXPECT_EQ(amount("8GB", Dimension::size), 8'000'000'000);
    EXPECT_EQ(amount("64 KiB", Dimension::size), 65'536);
    EXPECT_EQ(amount("2TB", Dimension::size), 2'000'000'000'000);
    EXPECT_EQ(amount("1TiB", Dimension::size), 1'099'511'627'776);
    EXPECT_EQ(amount("1.4Mbit/s", Dimension::rate), 1'400'000);
    EXPECT_EQ(amount("19.9MB/s", Dimension::rate), 159'200'000);
    EXPECT_EQ(amount("3%", Dimension::share), 30'000);
    EXPECT_EQ(amount("0.0001%", Dimension::share), 1);
    EXPECT_EQ(amount("2.7W", Dimension::power), 2'700);
    EXPECT_EQ(amount("1.5kWh", Dimension::energy), 1'500'000);
    EXPECT_EQ(amount("-2s", Dimension::duration), -2'000'000'000);
}

TEST(Units, AreNeededAndKnown) {
    EXPECT_EQ(read_quantity("30", Dimension::duration).reading, Reading::no_unit);
    EXPECT_EQ(read_quantity("30.", Dimension::duration).reading, Reading::unknown_unit);
    EXPECT_EQ(read_quantity("30 fortnights", Dimension::duration).reading, Reading::unknown_unit);
    EXPECT_EQ(read_quantity("3%", Dimension::duration).reading, Reading::unknown_unit);
    EXPECT_EQ(read_quantity("3H", Dimension::duration).reading, Reading::unknown_unit);
    EXPECT_EQ(read_quantity("3  h", Dimension::duration).reading, Reading::unknown_unit);
    EXPECT_EQ(read_quantity("1e3s", Dimension::duration).reading, Reading::unknown_unit);
    EXPECT_EQ(read_quantity("", Dimension::duration).reading, Reading::not_a_number);
    EXPECT_EQ(read_quantity("h", Dimension::duration).reading, Reading::not_a_number);
    EXPECT_EQ(read_quantity(".5h", Dimension::duration).reading, Reading::not_a_number);
    EXPECT_EQ(read_quantity("--5h", Dimension::duration).reading, Reading::not_a_number);
}

TEST(Units, AreNeverRounded) {
    EXPECT_EQ(read_quantity("1.5ns", Dimension::duration).reading, Reading::too_fine);
    EXPECT_EQ(read_quantity("0.5B", Dimension::size).reading, Reading::too_fine);
    EXPECT_EQ(read_quantity("0.00001%", Dimension::share).reading, Reading::too_fine);
    EXPECT_EQ(read_quantity("999999999999d", Dimension::duration).reading, Reading::too_large);
    EXPECT_EQ(read_quantity("9999999999999999999d", Dimension::duration).reading, Reading::too_large);
}

TEST(Units, ArePrintedAsPeopleSayThem) {
    EXPECT_EQ(print_quantity(10'800'000'000'000, Dimension::duration).text(), "3h");
    EXPECT_EQ(print_quantity(90'000'000'000, Dimension::duration).text(), "90s");
    EXPECT_EQ(print_quantity(0, Dimension::duration).text(), "0s");
    EXPECT_EQ(print_quantity(8'000'000'000, Dimension::size).text(), "8GB");
    EXPECT_EQ(print_quantity(65'536, Dimension::size).text(), "64KiB");
    EXPECT_EQ(print_quantity(1'400'000, Dimension::rate).text(), "1.4Mbit/s");
    EXPECT_EQ(print_quantity(30'000, Dimension::share).text(), "3%");
    EXPECT_EQ(print_quantity(1, Dimension::share).text(), "0.0001%");
    EXPECT_EQ(print_quantity(-15'000, Dimension::share).text(), "-1.5%");
    EXPECT_EQ(print_quantity(800, Dimension::power).text(), "800mW");
    EXPECT_EQ(print_quantity(2'330, Dimension::power).text(), "2.33W");
}

TEST(Units, PrintedReadBackTheSame) {
    base::Rng rng(1, base::Purpose::test, 7);
    for (const Dimension dimension : {Dimension::duration, Dimension::size, Dimension::rate, Dimension::share,
                                      Dimension::power, Dimension::energy}) {
        for (int i = 0; i < 2000; ++i) {
            const auto digits = static_cast<int>(rng.below(18));
            std::int64_t value = static_cast<std::int64_t>(rng.below(1000));
            for (int zero = 0; zero < digits && value < 1'000'000'000'000'000; ++zero) value *= 10;
            const std::string text = print_quantity(value, dimension).text();
            EXPECT_EQ(amount(text, dimension), value) << text;
        }
    }
}

TEST(TimeOfDay, IsReadAndPrinted) {
    EXPECT_EQ(read_time_of_day("19:30"), 70'200'000'000'000);
    EXPECT_EQ(read_time_of_day("00:00:01"), 1'000'000'000);
    EXPECT_EQ(print_time_of_day(70'200'000'000'000), "19:30");
    EXPECT_EQ(print_time_of_day(1'000'000'000), "00:00:01");
    for (const char* wrong : {"24:00", "19:60", "9:30", "19-30", "", "19:30:60", "ab:cd", "19:30:1"}) {
        EXPECT_FALSE(read_time_of_day(wrong)) << wrong;
    }
}

}  // namespace
}  // namespace coop::config

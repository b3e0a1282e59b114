#include "foundation/base/clock.hpp"

#include <gtest/gtest.h>

namespace csva::base {
namespace {

TEST(iso_time, is_utc_with_milliseconds) {
    EXPECT_EQ(iso_time(0), "1970-01-01T00:00:00.000Z");
    EXPECT_EQ(iso_time(-1), "1969-12-31T23:59:59.999Z");
    EXPECT_EQ(iso_time(951'782'400'007), "2000-02-29T00:00:00.007Z");
    EXPECT_EQ(iso_time(253'402'300'799'999), "9999-12-31T23:59:59.999Z");
}

}  // namespace
}  // namespace csva::base

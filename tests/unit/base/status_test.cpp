// The last sentence: one per thread, cut rather than overrun.
#include "base/status.hpp"

#include <gtest/gtest.h>

#include <cstring>
#include <string>

#include "base/assert.hpp"
#include "support/crew.hpp"

namespace {

using veda::rt::fail;
using veda::rt::last_error;

TEST(Status, EmptyAtFirst) {
    std::string seen = "not looked";
    std::thread([&] { seen = last_error(); }).join();
    EXPECT_EQ(seen, "");
}

TEST(Status, Smoke) {
    EXPECT_EQ(fail(VEDA_E_RANGE, "worker_count is %d", 7), VEDA_E_RANGE);
    EXPECT_STREQ(last_error(), "worker_count is 7");
    EXPECT_EQ(fail(VEDA_E_NULL, "out is NULL"), VEDA_E_NULL);
    EXPECT_STREQ(last_error(), "out is NULL");
}

TEST(Status, LongSentenceIsCut) {
    const std::string longest(5000, 'x');
    EXPECT_EQ(fail(VEDA_E_RANGE, "%s", longest.c_str()), VEDA_E_RANGE);
    EXPECT_EQ(std::strlen(last_error()), 447u);
}

TEST(Status, EachThreadHasItsOwn) {
    veda::test::run_together(4, [](unsigned index) {
        for (unsigned i = 0; i < 1000; ++i) {
            const std::string sentence = std::to_string(index) + "." + std::to_string(i);
            fail(VEDA_E_STATE, "%s", sentence.c_str());
            ASSERT_EQ(last_error(), sentence);
        }
    });
}

TEST(AssertDeathTest, NamesTheBrokenInvariant) {
    EXPECT_DEATH(VEDA_CHECK(1 + 1 == 3), "veda: internal invariant broken: 1 \\+ 1 == 3 .*status_test");
    VEDA_CHECK(1 + 1 == 2);
}

}  // namespace

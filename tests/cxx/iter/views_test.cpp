// views_test.cpp: chains written as pipes give what the member forms give.
#include "cxx/support.hpp"

#include <gtest/gtest.h>

#include <span>
#include <string>
#include <vector>

namespace {

using namespace veda::test;

TEST(Views, EntersByPipe) {
    std::vector<int> v{1, 2, 3};
    EXPECT_EQ((v | veda::par).sum(), 6);
    EXPECT_EQ((std::span(v) | veda::par).map([](int x) { return x * x; }).sum(), 14);
    // An lvalue is borrowed, an rvalue gives its elements away, as with par(...).
    (v | veda::par).for_each([](int& x) { ++x; });
    EXPECT_EQ(v, (std::vector{2, 3, 4}));
    std::vector<std::unique_ptr<int>> own;
    own.push_back(std::make_unique<int>(7));
    EXPECT_EQ((std::move(own) | veda::par).map([](std::unique_ptr<int> p) { return *p; }).sum(), 7);
}

}  // namespace

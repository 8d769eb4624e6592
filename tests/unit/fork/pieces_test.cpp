// How long the next piece of a loop is.
#include "fork/pieces.hpp"

#include <gtest/gtest.h>

#include <cstdint>

namespace {

using veda::rt::piece_sizer;

constexpr std::uint64_t all = UINT64_MAX;
// As look_ticks: a piece is always, and never, short enough to grow.
constexpr std::uint64_t never_hurried = UINT64_MAX;
constexpr std::uint64_t always_late = 0;

TEST(PieceSizer, FirstPieceIsTheShortest) {
    EXPECT_EQ(piece_sizer(0, 0, never_hurried).length(0, all), 1u);
    EXPECT_EQ(piece_sizer(1, 0, never_hurried).length(0, all), 1u);
    EXPECT_EQ(piece_sizer(100, 0, never_hurried).length(0, all), 100u);
}

TEST(PieceSizer, NeverLongerThanTheRest) {
    piece_sizer pieces(100, 0, never_hurried);
    EXPECT_EQ(pieces.length(0, 7), 7u);
    EXPECT_EQ(pieces.length(0, 100), 100u);
    EXPECT_EQ(pieces.length(0, 0), 0u);
}

TEST(PieceSizer, Grows) {
    piece_sizer pieces(1, 0, never_hurried);
    std::uint64_t last = pieces.length(0, all);
    for (int i = 0; i < 10; ++i) {
        pieces.measured(last);
        ASSERT_EQ(pieces.length(0, all), last * 8);
        last *= 8;
    }
}

TEST(PieceSizer, NeverAboveMost) {
    for (std::uint64_t most : {1ull, 2ull, 7ull, 8ull, 1000ull, 1ull << 63, ~0ull - 1}) {
        piece_sizer pieces(1, most, never_hurried);
        for (int i = 0; i < 100; ++i) {
            ASSERT_LE(pieces.length(0, all), most);
            ASSERT_GE(pieces.length(0, all), 1u);
            pieces.measured(pieces.length(0, all));
        }
        EXPECT_GT(pieces.length(0, all), most - std::min<std::uint64_t>(most, 64));
    }
}

// An array that begins at a cache line is cut at cache lines, once pieces are long.
TEST(PieceSizer, LongPiecesEndEven) {
    piece_sizer pieces(1, 0, never_hurried);
    std::uint64_t begin = 3;
    for (int i = 0; i < 10; ++i) {
        const std::uint64_t length = pieces.length(begin, all);
        begin += length;
        pieces.measured(length);
        if (length >= 64) {
            EXPECT_EQ(begin % 64, 0u) << "after a piece of " << length;
        }
    }
    EXPECT_GT(begin, 1000u);
    EXPECT_EQ(pieces.length(begin, 77), 77u);  // the end of the range is what it is
}

TEST(PieceSizer, OneThatIsAskedForALeastKeepsItsMultiples) {
    piece_sizer pieces(10, 0, never_hurried);
    for (int i = 0; i < 10; ++i) {
        const std::uint64_t length = pieces.length(7, all);
        EXPECT_EQ(length % 10, 0u);
        pieces.measured(length);
    }
}

// Without a limit the length grows to the largest number and does not wrap around.
TEST(PieceSizer, Wraps) {
    piece_sizer pieces(3, 0, never_hurried);
    std::uint64_t last = 0;
    for (int i = 0; i < 100; ++i) {
        ASSERT_GE(pieces.length(0, all), last);
        last = pieces.length(0, all);
        pieces.measured(last);
    }
    EXPECT_EQ(last, UINT64_MAX);
}

TEST(PieceSizer, LeastAboveMostWins) {
    piece_sizer pieces(100, 10, never_hurried);
    for (int i = 0; i < 10; ++i) {
        EXPECT_EQ(pieces.length(0, all), 100u);
        pieces.measured(100);
    }
}

TEST(PieceSizer, NeverBelowLeast) {
    for (std::uint64_t least : {1u, 2u, 5u, 4096u}) {
        piece_sizer pieces(least, 0, always_late);
        for (int i = 0; i < 100; ++i) {
            ASSERT_EQ(pieces.length(0, all), least);
            pieces.measured(pieces.length(0, all));
        }
    }
}

// A sizer that has grown, so that there is something to halve.
class GrownPieceSizer : public testing::Test {
  protected:
    GrownPieceSizer() {
        // Whoever is preempted here only needs one more turn.
        while (pieces.length(0, all) < 1000) pieces.measured(pieces.length(0, all));
        grown = pieces.length(0, all);
    }
    // Long enough for the next measure to be late.
    void be_late() {
        const std::uint64_t start = veda::rt::os::ticks();
        while (veda::rt::os::ticks() - start <= look * 3) {
        }
    }

    const std::uint64_t look = 1000 * veda::rt::os::ticks_per_us();
    piece_sizer pieces{100, 0, look};
    std::uint64_t grown = 0;
};

TEST_F(GrownPieceSizer, HalvesAfterALatePiece) {
    ASSERT_EQ(pieces.length(0, all), grown);
    be_late();
    pieces.measured(grown);
    EXPECT_EQ(pieces.length(0, all), grown / 2);
}

TEST_F(GrownPieceSizer, HalvesDownToLeast) {
    while (pieces.length(0, all) > 100) {
        be_late();
        pieces.measured(pieces.length(0, all));
    }
    be_late();
    pieces.measured(100);
    EXPECT_EQ(pieces.length(0, all), 100u);
}

// A body that came back early says nothing about the length it did not do.
TEST_F(GrownPieceSizer, AnEarlyReturnHalvesNothing) {
    ASSERT_EQ(pieces.length(0, all), grown);
    be_late();
    pieces.measured(grown - 1);
    EXPECT_EQ(pieces.length(0, all), grown);
}

TEST_F(GrownPieceSizer, ElapsedCoversAllPieces) {
    const std::uint64_t before = pieces.elapsed();
    be_late();
    EXPECT_EQ(pieces.elapsed(), before);  // up to the last look
    pieces.measured(grown);
    EXPECT_GE(pieces.elapsed(), before + look * 2);
}

}  // namespace

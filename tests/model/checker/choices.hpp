// choices.hpp: the one source of nondeterminism. Whatever may go either way in an execution (the
// next thread, the store a load reads, a spurious return, who of several sleepers is woken) asks
// choose(). The answers form a path: exhaustive search walks the tree of paths depth first, random
// search fills them by dice, and a failure's path, printed, replays it.
#pragma once

#include <cstdint>
#include <string>

#include "model/checker/config.hpp"
#include "model/checker/engine_memory.hpp"

namespace veda::model {

class choices {
  public:
    void begin_search(const config& how);
    void begin_execution();

    // 0 to options - 1. Option 0 should be the plainest: replay strings end where only zeros
    // follow.
    int choose(int options);
    // The same, but random search prefers option 0 (the newest store), so that executions get
    // ahead.
    int choose_read(int options);
    // Takes an option that somebody else (the priorities of PCT) has chosen.
    int record(int options, int chosen);

    // To the next path of an exhaustive search. False: that was the last.
    bool advance();
    std::string replay() const;

    std::uint64_t dice() noexcept;
    bool random() const noexcept { return random_; }

  private:
    struct step {
        std::uint16_t options, chosen;
    };
    bool follow(int options, int& chosen);

    engine_vector<step> path_;
    std::size_t depth_ = 0;
    bool random_ = false;
    bool replaying_ = false;
    std::uint64_t state_ = 1;
};

}  // namespace veda::model

#include "fork/loop.hpp"

#include <algorithm>
#include <cfenv>
#include <cstdlib>
#include <cstring>
#include <optional>

#include "base/status.hpp"
#include "fork/join.hpp"
#include "fork/pieces.hpp"
#include "job/callback.hpp"
#include "pool/registry.hpp"

namespace veda::rt {

namespace {

// What all parts of one loop share, on the stack of the call that began it.
struct loop {
    static constexpr std::uint64_t most_alone = 2 * VEDA_FEW_PER_WORKER;

    const std::uint64_t min_piece, max_piece;  // min_piece is at least 1
    void* const ctx;
    // With one worker nobody could take a part.
    const bool alone;
    // Few indices may be few long bodies, or nodes of a tree with loops of their own: all of them are forked
    // before the first one begins, and nobody reads the clock.
    const bool few;
    // A long range with nobody awake begins alone: it may be over before a wake-up has been paid for.
    const std::uint64_t patience_ticks;

    loop(worker& self, std::uint64_t length, std::uint64_t least, std::uint64_t most, void* context) noexcept
        : min_piece(least),
          max_piece(most),
          ctx(context),
          alone(self.forks.head()->few == 0),
          few(length <= (alone ? most_alone : self.forks.head()->few)),
          patience_ticks(few ? 0 : patience(self)) {}

    atomic<veda_status> outcome{VEDA_OK};  // the first error; once set, parts stop at the next look
    // What a body did wrong, of the first error; written by whoever set outcome, read after the joins.
    std::uint64_t piece_begin = 0, piece_end = 0, returned = 0;

    // relaxed: a hint until the joins, which order it.
    bool stopped() const noexcept { return outcome.load(relaxed) != VEDA_OK; }
    bool stop(veda_status why) noexcept {
        veda_status none = VEDA_OK;
        return outcome.compare_exchange_strong(none, why, relaxed);
    }
    // Where a body got to; the loop is stopped if that is nowhere.
    std::uint64_t check(std::uint64_t reached, std::uint64_t begin, std::uint64_t end) noexcept {
        if (reached > begin && reached <= end) [[likely]]
            return reached;
        return refuse(reached, begin, end);
    }
    [[gnu::cold, gnu::noinline]] std::uint64_t refuse(std::uint64_t reached, std::uint64_t begin,
                                                      std::uint64_t end) noexcept {
        if (stop(reached == VEDA_STOP ? VEDA_E_CANCELLED : VEDA_E_PROGRESS)) {
            piece_begin = begin;
            piece_end = end;
            returned = reached;
        }
        return end;
    }
};

bool is_wanted(worker& self) noexcept {
    return atomic_view(self.forks.head()->demand).load(relaxed) != 0;  // relaxed: a hint
}

veda_exec_t exec_of(worker& self) noexcept {
    return {sizeof(veda_exec_t), self.slot, self.handle(), &self.forks.head()->demand, {}};
}

// Where the first some of parts of a range end: a whole number of pieces from its begin, at least one.
std::uint64_t cut(std::uint64_t begin, std::uint64_t end, std::uint64_t parts, std::uint64_t some,
                  std::uint64_t piece) noexcept {
    const std::uint64_t pieces = (end - begin) / piece;
    const std::uint64_t length = std::max<std::uint64_t>(pieces / parts * some, 1) * piece;
    return begin + (piece == 1 ? ending_even(begin, length) : length);
}

// Part, in what follows, is the loop or the reduction: piece(exec, begin, end), and what a thief needs for a
// part of it.

// One call of the body; returns where it got to.
template <class Part>
[[gnu::always_inline]] inline std::uint64_t run_piece(worker& self, const veda_exec_t& exec, Part& part,
                                                      std::uint64_t begin, std::uint64_t end) noexcept {
    const std::uint32_t depth = self.blocking_depth;
    const std::uint64_t reached = part.shared().check(part.piece(exec, begin, end), begin, end);
    self.returned();
    self.restore_blocking(depth);
    return reached;
}

// Runs a range front to back in measured pieces. While somebody is hungry it gives away the later
// half of what is left, finishes its own half, and then joins: takes back what nobody took.
template <class Part>
void run_range(worker& self, Part& part, std::uint64_t begin, std::uint64_t end) noexcept;

// Runs a range in the one way or the other.
template <class Part>
void run_loop(worker& self, Part& part, std::uint64_t begin, std::uint64_t end) noexcept;

// A part of a range that was forked. Only a thief makes a Part of its own for it.
template <class Part>
struct later_part : veda_job_t {
    Part* owner;
    std::uint64_t begin, end;
    std::optional<Part> stolen;

    later_part(Part& part, std::uint64_t b, std::uint64_t e) noexcept : owner(&part), begin(b), end(e) {
        run = &run_it;
    }
    static void run_it(veda_job_t* job, veda_worker_t* w) {
        auto* later = static_cast<later_part*>(job);
        later->stolen.emplace(later->owner->right_part());
        run_loop(*reinterpret_cast<worker*>(w), *later->stolen, later->begin, later->end);
    }
};

// Ends a fork. True: nobody has it, and its part is still to be run.
template <class Part>
bool take_back(worker& self, Part& part, later_part<Part>& later, veda_job_t** slot) noexcept {
    if (join(self, &later, slot) == VEDA_JOIN_TAKE) return true;
    part.absorb(*later.stolen);
    self.returned();
    return false;
}

// A short range in pieces as long as may be: with one worker, or where indices must stay together.
template <class Part>
void run_whole(worker& self, Part& part, std::uint64_t begin, std::uint64_t end) noexcept {
    loop& shared = part.shared();
    const veda_exec_t exec = exec_of(self);
    const std::uint64_t most = shared.max_piece ? shared.max_piece : end - begin;
    while (begin < end && !shared.stopped())
        begin = run_piece(self, exec, part, begin, begin + std::min(most, end - begin));
}

// Forks all of a short range before its first body begins, down to single indices.
template <class Part>
void run_few(worker& self, branch_forks& forks, Part& part, std::uint64_t begin, std::uint64_t end) noexcept {
    const std::uint64_t least = part.shared().min_piece;
    if ((end - begin) / 2 < least) return run_whole(self, part, begin, end);
    const std::uint64_t middle = cut(begin, end, 2, 1, least);
    later_part<Part> later(part, middle, end);
    veda_job_t** slot = forks.fork(&later);
    run_few(self, forks, part, begin, middle);
    if (take_back(self, part, later, slot)) run_few(self, forks, part, middle, end);
}

// A short range while nobody asks: one fork holds all that is left. For as long as nobody else sees it, its
// owner takes one index after the other out of it.
template <class Part>
void run_few_unasked(worker& self, branch_forks& forks, Part& part, std::uint64_t begin,
                     std::uint64_t end) noexcept {
    loop& shared = part.shared();
    const veda_exec_t exec = exec_of(self);
    later_part<Part> rest(part, begin, end);
    veda_job_t** slot = forks.fork(&rest);
    while (is_private(self, slot) && end - rest.begin > 1 && !shared.stopped()) {
        const std::uint64_t index = rest.begin++;
        run_piece(self, exec, part, index, index + 1);
    }
    if (!take_back(self, part, rest, slot)) return;
    if (end - rest.begin > 1) return run_few(self, forks, part, rest.begin, end);
    if (!shared.stopped()) run_piece(self, exec, part, rest.begin, end);
}

template <class Part>
void run_loop(worker& self, Part& part, std::uint64_t begin, std::uint64_t end) noexcept {
    const loop& shared = part.shared();
    if (!shared.few) return run_range(self, part, begin, end);
    if (shared.alone) return run_whole(self, part, begin, end);
    branch_forks forks(self);
    if (forks.all_shown() || shared.min_piece > 1 || end - begin < 2)
        run_few(self, forks, part, begin, end);
    else
        run_few_unasked(self, forks, part, begin, end);
}

template <class Part>
[[gnu::noinline]] void split_range(worker& self, Part& part, std::uint64_t begin,
                                   std::uint64_t end) noexcept {
    const std::uint64_t middle = cut(begin, end, 2, 1, part.shared().min_piece);
    later_part<Part> later(part, middle, end);
    veda_job_t** slot = fork(self, &later);
    run_range(self, part, begin, middle);
    if (take_back(self, part, later, slot)) run_range(self, part, middle, end);
}

template <class Part>
void run_range(worker& self, Part& part, std::uint64_t begin, std::uint64_t end) noexcept {
    loop& shared = part.shared();
    const veda_exec_t exec = exec_of(self);
    piece_sizer pieces(shared.min_piece, shared.max_piece, self.forks.head()->look_ticks);
    while (begin < end && !shared.stopped()) {
        const std::uint64_t rest = end - begin;
        const bool wanted = is_wanted(self) && pieces.elapsed() >= shared.patience_ticks;
        // By division: twice a min_piece near 2^64 would wrap.
        if (wanted && rest / 2 >= shared.min_piece) return split_range(self, part, begin, end);
        const std::uint64_t length = pieces.length(begin, rest);
        const std::uint64_t reached = run_piece(self, exec, part, begin, begin + length);
        if (reached != end) {
            self.look_for_room();
            pieces.measured(reached - begin);
        }
        begin = reached;
    }
}

// -- for ------------------------------------------------------------------------------------------

struct for_part {
    loop* whole;
    veda_range_fn body;

    loop& shared() noexcept { return *whole; }
    std::uint64_t piece(const veda_exec_t& exec, std::uint64_t begin, std::uint64_t end) noexcept {
        return guarded("the body of veda_for",
                       [&] { return body(whole->ctx, begin, end, &exec); });
    }
    for_part right_part() noexcept { return *this; }
    void absorb(for_part&) noexcept {}
};

// One piece per worker at once: halves the number of parts, not the demand.
void spread_range(worker& self, for_part& part, std::uint64_t begin, std::uint64_t end,
                  std::uint32_t parts) noexcept;

struct spread_half : veda_job_t {
    for_part part;
    std::uint64_t begin, end;
    std::uint32_t parts;

    static void run_it(veda_job_t* job, veda_worker_t* w) {
        auto* half = static_cast<spread_half*>(job);
        spread_range(*reinterpret_cast<worker*>(w), half->part, half->begin, half->end,
                     half->parts);
    }
};

// A part that was meant for somebody else is not taken back while somebody is on the way to it; about
// as long as a hand-over takes.
void let_it_be_stolen(worker& self, veda_job_t** slot) noexcept {
    constexpr std::uint64_t hand_over_us = 1;
    if (self.pool.people.load().searching == 0) return;
    const std::uint64_t start = os::ticks();
    while (!self.forks.is_stolen(slot) && os::ticks() - start < hand_over_us * os::ticks_per_us())
        cpu_relax();
}

void spread_range(worker& self, for_part& part, std::uint64_t begin, std::uint64_t end,
                  std::uint32_t parts) noexcept {
    const std::uint64_t least = part.whole->min_piece;
    if (parts < 2 || (end - begin) / 2 < least) return run_loop(self, part, begin, end);
    const std::uint32_t left_parts = parts - parts / 2;
    const std::uint64_t middle = cut(begin, end, parts, left_parts, least);
    spread_half right;
    right.run = &spread_half::run_it;
    right.part = part;
    right.begin = middle;
    right.end = end;
    right.parts = parts / 2;
    veda_job_t** slot = fork(self, &right);
    spread_range(self, part, begin, right.begin, left_parts);
    let_it_be_stolen(self, slot);
    if (join(self, &right, slot) == VEDA_JOIN_TAKE)
        spread_range(self, part, right.begin, end, right.parts);
}

// -- reduce ---------------------------------------------------------------------------------------

// What a reduction needs besides the loop.
struct reduction {
    loop whole;
    veda_fold_fn fold;
    veda_combine_fn combine;
    const void* identity;
    std::size_t acc_size;
    std::uint64_t block;  // deterministic: the block length
    std::fenv_t caller{};  // deterministic: how the caller rounds
};

// One accumulator: in place when small, else from the heap.
class accumulator {
  public:
    explicit accumulator(const reduction& r) noexcept {
        if (r.acc_size > sizeof small_) {
            data_ = std::malloc(r.acc_size);
            if (!data_) return;
        }
        std::memcpy(data_, r.identity, r.acc_size);
    }
    accumulator(accumulator&& other) noexcept {
        if (other.data_ == other.small_) {
            std::memcpy(small_, other.small_, sizeof small_);
        } else {
            data_ = other.data_;
            other.data_ = other.small_;
        }
    }
    accumulator& operator=(accumulator&&) = delete;
    ~accumulator() {
        if (data_ != small_) std::free(data_);
    }
    void* data() noexcept { return data_; }

  private:
    alignas(16) unsigned char small_[64];
    void* data_ = small_;
};

struct reduce_part {
    reduction* r;
    accumulator acc;

    explicit reduce_part(reduction& whole) noexcept : r(&whole), acc(whole) {
        if (!acc.data()) whole.whole.stop(VEDA_E_MEMORY);
    }
    loop& shared() noexcept { return r->whole; }
    std::uint64_t piece(const veda_exec_t& exec, std::uint64_t begin, std::uint64_t end) noexcept {
        return guarded("the fold of veda_reduce", [&] {
            return r->fold(r->whole.ctx, begin, end, acc.data(), &exec);
        });
    }
    reduce_part right_part() noexcept { return reduce_part(*r); }
    void absorb(reduce_part& right) noexcept {
        if (r->whole.stopped()) return;
        guarded("the combine of veda_reduce",
                [&] { r->combine(r->whole.ctx, acc.data(), right.acc.data()); });
    }
};

// The deterministic form: a binary tree over fixed blocks, whose shape follows from the length alone.
struct tree_half : veda_job_t {
    reduce_part part;
    std::uint64_t begin, end;

    tree_half(reduction& r, std::uint64_t b, std::uint64_t e) : part(r), begin(b), end(e) {
        run = &run_it;
    }
    static void run_it(veda_job_t* job, veda_worker_t* w) {
        auto* half = static_cast<tree_half*>(job);
        // As the caller rounds, or the bits would depend on who does which half.
        std::fenv_t own;
        std::fegetenv(&own);
        std::fesetenv(&half->part.r->caller);
        run_tree(*reinterpret_cast<worker*>(w), half->part, half->begin, half->end);
        std::fesetenv(&own);
    }
    static void run_tree(worker& self, reduce_part& part, std::uint64_t begin,
                         std::uint64_t end) noexcept;
};

void tree_half::run_tree(worker& self, reduce_part& part, std::uint64_t begin,
                         std::uint64_t end) noexcept {
    loop& whole = part.shared();
    const std::uint64_t block = part.r->block;
    const std::uint64_t length = end - begin;
    const std::uint64_t blocks = length / block + (length % block != 0);
    if (blocks <= 1) {
        const veda_exec_t exec = exec_of(self);
        while (begin < end && !whole.stopped())
            begin = whole.check(part.piece(exec, begin, end), begin, end);
        self.returned();
        return;
    }
    const std::uint64_t middle = begin + blocks / 2 * block;
    tree_half right(*part.r, middle, end);
    if (whole.stopped()) return;
    veda_job_t** slot = fork(self, &right);
    run_tree(self, part, begin, middle);
    if (join(self, &right, slot) == VEDA_JOIN_TAKE) run_tree(self, right.part, middle, end);
    part.absorb(right.part);
    self.returned();
}

template <class Desc>
std::uint64_t least_piece(const Desc& desc) noexcept {
    return std::max<std::uint64_t>(desc.min_piece, 1);
}

veda_status sentence_of(const loop& whole, const char* function) noexcept {
    const veda_status outcome = whole.outcome.load(relaxed);  // relaxed: every part is joined
    const auto number = [](std::uint64_t n) { return static_cast<unsigned long long>(n); };
    switch (outcome) {
        case VEDA_OK: return VEDA_OK;
        case VEDA_E_CANCELLED:
            return fail(outcome, "%s: the body returned VEDA_STOP for [%llu, %llu)", function,
                        number(whole.piece_begin), number(whole.piece_end));
        case VEDA_E_PROGRESS:
            return fail(outcome,
                        "%s: the body returned %llu for [%llu, %llu), must be above begin and at "
                        "most end",
                        function, number(whole.returned), number(whole.piece_begin),
                        number(whole.piece_end));
        default: return fail(outcome, "%s: out of memory for an accumulator", function);
    }
}

}  // namespace

std::uint64_t patience(worker& self) noexcept {
    constexpr std::uint64_t alone_us = 10;  // about what a wake-up costs
    if (self.pool.people.load().searching > 0) return 0;
    return alone_us * os::ticks_per_us();
}

veda_status run_for(worker& self, const veda_for_desc_t& desc, veda_range_fn body,
                    void* ctx) noexcept {
    const std::uint64_t length = desc.end - desc.begin;
    loop whole(self, length, least_piece(desc), desc.max_piece, ctx);
    for_part part{&whole, body};
    if (desc.flags & VEDA_FOR_SPREAD)
        spread_range(self, part, desc.begin, desc.end, self.pool.limit());
    else
        run_loop(self, part, desc.begin, desc.end);
    return sentence_of(whole, "veda_for");
}

veda_status run_reduce(worker& self, const veda_reduce_desc_t& desc, veda_fold_fn fold,
                       veda_combine_fn combine, void* ctx, void* result) noexcept {
    const std::uint64_t length = desc.end - desc.begin;
    reduction r{loop(self, length, least_piece(desc), desc.max_piece, ctx),
                fold,
                combine,
                desc.identity,
                desc.acc_size,
                desc.min_piece};
    reduce_part part(r);
    if (desc.flags & VEDA_REDUCE_DETERMINISTIC) {
        if (r.block == 0) r.block = 4096;
        std::fegetenv(&r.caller);
        tree_half::run_tree(self, part, desc.begin, desc.end);
    } else {
        run_loop(self, part, desc.begin, desc.end);
    }
    const veda_status outcome = sentence_of(r.whole, "veda_reduce");
    if (outcome == VEDA_OK) std::memcpy(result, part.acc.data(), desc.acc_size);
    return outcome;
}

}  // namespace veda::rt

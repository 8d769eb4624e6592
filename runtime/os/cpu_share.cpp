#include "os/cpu_share.hpp"

#include <link.h>

#include <algorithm>
#include <bit>
#include <cstring>

#include "base/atomic.hpp"

using seats_word = veda::rt::atomic<std::uint64_t>;

// The note's layout, and that the board is one such word with a bit per seat, is the same for every
// version of the library. Another layout needs another type of note.
extern "C" {
[[gnu::used, gnu::visibility("hidden")]] seats_word veda_seats{0};
}
// The three numbers: size of the name, size of the description, type.
asm(R"(
    .pushsection .note.veda.seats, "a", %note
    .balign 4
    .long 5, 4, 1
    .asciz "veda"
    .balign 4
0:  .long veda_seats - 0b
    .popsection
)");

namespace veda::rt::os {

namespace {

constexpr std::uint32_t seats_type = 1;

seats_word* board = &veda_seats;  // constant once the library is loaded
seats_word own_seat{0};           // written by whoever starts or ends the default runtime

std::size_t padded(std::size_t size) noexcept { return (size + 3) & ~std::size_t{3}; }

// The board that a segment of notes names, nullptr if none does.
seats_word* board_in(const char* at, std::size_t size) noexcept {
    const char* end = at + size;
    while (static_cast<std::size_t>(end - at) >= sizeof(ElfW(Nhdr))) {
        ElfW(Nhdr) note;
        std::memcpy(&note, at, sizeof note);
        const char* name = at + sizeof note;
        const char* description = name + padded(note.n_namesz);
        if (note.n_namesz == 5 && note.n_descsz == 4 && note.n_type == seats_type &&
            std::memcmp(name, "veda", 5) == 0) {
            std::int32_t distance;
            std::memcpy(&distance, description, sizeof distance);
            return reinterpret_cast<seats_word*>(const_cast<char*>(description) + distance);
        }
        at = description + padded(note.n_descsz);
    }
    return nullptr;
}

int look_into(dl_phdr_info* object, std::size_t, void* found) noexcept {
    for (int i = 0; i < object->dlpi_phnum; ++i) {
        const ElfW(Phdr)& segment = object->dlpi_phdr[i];
        if (segment.p_type != PT_NOTE || segment.p_align > 4) continue;
        const auto* notes = reinterpret_cast<const char*>(object->dlpi_addr + segment.p_vaddr);
        if (seats_word* seats = board_in(notes, segment.p_memsz))
            return *static_cast<seats_word**>(found) = seats, 1;
    }
    return 0;
}

// While the library is loaded, when nobody else loads: never later, for the loader's lock may be
// held at the moment of a fork, and the child would wait for it for ever.
[[gnu::constructor]] void find_board() noexcept { dl_iterate_phdr(look_into, &board); }

}  // namespace

void take_seat() noexcept {
    std::uint64_t taken =
        board->load(relaxed);  // relaxed, everywhere: numbers, nothing hangs on them
    std::uint64_t seat;
    do {
        seat = ~taken & (taken + 1);  // the lowest free bit; 0 if 64 copies sit
    } while (seat != 0 && !board->compare_exchange_weak(taken, taken | seat, relaxed));
    own_seat.store(seat, relaxed);
}

void leave_seat() noexcept { board->fetch_and(~own_seat.exchange(0, relaxed), relaxed); }

std::uint32_t seats_taken() noexcept {
    return static_cast<std::uint32_t>(std::popcount(board->load(relaxed)));
}

std::uint32_t share_of(std::uint32_t cpus) noexcept {
    const std::uint64_t seat = own_seat.load(relaxed);
    if (seat == 0) return cpus;
    const std::uint64_t taken = board->load(relaxed) | seat;
    const auto sharers = static_cast<std::uint32_t>(std::popcount(taken));
    const auto before = static_cast<std::uint32_t>(std::popcount(taken & (seat - 1)));
    return std::max(cpus / sharers + (before < cpus % sharers ? 1 : 0), 1u);
}

}  // namespace veda::rt::os

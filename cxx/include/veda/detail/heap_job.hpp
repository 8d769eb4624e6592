// heap_job.hpp: room for a task that outlives the frame that made it, out of the worker's slabs.
//
// A slab block is aligned to 16; a closure that wants more is boxed. Never use the global heap for
// the block itself: veda_job_free must get back what veda_job_alloc gave.
#ifndef VEDA_DETAIL_HEAP_JOB_HPP
#define VEDA_DETAIL_HEAP_JOB_HPP

#include <veda/job.h>
#include <veda/detail/outcome.hpp>
#include <veda/detail/stack_job.hpp>

#include <cstdint>
#include <exception>
#include <memory>
#include <new>
#include <type_traits>
#include <utility>

namespace veda::detail {

inline constexpr std::size_t slab_alignment = 16;

// A closure kept in a block: in place, or boxed if it wants a greater alignment.
template <class F>
class closure_in_block {
  public:
    template <class G>
    explicit closure_in_block(G&& g) : closure_(std::forward<G>(g)) {}
    F& get() noexcept { return closure_; }

  private:
    F closure_;
};

template <class F>
    requires(alignof(F) > slab_alignment)
class closure_in_block<F> {
  public:
    template <class G>
    explicit closure_in_block(G&& g) : closure_(std::make_unique<F>(std::forward<G>(g))) {}
    F& get() noexcept { return *closure_; }

  private:
    std::unique_ptr<F> closure_;
};

// A closure that fits into the words that a spawned job has to spare: its task is one cache line.
template <class F>
concept fits_into_job =
    sizeof(F) <= VEDA_TASK_ROOM && alignof(F) <= alignof(std::uint64_t);

// A job with its closure, behind the struct or in it.
template <class F>
struct closure_job : veda_job_t {
    closure_in_block<F> closure;

    template <class G>
    explicit closure_job(G&& g) : closure(std::forward<G>(g)) {}
    F& get() noexcept { return closure.get(); }
};

template <fits_into_job F>
struct closure_job<F> : veda_job_t {
    template <class G>
    explicit closure_job(G&& g) {
        ::new (static_cast<void*>(room())) F(std::forward<G>(g));
    }
    closure_job(const closure_job&) = delete;
    ~closure_job() { std::destroy_at(std::addressof(get())); }
    F& get() noexcept { return *std::launder(reinterpret_cast<F*>(room())); }

  private:
    std::uint64_t* room() noexcept { return &this->reserved[VEDA_TASK_ROOM_WORD]; }
};

// The smallest blocks of the slabs stay with the worker that ran their task, a few at a time, for its next
// spawn: these are in its cache, and need no call. Each names the next one, and how many there are.
template <class T>
concept fits_small_block = sizeof(T) <= 64;

#ifndef VEDA_NO_INLINE_TIER
struct free_block {
    free_block* next;
    std::uint64_t count;
};
inline constexpr std::uint64_t most_free_blocks = 32;

// nullptr if there is none.
[[gnu::__always_inline__]] inline void* take_free_block() noexcept {
    worker_ptr worker = this_head();
    auto* block = static_cast<free_block*>(worker->free_blocks);
    if (block != nullptr) [[likely]] {
        worker->free_blocks = block->next;
    }
    return block;
}
// False if the worker has enough of them.
[[gnu::__always_inline__]] inline bool keep_free_block(veda_worker_t* worker, void* memory) noexcept {
    auto* head = reinterpret_cast<worker_ptr>(worker);
    auto* next = static_cast<free_block*>(head->free_blocks);
    const std::uint64_t count = next == nullptr ? 1 : next->count + 1;
    if (count > most_free_blocks) [[unlikely]] {
        return false;
    }
    head->free_blocks = ::new (memory) free_block{next, count};
    return true;
}
#else
inline void* take_free_block() noexcept { return nullptr; }
inline bool keep_free_block(veda_worker_t*, void*) noexcept { return false; }
#endif

template <class T>
[[gnu::__always_inline__]] inline void* allocate_block() noexcept {
    if constexpr (fits_small_block<T>) {
        if (void* block = take_free_block(); block != nullptr) [[likely]] {
            return block;
        }
    }
    return veda_job_alloc(sizeof(T));
}

// Builds a T in a block of the slabs; frees the block again if T's constructor throws. A T that wants a
// greater alignment than they have lives on the heap.
template <class T, class... Args>
    requires(alignof(T) > slab_alignment)
T* make_in_block(Args&&... args) {
    return new T(std::forward<Args>(args)...);
}
template <class T, class... Args>
T* make_in_block(Args&&... args) {
    void* block = allocate_block<T>();
    if (block == nullptr) [[unlikely]] {
        throw std::bad_alloc();
    }
    struct guard {
        void* block;
        ~guard() {
            if (block != nullptr) veda_job_free(block, sizeof(T));
        }
    } guard{block};
    T* made = ::new (block) T(std::forward<Args>(args)...);
    guard.block = nullptr;
    return made;
}

template <class T>
    requires(alignof(T) > slab_alignment)
void destroy_in_block(T* made) noexcept {
    delete made;
}
template <class T>
void destroy_in_block(T* made) noexcept {
    made->~T();
    veda_job_free(made, sizeof(T));
}

// At the end of a task, by the worker that ran it.
template <class T>
void destroy_after_run(T* made, veda_worker_t* worker) noexcept {
    if constexpr (fits_small_block<T> && alignof(T) <= slab_alignment) {
        made->~T();
        if (!keep_free_block(worker, made)) veda_job_free(made, sizeof(T));
    } else {
        destroy_in_block(made);
    }
}

// The sentence of an exception, for those who only take text.
inline const char* text_of(const std::exception_ptr& error, char* buffer,
                           std::size_t size) noexcept {
    const char* text = "an exception that is no std::exception";
    try {
        std::rethrow_exception(error);
    } catch (const std::exception& e) {
        text = e.what() != nullptr ? e.what() : "";
    } catch (...) {
    }
    std::size_t i = 0;
    for (; i + 1 < size && text[i] != '\0'; ++i) buffer[i] = text[i];
    buffer[i] = '\0';
    return buffer;
}

}  // namespace veda::detail

#endif

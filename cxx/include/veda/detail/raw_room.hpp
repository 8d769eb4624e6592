// raw_room.hpp: uninitialised room for elements. Whoever uses it makes and destroys them, if they need that.
#ifndef VEDA_DETAIL_RAW_ROOM_HPP
#define VEDA_DETAIL_RAW_ROOM_HPP

#include <veda/detail/language.hpp>
#include <veda/detail/huge_pages.hpp>

#include <cstdint>
#include <new>

namespace veda::detail {

template <class T>
class raw_room {
  public:
    explicit raw_room(std::uint64_t size)
        : first_(static_cast<T*>(::operator new(size * sizeof(T), std::align_val_t{alignof(T)}))) {
        expect_to_fill(first_, size * sizeof(T));
    }
    raw_room(const raw_room&) = delete;
    raw_room& operator=(const raw_room&) = delete;
    ~raw_room() { ::operator delete(first_, std::align_val_t{alignof(T)}); }
    T* data() const noexcept { return first_; }

  private:
    T* first_;
};

}  // namespace veda::detail

#endif

#include "model/checker/choices.hpp"

#include <cstdlib>

#include "model/checker/machine.hpp"

namespace veda::model {

namespace {
constexpr std::uint64_t newest_percent = 60;
}

void choices::begin_search(const config& how) {
    path_.clear();
    depth_ = 0;
    replaying_ = !how.replay.empty();
    random_ = how.how != search::exhaustive && !replaying_;
    state_ = how.seed * 0x9E3779B97F4A7C15ull | 1;
    const char* text = how.replay.c_str();
    while (*text != '\0') {
        char* end;
        path_.push_back({0, static_cast<std::uint16_t>(std::strtoul(text, &end, 10))});
        text = *end == '.' ? end + 1 : end;
        if (end == text && *end != '\0') break;  // not a replay string
    }
}

void choices::begin_execution() {
    depth_ = 0;
    if (random_) path_.clear();
}

std::uint64_t choices::dice() noexcept {
    state_ ^= state_ << 13;
    state_ ^= state_ >> 7;
    state_ ^= state_ << 17;
    return state_;
}

// True if the path already says what to choose here.
bool choices::follow(int options, int& chosen) {
    if (depth_ >= path_.size()) return false;
    step& next = path_[depth_++];
    if (replaying_) next.options = static_cast<std::uint16_t>(options);
    if (next.options != options || next.chosen >= options)
        fail("the body is not deterministic, or the replay string belongs to another one");
    chosen = next.chosen;
    return true;
}

int choices::record(int options, int chosen) {
    path_.push_back({static_cast<std::uint16_t>(options), static_cast<std::uint16_t>(chosen)});
    ++depth_;
    return chosen;
}

int choices::choose(int options) {
    int chosen = 0;
    if (options <= 1 || follow(options, chosen)) return chosen;
    return record(options, random_ ? static_cast<int>(dice() % options) : 0);
}

int choices::choose_read(int options) {
    int chosen = 0;
    if (options <= 1 || follow(options, chosen)) return chosen;
    const bool newest = !random_ || dice() % 100 < newest_percent;
    return record(options, newest ? 0 : static_cast<int>(dice() % options));
}

bool choices::advance() {
    path_.resize(depth_);
    while (!path_.empty() && path_.back().chosen + 1 >= path_.back().options) path_.pop_back();
    if (path_.empty()) return false;
    ++path_.back().chosen;
    return true;
}

std::string choices::replay() const {
    std::size_t length = depth_;
    while (length > 0 && path_[length - 1].chosen == 0) --length;
    std::string text;
    for (std::size_t i = 0; i < length; ++i) {
        if (i > 0) text += '.';
        text += std::to_string(path_[i].chosen);
    }
    if (text.empty()) text += '0';
    return text;
}

}  // namespace veda::model

// options.hpp: the command line that every benchmark program understands.
//
//     bench_<runtime> list
//     bench_<runtime> <case> [--threads N] [--variant NAME] [--<parameter> VALUE]...
//
// A program does exactly one measurement series per process, so that no runtime sees threads, warm
// caches or allocator state that another case left behind.
#pragma once

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <string>
#include <string_view>

namespace bench {

[[noreturn]] inline void fail(const std::string& message) {
    std::fprintf(stderr, "bench: %s\n", message.c_str());
    std::exit(2);
}

class options {
  public:
    options(int argc, char** argv) {
        if (argc < 2) fail("usage: list | <case> [--threads N] [--variant NAME] [--key value]...");
        case_name = argv[1];
        for (int i = 2; i < argc; i += 2) {
            std::string_view key = argv[i];
            if (!key.starts_with("--") || i + 1 >= argc) fail("bad argument " + std::string(key));
            values_[std::string(key.substr(2))] = argv[i + 1];
        }
        threads = static_cast<unsigned>(number("threads", 1));
        variant = text("variant", "");
    }

    [[nodiscard]] std::uint64_t number(const std::string& key, std::uint64_t fallback) const {
        auto found = values_.find(key);
        return found == values_.end() ? fallback
                                      : std::strtoull(found->second.c_str(), nullptr, 10);
    }

    [[nodiscard]] std::string text(const std::string& key, const std::string& fallback) const {
        auto found = values_.find(key);
        return found == values_.end() ? fallback : found->second;
    }

    std::string case_name;
    std::string variant;
    unsigned threads = 1;

  private:
    std::map<std::string, std::string> values_;
};

}  // namespace bench

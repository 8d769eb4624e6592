// progress_bar.hpp: a hook for .progress(...) that draws a line on a terminal.
//
//     veda::par(files).progress(veda::progress_bar("reading")).for_each(read);
//
//     reading  [=========>          ]  47 %  1.2k/2.5k  310/s  eta 0:04
//
// It writes to stderr, only if that is a terminal unless it is told to, and wipes its line when it dies,
// which is when the chain does. Where the length is not known it tells the count and the rate. It must
// never throw: what cannot be written is not written.
#ifndef VEDA_PROGRESS_BAR_HPP
#define VEDA_PROGRESS_BAR_HPP

#include <veda/detail/language.hpp>
#include <veda/iter/progress.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <string>
#include <utility>

#include <unistd.h>

namespace veda {

class progress_bar {
  public:
    enum class draw { on_terminal, always, never };

    explicit progress_bar(std::string label = {}, draw when = draw::on_terminal, int width = 30)
        : label_(std::move(label)),
          width_(std::clamp(width, 0, 200)),
          draws_(when == draw::always || (when == draw::on_terminal && ::isatty(STDERR_FILENO) == 1)) {}

    progress_bar(progress_bar&& other) noexcept
        : label_(std::move(other.label_)),
          width_(other.width_),
          draws_(std::exchange(other.draws_, false)),
          drawn_(std::exchange(other.drawn_, false)) {}
    progress_bar& operator=(progress_bar&&) = delete;
    ~progress_bar() { wipe(); }

    // The hook. Call it from one thread at a time.
    void operator()(const progress_report& report) noexcept {
        if (!draws_) return;
        try {
            put((wipe_line + line(report)).c_str());
            drawn_ = true;
        } catch (...) {  // no memory for a line: no line
        }
    }

    // The text of a line, without the terminal's codes.
    std::string line(const progress_report& report) const {
        std::string text = label_;
        if (!label_.empty()) text += "  ";
        if (report.total) {
            const double share = *report.total == 0
                ? 1.0
                : static_cast<double>(report.done) / static_cast<double>(*report.total);
            text += bar(share) + "  " + std::to_string(static_cast<int>(share * 100)) + " %  " +
                    short_count(static_cast<double>(report.done)) + "/" +
                    short_count(static_cast<double>(*report.total));
        } else {
            text += short_count(static_cast<double>(report.done));
        }
        text += "  " + short_count(report.per_second()) + "/s";
        if (report.eta) {
            text += "  eta " + clock(*report.eta);
        } else {
            text += "  " + clock(report.elapsed);
        }
        return text;
    }

  private:
    static constexpr const char* wipe_line = "\r\x1b[K";

    void wipe() noexcept {
        if (std::exchange(drawn_, false)) put(wipe_line);
    }

    static void put(const char* text) noexcept {
        std::fputs(text, stderr);
        std::fflush(stderr);
    }

    std::string bar(double share) const {
        const auto width = static_cast<std::size_t>(width_);
        const auto full = std::min(width, static_cast<std::size_t>(share * static_cast<double>(width)));
        std::string text = "[" + std::string(full, '=');
        if (full < width) text += ">" + std::string(width - full - 1, ' ');
        return text + "]";
    }

    // 999, 1.0k, 12k, 345M: three places are enough for what changes all the time.
    static std::string short_count(double n) {
        constexpr const char* units[] = {"", "k", "M", "G", "T", "P", "E"};
        std::size_t unit = 0;
        while (n >= 999.5 && unit + 1 < std::size(units)) {
            n /= 1000;
            ++unit;
        }
        char text[32];
        std::snprintf(text, sizeof(text), unit != 0 && n < 9.95 ? "%.1f%s" : "%.0f%s", n, units[unit]);
        return text;
    }

    // 0:07, 12:34, 1:02:03
    static std::string clock(std::chrono::nanoseconds time) {
        const long long all = std::chrono::duration_cast<std::chrono::seconds>(time).count();
        char text[48];
        if (all >= 3600) {
            std::snprintf(text, sizeof(text), "%lld:%02lld:%02lld", all / 3600, all / 60 % 60, all % 60);
        } else {
            std::snprintf(text, sizeof(text), "%lld:%02lld", all / 60, all % 60);
        }
        return text;
    }

    std::string label_;
    int width_;
    bool draws_;
    bool drawn_ = false;
};

}  // namespace veda

#endif

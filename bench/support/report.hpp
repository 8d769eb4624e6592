// report.hpp: one JSON line per measurement, on standard output.
//
//     {"case": "fib", "params": {"n": 33}, "runtime": "tbb", "variant": "", "threads": 2,
//      "metric": "time per fork", "value": 76.1, "unit": "ns", "cores": 1.99}
//
// cores is how much processor time the timed part used per second, where a case knows it: it shows
// a "one-thread" figure that was secretly helped by a second thread.
#pragma once

#include <bench/support/options.hpp>
#include <cstdint>
#include <cstdio>
#include <string>

namespace bench {

// The numbers that say which work was done, in the order in which they are added.
class params {
  public:
    params& add(const char* key, std::uint64_t value) { return append(key, std::to_string(value)); }
    params& add(const char* key, const std::string& value) {
        return append(key, '"' + value + '"');
    }
    [[nodiscard]] const std::string& json() const { return json_; }

  private:
    params& append(const char* key, const std::string& value) {
        if (!json_.empty()) json_ += ", ";
        json_ += '"' + std::string(key) + "\": " + value;
        return *this;
    }
    std::string json_;
};

class reporter {
  public:
    reporter(std::string runtime, const options& opts)
        : runtime_(std::move(runtime)), opts_(opts) {}

    // A negative value of cores means "not measured".
    void line(const params& p, const char* metric, double value, const char* unit,
              double cores = -1) const {
        std::printf(
            "{\"case\": \"%s\", \"params\": {%s}, \"runtime\": \"%s\", \"variant\": \"%s\", "
            "\"threads\": %u, \"metric\": \"%s\", \"value\": %.9g, \"unit\": \"%s\"",
            opts_.case_name.c_str(), p.json().c_str(), runtime_.c_str(), opts_.variant.c_str(),
            opts_.threads, metric, value, unit);
        if (cores >= 0) std::printf(", \"cores\": %.3f", cores);
        std::printf("}\n");
        std::fflush(stdout);
    }

  private:
    std::string runtime_;
    const options& opts_;
};

}  // namespace bench

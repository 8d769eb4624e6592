// main.cpp: the scenarios as tests, one execution again, or the order-mutation gate.
//
//   model_suites [--gtest_...]              all scenarios
//   model_suites --replay=NAME=0.1.0.2      one execution of one scenario, with its trace
//   model_suites --gate SITES WAIVERS KILLERS   the gate; see gate.cpp
//   VEDA_MODEL_FULL=1                       wider bounds, and every site at the gate
#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "model/suites/gate.hpp"
#include "model/suites/scenario.hpp"

namespace veda::model {

namespace {

std::string in_words(const config& bounds, const result& r) {
    if (r.complete && bounds.preemptions == unlimited && bounds.stale_reads == unlimited)
        return "complete";
    std::string text = r.complete ? "complete within" : "cut off within";
    if (bounds.how == search::pct) text = "by priorities,";
    if (bounds.how == search::random) text = "by dice,";
    if (bounds.preemptions != unlimited)
        text += " preemptions " + std::to_string(bounds.preemptions);
    if (bounds.stale_reads != unlimited)
        text += " old values " + std::to_string(bounds.stale_reads);
    return text;
}

// The path of a search by dice begins with this, because it had other bounds.
constexpr char dice_mark = 'd';

class ScenarioTest : public testing::Test {
  public:
    explicit ScenarioTest(const scenario& s) : s_(s) {}
    void TestBody() override {
        explore_within(widened(s_.bounds), "");
        for (const search how : {search::random, search::pct})
            if (full_run() && !HasFailure()) explore_within(by_dice(s_.bounds, how), {dice_mark});
    }

  private:
    void explore_within(const config& bounds, const std::string& mark) {
        const result r = explore(bounds, s_.body);
        std::printf("%-40s %9llu executions %7.2f s  %s\n", s_.name.c_str(),
                    static_cast<unsigned long long>(r.executions), r.seconds,
                    in_words(bounds, r).c_str());
        if (r.failed)
            FAIL() << r.message << "\n"
                   << replay(s_.name, mark + r.replay).trace << "replay(\"" << s_.name << "\", \""
                   << mark << r.replay << "\")";
        // A search that an end was not set for must reach it.
        const bool must_end =
            bounds.how == search::exhaustive && bounds.max_executions == UINT64_MAX;
        EXPECT_TRUE(r.complete || !must_end)
            << "the bounds are too wide for " << bounds.max_seconds << " s";
    }

    const scenario& s_;
};

int replay_argument(const char* text) {
    const char* path = std::strrchr(text, '=');
    const std::string name(text, path ? static_cast<std::size_t>(path - text) : std::strlen(text));
    if (!path || !find(name)) {
        std::fprintf(stderr, "model_suites: no scenario %s\n", name.c_str());
        return 2;
    }
    const result r = replay(name, path + 1);
    std::printf("%s%s\n", r.trace.c_str(), r.failed ? r.message.c_str() : "no failure");
    return r.failed;
}

}  // namespace

result replay(const std::string& name, const std::string& path) {
    const scenario* s = find(name);
    const bool dice = !path.empty() && path[0] == dice_mark;
    config how = !s ? config{} : dice ? by_dice(s->bounds, search::random) : widened(s->bounds);
    how.replay = path.substr(dice);
    how.trace = true;
    if (s) return explore(how, s->body);
    result none;
    none.failed = true;
    none.message = "no scenario " + name;
    return none;
}

}  // namespace veda::model

int main(int count, char** arguments) {
    using namespace veda::model;
    if (const char* name =
            std::getenv("VEDA_MODEL_WEAKEN")) {  // for looking into one: SITE -> order
        if (!weaken_by_name(name)) return 2;
    }
    for (int i = 1; i < count; ++i) {
        if (std::strncmp(arguments[i], "--replay=", 9) == 0)
            return replay_argument(arguments[i] + 9);
        if (std::strcmp(arguments[i], "--gate") == 0 && i + 3 < count)
            return run_gate(arguments[i + 1], arguments[i + 2], arguments[i + 3]);
    }
    testing::InitGoogleTest(&count, arguments);
    for (const scenario& s : scenarios()) {
        const std::size_t dot = s.name.find('.');
        testing::RegisterTest(s.name.substr(0, dot).c_str(), s.name.substr(dot + 1).c_str(),
                              nullptr, nullptr, __FILE__, __LINE__,
                              [&s]() -> testing::Test* { return new ScenarioTest(s); });
    }
    return RUN_ALL_TESTS();
}

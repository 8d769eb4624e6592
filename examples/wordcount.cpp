// wordcount: counts the words of all files below some folders, once on one thread and once on all
// of them, checks that both agree, and prints the most frequent words and the speed-up.
//
//     wordcount [--top N] [--workers N] [folder...]        default: the current folder
//
// How the parallel count goes: the files are mapped into memory, large ones are cut into chunks at
// word boundaries, veda::par goes over all chunks, each worker folds its chunks into a hash map of
// its own, and the maps are reduced into one. The words are never copied: the maps hold views into
// the mapped files.
//
// Exit status: 0 both counts agree, 1 they do not, 2 nothing to count or a wrong option.
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>
#include <veda/veda.hpp>

namespace {

namespace fs = std::filesystem;

// --- words --------------------------------------------------------------------------------------

// A word is a run of letters, digits and underscores; bytes from 128 on belong to UTF-8 letters.
constexpr std::array<bool, 256> make_word_bytes() {
    std::array<bool, 256> table{};
    for (int c = 0; c < 256; ++c)
        table[static_cast<std::size_t>(c)] = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                                             (c >= '0' && c <= '9') || c == '_' || c >= 128;
    return table;
}
constexpr std::array<bool, 256> word_bytes = make_word_bytes();

bool in_word(char c) { return word_bytes[static_cast<unsigned char>(c)]; }

// --- a hash map from words to counts
// --------------------------------------------------------------

// Open addressing, no removal, the keys are views: a fraction of the memory and the time of
// std::unordered_map.
class word_table {
  public:
    struct entry {
        std::string_view word;
        std::uint64_t hash = 0;
        std::uint64_t count = 0;  // 0: the place is free
    };

    void add(std::string_view word, std::uint64_t hash, std::uint64_t count) {
        if (4 * (used_ + 1) > 3 * places_.size()) grow();
        entry& place = find(word, hash);
        if (place.count == 0) {
            place.word = word;
            place.hash = hash;
            ++used_;
        }
        place.count += count;
    }

    template <class F>
    void for_each(F f) const {
        for (const entry& e : places_)
            if (e.count != 0) f(e);
    }

    void add_all(const word_table& other) {
        other.for_each([this](const entry& e) { add(e.word, e.hash, e.count); });
    }

    std::size_t size() const { return used_; }

    bool same_as(const word_table& other) const {
        if (used_ != other.used_) return false;
        return std::all_of(places_.begin(), places_.end(), [&](const entry& e) {
            return e.count == 0 || other.find(e.word, e.hash).count == e.count;
        });
    }

  private:
    // The word's place, or the free one where it belongs. There is always a free place.
    const entry& find(std::string_view word, std::uint64_t hash) const {
        const std::size_t mask = places_.size() - 1;
        for (std::size_t at = hash & mask;; at = (at + 1) & mask) {
            const entry& e = places_[at];
            if (e.count == 0 || (e.hash == hash && e.word == word)) return e;
        }
    }
    entry& find(std::string_view word, std::uint64_t hash) {
        return const_cast<entry&>(std::as_const(*this).find(word, hash));
    }

    void grow() {
        std::vector<entry> old(std::max<std::size_t>(2 * places_.size(), 32));
        old.swap(places_);
        for (const entry& e : old)
            if (e.count != 0) find(e.word, e.hash) = e;
    }

    std::vector<entry> places_;  // as many as a power of two, or none
    std::size_t used_ = 0;
};

// The words of some text, spread over tables by the first bits of their hash, so that two counts
// can be merged table by table, in parallel.
class word_counts {
  public:
    void add(std::string_view word, std::uint64_t hash) {
        tables_[hash >> (64 - table_bits)].add(word, hash, 1);
    }

    void add_all(const word_counts& other) {
        veda::par(tables_).zip(other.tables_).for_each([](auto pair) {
            pair.first.add_all(pair.second);
        });
    }

    bool same_as(const word_counts& other) const {
        return veda::par(tables_).zip(other.tables_).all_of([](const auto& pair) {
            return pair.first.same_as(pair.second);
        });
    }

    std::size_t distinct() const {
        return veda::par(tables_).map([](const word_table& table) { return table.size(); }).sum();
    }

    std::uint64_t total() const {
        return veda::par(tables_)
            .map([](const word_table& table) {
                std::uint64_t sum = 0;
                table.for_each([&](const word_table::entry& e) { sum += e.count; });
                return sum;
            })
            .sum();
    }

    // The n most frequent words; equally frequent ones in alphabetical order.
    std::vector<word_table::entry> top(std::size_t n) const {
        std::vector<word_table::entry> words;
        for (const word_table& table : tables_)
            table.for_each([&](const word_table::entry& e) { words.push_back(e); });
        n = std::min(n, words.size());
        const auto before = [](const word_table::entry& a, const word_table::entry& b) {
            return a.count != b.count ? a.count > b.count : a.word < b.word;
        };
        std::partial_sort(words.begin(), words.begin() + static_cast<std::ptrdiff_t>(n),
                          words.end(), before);
        words.resize(n);
        return words;
    }

  private:
    static constexpr unsigned table_bits = 6;
    std::vector<word_table> tables_ = std::vector<word_table>(std::size_t{1} << table_bits);
};

// The whole job of a chunk: finds its words, hashing on the way, and counts them.
void count_words(std::string_view text, word_counts& counts) {
    const char* at = text.data();
    const char* const end = at + text.size();
    for (;;) {
        while (at != end && !in_word(*at)) ++at;
        if (at == end) return;
        const char* const begin = at;
        std::uint64_t hash = 0xcbf29ce484222325u;  // FNV-1a
        do {
            hash = (hash ^ static_cast<unsigned char>(*at)) * 0x100000001b3u;
        } while (++at != end && in_word(*at));
        hash ^= hash >> 32;  // the table looks at the low bits only
        counts.add({begin, static_cast<std::size_t>(at - begin)}, hash);
    }
}

// --- files
// ----------------------------------------------------------------------------------------

// Compressed files, pictures, programs: they have a zero byte near their beginning, as text has
// not.
bool is_binary(std::string_view bytes) {
    return std::memchr(bytes.data(), 0, std::min<std::size_t>(bytes.size(), 8192)) != nullptr;
}

// A text file in memory, read only. Unreadable and binary files have no text.
class mapped_file {
  public:
    explicit mapped_file(const std::string& path) {
        const int descriptor = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
        if (descriptor < 0) return;
        struct stat status {};
        if (fstat(descriptor, &status) == 0 && S_ISREG(status.st_mode)) {
            readable_ = true;
            if (status.st_size > 0) map(descriptor, static_cast<std::size_t>(status.st_size));
        }
        close(descriptor);
    }
    mapped_file(mapped_file&& other) noexcept
        : bytes_(std::exchange(other.bytes_, {})),
          readable_(other.readable_),
          binary_(other.binary_) {}
    mapped_file& operator=(mapped_file&&) = delete;
    ~mapped_file() {
        if (!bytes_.empty()) munmap(const_cast<char*>(bytes_.data()), bytes_.size());
    }

    bool readable() const { return readable_; }
    bool binary() const { return binary_; }
    std::string_view text() const { return binary_ ? std::string_view{} : bytes_; }

  private:
    void map(int descriptor, std::size_t size) {
        void* memory = mmap(nullptr, size, PROT_READ, MAP_PRIVATE, descriptor, 0);
        readable_ = memory != MAP_FAILED;
        if (!readable_) return;
        bytes_ = {static_cast<const char*>(memory), size};
        binary_ = is_binary(bytes_);
    }

    std::string_view bytes_;
    bool readable_ = false;
    bool binary_ = false;
};

struct collection {
    std::vector<std::string> paths;
    std::uint64_t unreadable = 0;  // folders
};

// All regular files below the folders, in a fixed order. Links are not followed.
collection collect_paths(const std::vector<std::string>& folders) {
    collection found;
    for (const std::string& folder : folders) {
        std::error_code error;
        if (fs::is_regular_file(folder, error)) {
            found.paths.push_back(folder);
            continue;
        }
        auto at = fs::recursive_directory_iterator(
            folder, fs::directory_options::skip_permission_denied, error);
        if (error) {
            std::fprintf(stderr, "wordcount: %s: %s\n", folder.c_str(), error.message().c_str());
            ++found.unreadable;
            continue;
        }
        for (const fs::recursive_directory_iterator end; at != end; at.increment(error)) {
            std::error_code ignored;
            if (at->symlink_status(ignored).type() == fs::file_type::regular)
                found.paths.push_back(at->path().string());
            if (error) break;
        }
    }
    std::sort(found.paths.begin(), found.paths.end());
    return found;
}

// Cuts text into pieces of about chunk_size bytes that begin and end between words.
void cut_into_chunks(std::string_view text, std::vector<std::string_view>& chunks) {
    constexpr std::size_t chunk_size = 256 << 10;
    while (text.size() > chunk_size) {
        std::size_t cut = chunk_size;
        while (cut < text.size() && in_word(text[cut])) ++cut;
        chunks.push_back(text.substr(0, cut));
        text.remove_prefix(cut);
    }
    if (!text.empty()) chunks.push_back(text);
}

// --- the two counts
// -------------------------------------------------------------------------------

word_counts count_serially(const std::vector<std::string_view>& chunks) {
    word_counts counts;
    for (const std::string_view chunk : chunks) count_words(chunk, counts);
    return counts;
}

word_counts count_in_parallel(const std::vector<std::string_view>& chunks) {
    return veda::par(chunks)
        .fold([] { return word_counts{}; },
              [](word_counts& counts, std::string_view chunk) { count_words(chunk, counts); })
        .reduce([] { return word_counts{}; },
                [](word_counts left, word_counts right) {
                    // Into the larger one, so that little is moved.
                    if (left.distinct() < right.distinct()) std::swap(left, right);
                    left.add_all(right);
                    return left;
                });
}

template <class F>
double seconds_of(F f) {
    const auto start = std::chrono::steady_clock::now();
    f();
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

struct outcome {
    word_counts serial, parallel;
    double serial_time = 0, parallel_time = 0;
};

// Both counts in turn, some times; the best time of each, so that a disturbance does not decide.
outcome count_both(const std::vector<std::string_view>& chunks) {
    outcome out;
    out.parallel = count_in_parallel(chunks);  // reads the files from the disk: not measured
    for (int run = 0; run < 3; ++run) {
        const double serial = seconds_of([&] { out.serial = count_serially(chunks); });
        const double parallel = seconds_of([&] { out.parallel = count_in_parallel(chunks); });
        out.serial_time = run == 0 ? serial : std::min(out.serial_time, serial);
        out.parallel_time = run == 0 ? parallel : std::min(out.parallel_time, parallel);
    }
    return out;
}

// --- the command line
// -----------------------------------------------------------------------------

struct options {
    std::vector<std::string> folders;
    std::size_t top = 10;
    std::uint32_t workers = 0;  // 0: as many as the machine allows
};

constexpr const char* usage = "usage: wordcount [--top N] [--workers N] [folder...]\n";

template <class Number>
bool parse_number(const char* text, Number& number) {
    const char* end = text + std::strlen(text);
    const auto [stop, error] = std::from_chars(text, end, number);
    return error == std::errc{} && stop == end && stop != text;
}

bool parse(int argc, char** argv, options& chosen) {
    for (int i = 1; i < argc; ++i) {
        const std::string_view argument = argv[i];
        const bool top = argument == "--top";
        if (top || argument == "--workers") {
            const char* value = i + 1 < argc ? argv[++i] : "";
            if (top ? parse_number(value, chosen.top) : parse_number(value, chosen.workers))
                continue;
            std::fprintf(stderr, "wordcount: %s needs a number, not \"%s\"\n",
                         top ? "--top" : "--workers", value);
            return false;
        }
        if (argument.starts_with("-") && argument.size() > 1) {
            const bool help = argument == "--help" || argument == "-h";
            if (!help) std::fprintf(stderr, "wordcount: unknown option %s\n", argv[i]);
            return false;
        }
        chosen.folders.emplace_back(argument);
    }
    if (chosen.folders.empty()) chosen.folders.emplace_back(".");
    return true;
}

// --- the job
// --------------------------------------------------------------------------------------

struct input {
    std::vector<mapped_file> files;
    std::vector<std::string_view> chunks;
    std::uint64_t unreadable = 0;
    std::uint64_t binary = 0;
    std::uint64_t bytes = 0;
};

// Maps all files. The kernel's time for this is the same for both counts, so it is not measured.
input read_input(const std::vector<std::string>& folders) {
    const collection found = collect_paths(folders);
    input in;
    in.unreadable = found.unreadable;
    in.files = veda::par(found.paths)
                   .map([](const std::string& path) { return mapped_file(path); })
                   .collect<std::vector<mapped_file>>();
    for (const mapped_file& file : in.files) {
        in.unreadable += !file.readable();
        in.binary += file.binary();
        in.bytes += file.text().size();
        cut_into_chunks(file.text(), in.chunks);
    }
    return in;
}

int run(const options& chosen) {
    const input in = read_input(chosen.folders);
    if (in.unreadable > 0 || in.binary > 0)
        std::printf("skipped: %llu unreadable, %llu binary\n",
                    static_cast<unsigned long long>(in.unreadable),
                    static_cast<unsigned long long>(in.binary));
    if (in.chunks.empty()) {
        std::printf("nothing to count: there is no text in");
        for (const std::string& folder : chosen.folders) std::printf(" %s", folder.c_str());
        std::printf("\n");
        return 2;
    }

    std::printf("%zu files, %.1f MB of text in %zu chunks, %u workers\n", in.files.size(),
                static_cast<double>(in.bytes) / 1e6, in.chunks.size(),
                veda::default_runtime().worker_count());
    const outcome out = count_both(in.chunks);

    for (const word_table::entry& word : out.parallel.top(chosen.top))
        std::printf("%12llu  %.*s\n", static_cast<unsigned long long>(word.count),
                    static_cast<int>(word.word.size()), word.word.data());
    std::printf("%llu words, %zu different\n",
                static_cast<unsigned long long>(out.parallel.total()), out.parallel.distinct());
    std::printf("serial   %8.3f s\nparallel %8.3f s\nspeed-up %8.2f\n", out.serial_time,
                out.parallel_time, out.serial_time / out.parallel_time);

    if (!out.serial.same_as(out.parallel)) {
        std::printf("the two counts DIFFER: serial %llu words, %zu different\n",
                    static_cast<unsigned long long>(out.serial.total()), out.serial.distinct());
        return 1;
    }
    std::printf("both counts agree\n");
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    options chosen;
    if (!parse(argc, argv, chosen)) {
        std::fputs(usage, stderr);
        return 2;
    }
    try {
        if (chosen.workers > 0) veda::init(veda::config{}.workers(chosen.workers));
        return run(chosen);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "wordcount: %s\n", error.what());
        return 2;
    }
}

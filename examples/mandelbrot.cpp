// mandelbrot: computes a picture of the Mandelbrot set, row by row in parallel, and writes it as a
// PNG. The rows cost very different times, which is what work stealing is for.
//
//     mandelbrot [file [width height]]        default: mandelbrot.png 1600 1200
#include <png.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <vector>
#include <veda/veda.hpp>

namespace {

struct image {
    std::uint32_t width, height;
    std::vector<std::uint8_t> pixels;  // red, green, blue

    image(std::uint32_t w, std::uint32_t h) : width(w), height(h), pixels(std::size_t{3} * w * h) {}
    std::uint8_t* row(std::uint32_t y) { return pixels.data() + std::size_t{3} * width * y; }
};

constexpr int most_steps = 1000;

// How many steps the point stays near, with a fraction, so that colours flow.
double escape_steps(double re, double im) {
    double x = 0, y = 0;
    for (int step = 0; step < most_steps; ++step) {
        const double xx = x * x, yy = y * y;
        if (xx + yy > 256) return step + 1 - std::log2(std::log(xx + yy) / 2);
        y = 2 * x * y + im;
        x = xx - yy + re;
    }
    return most_steps;
}

std::array<std::uint8_t, 3> colour_of(double steps) {
    if (steps >= most_steps) return {0, 0, 0};
    const auto wave = [&](double phase) {
        return static_cast<std::uint8_t>(127.5 * (1 - std::cos(0.12 * steps + phase)));
    };
    return {wave(0.0), wave(0.6), wave(1.1)};
}

void draw_row(image& picture, std::uint32_t y) {
    const double scale = 3.0 / picture.width;
    const double im = (y - picture.height / 2.0) * scale;
    std::uint8_t* at = picture.row(y);
    for (std::uint32_t x = 0; x < picture.width; ++x) {
        const auto colour = colour_of(escape_steps(x * scale - 2.2, im));
        for (const std::uint8_t part : colour) *at++ = part;
    }
}

// One line on a terminal, rewritten in place; silent when stderr goes elsewhere. Any thread may
// call it.
class progress_line {
  public:
    explicit progress_line(std::uint32_t total) : total_(total), shown_(isatty(2) != 0) {}
    ~progress_line() {
        if (shown_) std::fputc('\n', stderr);
    }
    void step() {
        const std::uint32_t done = done_.fetch_add(1, std::memory_order_relaxed) + 1;
        // Once in a hundredth, by whoever got there: nobody waits for the terminal.
        if (shown_ && done * 100 / total_ != (done - 1) * 100 / total_)
            std::fprintf(stderr, "\rmandelbrot: %3u %%", done * 100 / total_);
    }
    std::uint32_t done() const { return done_.load(); }

  private:
    std::uint32_t total_;
    bool shown_;
    std::atomic<std::uint32_t> done_{0};
};

bool write_png(const char* path, const image& picture) {
    png_image header{};
    header.version = PNG_IMAGE_VERSION;
    header.width = picture.width;
    header.height = picture.height;
    header.format = PNG_FORMAT_RGB;
    if (png_image_write_to_file(&header, path, 0, picture.pixels.data(), 0, nullptr) != 0)
        return true;
    std::fprintf(stderr, "mandelbrot: %s: %s\n", path, header.message);
    return false;
}

}  // namespace

int main(int argc, char** argv) {
    const char* path = argc > 1 ? argv[1] : "mandelbrot.png";
    const long width = argc > 3 ? std::strtol(argv[2], nullptr, 10) : 1600;
    const long height = argc > 3 ? std::strtol(argv[3], nullptr, 10) : 1200;
    if (width < 1 || height < 1 || width > 20000 || height > 20000) {
        std::fprintf(stderr, "usage: mandelbrot [file [width height]], sizes from 1 to 20000\n");
        return 2;
    }

    image picture(static_cast<std::uint32_t>(width), static_cast<std::uint32_t>(height));
    const auto start = std::chrono::steady_clock::now();
    {
        progress_line progress(picture.height);
        veda::par(0u, picture.height).for_each([&](std::uint32_t y) {
            draw_row(picture, y);
            progress.step();
        });
    }
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
    if (!write_png(path, picture)) return 1;
    std::printf("%s: %ld x %ld pixels in %.3f s on %u workers\n", path, width, height, took.count(),
                veda::default_runtime().worker_count());
}

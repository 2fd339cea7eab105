#include "log.hpp"

#include <cstdio>

namespace specula {

namespace {

constexpr size_t RING_LINES = 200;

// ggml's abort callback carries no user data, so the path has to live outside any object.
std::string & crash_path() {
    static std::string path;
    return path;
}

void on_abort(const char * message) {
    std::fprintf(stderr, "%s\n", message);
    const std::string & path = crash_path();
    if (path.empty()) {
        return;
    }
    if (std::FILE * file = std::fopen(path.c_str(), "wb")) {
        std::fputs(message, file);
        std::fputc('\n', file);
        std::fclose(file);
    }
}

} // namespace

void install_abort_handler(const std::string & path) {
    crash_path() = path;
    ggml_set_abort_callback(on_abort);
}

void Log::callback(ggml_log_level level, const char * text, void * user_data) {
    static_cast<Log *>(user_data)->append(level, text);
}

void Log::set_sink(Sink sink) {
    std::lock_guard<std::mutex> lock(mutex_);
    sink_ = std::move(sink);
}

uint64_t Log::mark() const {
    std::lock_guard<std::mutex> lock(mutex_);
    return count_;
}

std::vector<std::string> Log::errors_since(uint64_t mark, size_t limit) const {
    std::lock_guard<std::mutex> lock(mutex_);
    std::vector<std::string>    found;
    for (const Line & line : lines_) {
        if (line.number >= mark && line.level == GGML_LOG_LEVEL_ERROR) {
            found.push_back(line.text);
        }
    }
    if (found.size() > limit) {
        found.erase(found.begin(), found.end() - static_cast<std::ptrdiff_t>(limit));
    }
    return found;
}

void Log::append(ggml_log_level level, const char * text) {
    std::lock_guard<std::mutex> lock(mutex_);
    if (level != GGML_LOG_LEVEL_CONT) {
        partial_level_ = level;
    }
    // Debug lines come with every decode; nobody reads them, and each would wake the main thread.
    if (partial_level_ == GGML_LOG_LEVEL_DEBUG) {
        return;
    }
    partial_ += text;
    size_t end = 0;
    while ((end = partial_.find('\n')) != std::string::npos) {
        std::string line = partial_.substr(0, end);
        partial_.erase(0, end + 1);
        if (line.empty()) {
            continue;
        }
        if (sink_) {
            sink_(partial_level_, line);
        }
        lines_.push_back({ count_++, partial_level_, std::move(line) });
        if (lines_.size() > RING_LINES) {
            lines_.pop_front();
        }
    }
}

} // namespace specula

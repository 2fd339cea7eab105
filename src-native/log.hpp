#pragma once
#include "ggml.h"

#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <vector>

namespace specula {

// Collects the log lines of llama.cpp, ggml and mtmd. They arrive from any thread and in fragments;
// complete lines go to a ring (for error messages) and to the sink.
class Log {
  public:
    using Sink = std::function<void(int level, const std::string & line)>;

    // Signature of ggml_log_callback; user_data is the Log.
    static void callback(ggml_log_level level, const char * text, void * user_data);

    void set_sink(Sink sink);

    // Number of lines seen so far: a mark to ask for errors logged after it.
    uint64_t mark() const;

    // The last (at most `limit`) error lines logged after `mark`, oldest first.
    std::vector<std::string> errors_since(uint64_t mark, size_t limit) const;

  private:
    struct Line {
        uint64_t    number;
        int         level;
        std::string text;
    };

    void append(ggml_log_level level, const char * text);

    mutable std::mutex mutex_;
    std::deque<Line>   lines_;
    std::string        partial_;
    int                partial_level_ = GGML_LOG_LEVEL_INFO;
    uint64_t           count_         = 0;
    Sink               sink_;
};

// Writes the message of a failed ggml assertion to `path` before the process aborts.
// llama.cpp has one such handler per process; an empty path leaves the message on stderr only.
void install_abort_handler(const std::string & path);

} // namespace specula

#pragma once
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace specula {

// The codes of NativeErrorCode in src-main/engine/native/surface.ts.
namespace code {
inline constexpr const char * CANCELLED      = "CANCELLED";
inline constexpr const char * MODEL_LOAD     = "MODEL_LOAD";
inline constexpr const char * PROJECTOR_LOAD = "PROJECTOR_LOAD";
inline constexpr const char * HEAD_LOAD      = "HEAD_LOAD";
inline constexpr const char * CONTEXT        = "CONTEXT";
inline constexpr const char * UNSUPPORTED    = "UNSUPPORTED";
inline constexpr const char * CONTEXT_FULL   = "CONTEXT_FULL";
inline constexpr const char * BAD_REQUEST    = "BAD_REQUEST";
inline constexpr const char * DECODE         = "DECODE";
inline constexpr const char * DISPOSED       = "DISPOSED";
} // namespace code

// An error that becomes a JavaScript Error with `.code` and, where llama.cpp said why, `.log`.
struct Failure : std::runtime_error {
    const char *             code;
    std::vector<std::string> log;

    Failure(const char * code, const std::string & message, std::vector<std::string> log = {})
        : std::runtime_error(message), code(code), log(std::move(log)) {}
};

[[noreturn]] inline void fail(const char * code, const std::string & message) {
    throw Failure(code, message);
}

[[noreturn]] inline void bad_request(const std::string & message) {
    throw Failure(code::BAD_REQUEST, message);
}

} // namespace specula

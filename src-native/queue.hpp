#pragma once
#include "session.hpp"

#include <napi.h>

#include <deque>
#include <functional>
#include <memory>

namespace specula {

// Runs jobs one at a time in call order on libuv's worker threads. Everything but `work` happens on the
// JavaScript thread.
class JobQueue : public std::enable_shared_from_this<JobQueue> {
  public:
    using Work   = std::function<void()>;
    using Finish = std::function<Napi::Value(Napi::Env)>;

    explicit JobQueue(std::shared_ptr<Session> session) : session_(std::move(session)) {}

    // Runs `work` in the background, then resolves with finish(env) on the JavaScript thread. A job that
    // is `essential` runs even when it was cancelled (dispose).
    Napi::Promise push(Napi::Env env, Work work, Finish finish, bool essential = false);

    // As push, but a job known to be short runs at once on the JavaScript thread when nothing else is
    // queued: handing it to another thread and back (30-60 us) would take longer than it is worth.
    Napi::Promise push_short(Napi::Env env, Work work, Finish finish);

    // Cancels every job pushed so far.
    void cancel() { session_->cancels.fetch_add(1); }

    bool busy() const { return running_ || !waiting_.empty(); }

  private:
    class Job;

    void next();

    std::shared_ptr<Session> session_;
    std::deque<Job *>        waiting_;
    bool                     running_ = false;
};

} // namespace specula

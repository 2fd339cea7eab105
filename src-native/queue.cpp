#include "queue.hpp"

#include "errors.hpp"
#include "js.hpp"

#include <optional>

namespace specula {

// Deletes itself after its callbacks, as every Napi::AsyncWorker does.
class JobQueue::Job : public Napi::AsyncWorker {
  public:
    Job(Napi::Env env, std::shared_ptr<JobQueue> queue, Work work, Finish finish, bool essential)
        : Napi::AsyncWorker(env, "specula.job"), deferred_(Napi::Promise::Deferred::New(env)), queue_(std::move(queue)),
          work_(std::move(work)), finish_(std::move(finish)), essential_(essential),
          ticket_(queue_->session_->cancels.load()) {}

    Napi::Promise promise() const { return deferred_.Promise(); }

    // The whole job on the calling (JavaScript) thread; deletes itself.
    void run_here() {
        Execute();
        settle();
        Destroy();
    }

  protected:
    void Execute() override {
        try {
            queue_->session_->running.store(ticket_);
            if (!essential_) {
                check_cancelled(*queue_->session_);
            }
            work_();
        } catch (const Failure & failure) {
            failure_ = failure;
        } catch (const std::bad_alloc &) {
            failure_ = Failure(code::DECODE, "out of memory; choose a smaller context or batch");
        } catch (const std::exception & error) {
            failure_ = Failure(code::DECODE, error.what());
        }
    }

    void OnOK() override {
        const Napi::HandleScope scope(Env());
        settle();
        queue_->running_ = false;
        queue_->next();
    }

  private:
    void settle() {
        if (failure_) {
            deferred_.Reject(js::error(Env(), *failure_).Value());
            return;
        }
        try {
            deferred_.Resolve(finish_(Env()));
        } catch (const Napi::Error & error) {
            deferred_.Reject(error.Value());
        }
    }

    Napi::Promise::Deferred deferred_;
    std::shared_ptr<JobQueue>  queue_;
    Work                    work_;
    Finish                  finish_;
    bool                    essential_;
    uint64_t                ticket_;
    std::optional<Failure>  failure_;
};

Napi::Promise JobQueue::push(Napi::Env env, Work work, Finish finish, bool essential) {
    Job * job = new Job(env, shared_from_this(), std::move(work), std::move(finish), essential);
    const Napi::Promise promise = job->promise();
    waiting_.push_back(job);
    next();
    return promise;
}

Napi::Promise JobQueue::push_short(Napi::Env env, Work work, Finish finish) {
    if (busy()) {
        return push(env, std::move(work), std::move(finish));
    }
    Job * job = new Job(env, shared_from_this(), std::move(work), std::move(finish), false);
    const Napi::Promise promise = job->promise();
    job->run_here();
    return promise;
}

void JobQueue::next() {
    if (running_ || waiting_.empty()) {
        return;
    }
    Job * job = waiting_.front();
    waiting_.pop_front();
    running_ = true;
    job->Queue();
}

} // namespace specula

#pragma once
#include "head.hpp"
#include "queue.hpp"

#include <napi.h>

#include <memory>

namespace specula {

// A loaded head with the target that it belongs to.
struct HeadHandle {
    std::shared_ptr<Session>  session;
    std::shared_ptr<JobQueue> queue;
    std::unique_ptr<Head>     head;
};

// NativeHead of surface.ts. Heavy calls go through the target's queue: head and target never run at once.
class HeadObject : public Napi::ObjectWrap<HeadObject> {
  public:
    // Loads a head on the target's queue; the promise gives the object.
    static Napi::Promise load(Napi::Env env, const std::shared_ptr<Session> & session, const std::shared_ptr<JobQueue> & queue,
                              const HeadOptions & options);

    // Only load constructs these, with an External<std::shared_ptr<HeadHandle>>.
    explicit HeadObject(const Napi::CallbackInfo & info);

  private:
    Napi::Value info(const Napi::CallbackInfo & call);
    Napi::Value begin(const Napi::CallbackInfo & call);
    Napi::Value start(const Napi::CallbackInfo & call);
    Napi::Value grow(const Napi::CallbackInfo & call);
    Napi::Value logits(const Napi::CallbackInfo & call);
    Napi::Value dispose(const Napi::CallbackInfo & call);

    void        check_alive() const;
    Napi::Value rows_call(Napi::Env env, const std::function<HeadRows(Session &, Head &)> & run);

    std::shared_ptr<HeadHandle> handle_;
    Napi::ObjectReference       info_;
    bool                        disposed_ = false;
};

} // namespace specula

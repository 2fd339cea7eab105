#pragma once
#include "queue.hpp"
#include "session.hpp"

#include <napi.h>

#include <memory>
#include <optional>

namespace specula {

// NativeModel of surface.ts. Heavy calls go through the queue; the others refuse while it is busy, since
// a llama_context is not thread-safe.
class ModelObject : public Napi::ObjectWrap<ModelObject> {
  public:
    static Napi::Function define(Napi::Env env);

    // Only loadModel constructs these, with an External<std::shared_ptr<Session>>.
    explicit ModelObject(const Napi::CallbackInfo & info);

  private:
    Napi::Value info(const Napi::CallbackInfo & call);
    Napi::Value projector(const Napi::CallbackInfo & call);
    Napi::Value context(const Napi::CallbackInfo & call);
    Napi::Value load_projector(const Napi::CallbackInfo & call);
    Napi::Value load_head(const Napi::CallbackInfo & call);
    Napi::Value create_context(const Napi::CallbackInfo & call);
    Napi::Value tokenize(const Napi::CallbackInfo & call);
    Napi::Value pieces(const Napi::CallbackInfo & call);
    Napi::Value special_tokens(const Napi::CallbackInfo & call);
    Napi::Value prefill(const Napi::CallbackInfo & call);
    Napi::Value decode_tree(const Napi::CallbackInfo & call);
    Napi::Value grow_tree(const Napi::CallbackInfo & call);
    Napi::Value logits(const Napi::CallbackInfo & call);
    Napi::Value feature(const Napi::CallbackInfo & call);
    Napi::Value accept(const Napi::CallbackInfo & call);
    Napi::Value rollback(const Napi::CallbackInfo & call);
    Napi::Value reset(const Napi::CallbackInfo & call);
    Napi::Value cancel(const Napi::CallbackInfo & call);
    Napi::Value dispose(const Napi::CallbackInfo & call);

    void check_alive() const;
    void check_idle(const char * what) const;

    using TreeCall = RowsResult (*)(Session &, const struct TreeRequest &);
    Napi::Value tree_call(const Napi::CallbackInfo & call, TreeCall run);
    Napi::Object state(Napi::Env env) const;

    std::shared_ptr<Session>     session_;
    std::shared_ptr<JobQueue>       queue_;
    bool                         disposed_ = false;
    std::optional<ProjectorInfo> projector_info_;
    std::optional<ContextInfo>   context_info_;
};

} // namespace specula

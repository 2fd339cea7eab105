#include "head_object.hpp"

#include "errors.hpp"
#include "js.hpp"

namespace specula {

namespace {

constexpr double SHORT_MS = 2.0; // as in model_object.cpp

Napi::Object head_info(Napi::Env env, const Head & head) {
    const HeadConfig & config = head.config();
    Napi::Object       object = Napi::Object::New(env);
    object.Set("kind", config.kind_name);
    object.Set("layout", config.layout);
    object.Set("width", config.width);
    object.Set("vocab", config.vocab);
    object.Set("draftVocab", config.draft_vocab > 0 ? config.draft_vocab : config.vocab);
    object.Set("featureLayers", js::ints(env, config.feature_layers));
    object.Set("startRows", config.has_layer() ? 1 : config.medusa_heads);
    object.Set("treeNodes", config.has_layer() ? Head::TREE_NODES : 0);
    object.Set("sizeBytes", static_cast<double>(head.bytes()));
    object.Set("device", head.device());
    object.Set("targetName", config.target_name);
    object.Set("source", config.source);
    return object;
}

// Head and target are usable: neither was disposed.
void check_usable(const HeadHandle & handle) {
    if (!handle.head || !handle.session->model) {
        fail(code::DISPOSED, handle.head ? "the head's target was disposed" : "this head was disposed");
    }
}

} // namespace

Napi::Promise HeadObject::load(Napi::Env env, const std::shared_ptr<Session> & session, const std::shared_ptr<JobQueue> & queue,
                               const HeadOptions & options) {
    const auto handle = std::make_shared<HeadHandle>(HeadHandle{ session, queue, nullptr });
    return queue->push(
        env,
        [handle, options] {
            Session & target = *handle->session;
            check_trees(target);
            if (!target.weights) {
                target.weights = find_target_weights(target);
            }
            handle->head = std::make_unique<Head>(target, *target.weights, options);
        },
        [handle](Napi::Env env) {
            const Napi::Function made = DefineClass(env, "NativeHead",
                                                    {
                                                        InstanceAccessor<&HeadObject::info>("info"),
                                                        InstanceMethod<&HeadObject::begin>("begin"),
                                                        InstanceMethod<&HeadObject::start>("start"),
                                                        InstanceMethod<&HeadObject::grow>("grow"),
                                                        InstanceMethod<&HeadObject::logits>("logits"),
                                                        InstanceMethod<&HeadObject::dispose>("dispose"),
                                                    });
            return made.New({ Napi::External<std::shared_ptr<HeadHandle>>::New(
                env, new std::shared_ptr<HeadHandle>(handle), [](Napi::Env, std::shared_ptr<HeadHandle> * pointer) { delete pointer; }) });
        });
}

HeadObject::HeadObject(const Napi::CallbackInfo & info) : Napi::ObjectWrap<HeadObject>(info) {
    if (info.Length() != 1 || !info[0].IsExternal()) {
        throw Napi::TypeError::New(info.Env(), "a head comes from loadHead");
    }
    handle_ = *info[0].As<Napi::External<std::shared_ptr<HeadHandle>>>().Data();
    info_   = Napi::Persistent(head_info(info.Env(), *handle_->head));
}

void HeadObject::check_alive() const {
    if (disposed_) {
        fail(code::DISPOSED, "this head was disposed");
    }
}

Napi::Value HeadObject::info(const Napi::CallbackInfo &) {
    return info_.Value();
}

Napi::Value HeadObject::begin(const Napi::CallbackInfo & call) {
    return js::promised(call.Env(), [&]() -> Napi::Value {
        check_alive();
        const auto handle = handle_;
        const auto ms     = std::make_shared<double>(0);
        return handle->queue->push(
            call.Env(),
            [handle, ms] {
                check_usable(*handle);
                *ms = handle->head->begin(*handle->session);
            },
            [ms](Napi::Env env) {
                Napi::Object out = Napi::Object::New(env);
                out.Set("ms", *ms);
                return out;
            });
    });
}

Napi::Value HeadObject::rows_call(Napi::Env env, const std::function<HeadRows(Session &, Head &)> & run) {
    const auto handle = handle_;
    const auto result = std::make_shared<HeadRows>();
    const auto work   = [handle, result, run] {
        check_usable(*handle);
        *result = run(*handle->session, *handle->head);
    };
    const auto finish = [result](Napi::Env env) {
        const Rows & rows = result->rows;
        Napi::Object out  = Napi::Object::New(env);
        out.Set("n", rows.n);
        out.Set("topIds", js::ints(env, rows.top_ids));
        out.Set("topProbs", js::floats(env, rows.top_probs));
        out.Set("ms", result->ms);
        return out;
    };
    // Short calls run here; see JobQueue::push_short. `latest_ms` may be read only while no job runs.
    const bool idle     = !handle->queue->busy() && handle->head;
    const bool is_short = idle && handle->head->latest_ms() > 0 && handle->head->latest_ms() < SHORT_MS;
    return is_short ? handle->queue->push_short(env, work, finish) : handle->queue->push(env, work, finish);
}

Napi::Value HeadObject::start(const Napi::CallbackInfo & call) {
    return js::promised(call.Env(), [&] {
        check_alive();
        const auto    options = js::object_at(call, 0);
        const int32_t root    = js::integer(options, "root");
        const int32_t top_k   = js::integer(options, "topK");
        return rows_call(call.Env(), [root, top_k](Session & session, Head & head) { return head.start(session, root, top_k); });
    });
}

Napi::Value HeadObject::grow(const Napi::CallbackInfo & call) {
    return js::promised(call.Env(), [&] {
        check_alive();
        const auto options = js::object_at(call, 0);
        const auto tokens  = js::integers(js::field(options, "tokens"), "tokens");
        const auto parents = js::integers(js::field(options, "parents"), "parents");
        const auto top_k   = js::integer(options, "topK");
        return rows_call(call.Env(),
                         [tokens, parents, top_k](Session & session, Head & head) { return head.grow(session, tokens, parents, top_k); });
    });
}

Napi::Value HeadObject::logits(const Napi::CallbackInfo & call) {
    return js::guarded(call.Env(), [&] {
        check_alive();
        if (handle_->queue->busy()) {
            bad_request("logits was called while another call runs; await that one first");
        }
        check_usable(*handle_);
        return js::floats(call.Env(), handle_->head->logits(js::integer(call[0], "row")));
    });
}

Napi::Value HeadObject::dispose(const Napi::CallbackInfo & call) {
    disposed_         = true;
    const auto handle = handle_;
    return handle->queue->push(
        call.Env(), [handle] { handle->head.reset(); }, [](Napi::Env env) { return env.Undefined(); }, true);
}

} // namespace specula

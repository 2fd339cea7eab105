#include "model_object.hpp"

#include "errors.hpp"
#include "head_object.hpp"
#include "js.hpp"
#include "prompt.hpp"
#include "results.hpp"
#include "tree.hpp"

namespace specula {

namespace {

// A tree decode as short as the one before runs on the JavaScript thread; see JobQueue::push_short.
constexpr double SHORT_MS = 2.0;

} // namespace

Napi::Function ModelObject::define(Napi::Env env) {
    return DefineClass(env, "NativeModel",
                       {
                           InstanceAccessor<&ModelObject::info>("info"),
                           InstanceAccessor<&ModelObject::projector>("projector"),
                           InstanceAccessor<&ModelObject::context>("context"),
                           InstanceMethod<&ModelObject::load_projector>("loadProjector"),
                           InstanceMethod<&ModelObject::load_head>("loadHead"),
                           InstanceMethod<&ModelObject::create_context>("createContext"),
                           InstanceMethod<&ModelObject::tokenize>("tokenize"),
                           InstanceMethod<&ModelObject::pieces>("pieces"),
                           InstanceMethod<&ModelObject::special_tokens>("specialTokens"),
                           InstanceMethod<&ModelObject::prefill>("prefill"),
                           InstanceMethod<&ModelObject::decode_tree>("decodeTree"),
                           InstanceMethod<&ModelObject::grow_tree>("growTree"),
                           InstanceMethod<&ModelObject::logits>("logits"),
                           InstanceMethod<&ModelObject::feature>("feature"),
                           InstanceMethod<&ModelObject::accept>("accept"),
                           InstanceMethod<&ModelObject::rollback>("rollback"),
                           InstanceMethod<&ModelObject::reset>("reset"),
                           InstanceMethod<&ModelObject::cancel>("cancel"),
                           InstanceMethod<&ModelObject::dispose>("dispose"),
                       });
}

ModelObject::ModelObject(const Napi::CallbackInfo & info) : Napi::ObjectWrap<ModelObject>(info) {
    if (info.Length() != 1 || !info[0].IsExternal()) {
        throw Napi::TypeError::New(info.Env(), "a model comes from loadModel");
    }
    session_ = *info[0].As<Napi::External<std::shared_ptr<Session>>>().Data();
    queue_   = std::make_shared<JobQueue>(session_);
}

void ModelObject::check_alive() const {
    if (disposed_) {
        fail(code::DISPOSED, "this model was disposed");
    }
}

void ModelObject::check_idle(const char * what) const {
    check_alive();
    if (queue_->busy()) {
        bad_request(std::string(what) + " was called while another call runs; await that one first");
    }
}

Napi::Value ModelObject::info(const Napi::CallbackInfo & call) {
    return js::model_info(call.Env(), session_->info);
}

Napi::Value ModelObject::projector(const Napi::CallbackInfo & call) {
    return projector_info_ ? js::projector_info(call.Env(), *projector_info_) : call.Env().Null();
}

Napi::Value ModelObject::context(const Napi::CallbackInfo & call) {
    return context_info_ ? js::context_info(call.Env(), *context_info_) : call.Env().Null();
}

Napi::Value ModelObject::load_projector(const Napi::CallbackInfo & call) {
    return js::promised(call.Env(), [&] {
        check_alive();
        const auto options = js::projector_options(js::object_at(call, 0));
        const auto session = session_;
        const auto info    = std::make_shared<ProjectorInfo>();
        // The strong reference keeps `this` alive until the promise settles.
        const auto self = std::make_shared<Napi::ObjectReference>(Napi::Persistent(call.This().As<Napi::Object>()));
        return queue_->push(
            call.Env(),
            [session, options, info] {
                session->projector.reset();
                session->projector = specula::load_projector(session->model.get(), options, session->log);
                *info              = describe_projector(session->projector.get());
            },
            [this, self, info](Napi::Env env) {
                projector_info_ = *info;
                return js::projector_info(env, *info);
            });
    });
}

Napi::Value ModelObject::load_head(const Napi::CallbackInfo & call) {
    return js::promised(call.Env(), [&] {
        check_alive();
        return HeadObject::load(call.Env(), session_, queue_, js::head_options(js::object_at(call, 0)));
    });
}

Napi::Value ModelObject::create_context(const Napi::CallbackInfo & call) {
    return js::promised(call.Env(), [&] {
        check_alive();
        const auto options = js::context_options(js::object_at(call, 0));
        const auto session = session_;
        const auto info    = std::make_shared<ContextInfo>();
        const auto self    = std::make_shared<Napi::ObjectReference>(Napi::Persistent(call.This().As<Napi::Object>()));
        return queue_->push(
            call.Env(), [session, options, info] { *info = specula::create_context(*session, options); },
            [this, self, info](Napi::Env env) {
                context_info_ = *info;
                return js::context_info(env, *info);
            });
    });
}

Napi::Value ModelObject::tokenize(const Napi::CallbackInfo & call) {
    return js::guarded(call.Env(), [&] {
        check_alive();
        if (call.Length() < 1 || !call[0].IsString()) {
            bad_request("text must be a string");
        }
        const auto options = js::object_at(call, 1);
        return js::ints(call.Env(), specula::tokenize(session_->vocab(), call[0].As<Napi::String>().Utf8Value(),
                                                      js::flag(options, "addSpecial"), js::flag(options, "parseSpecial")));
    });
}

Napi::Value ModelObject::pieces(const Napi::CallbackInfo & call) {
    return js::guarded(call.Env(), [&]() -> Napi::Value {
        check_alive();
        const auto tokens = js::integers(call[0], "tokens");
        check_tokens(session_->vocab(), tokens);
        Napi::Array out = Napi::Array::New(call.Env(), tokens.size());
        for (uint32_t i = 0; i < tokens.size(); i++) {
            const std::string bytes = token_bytes(session_->vocab(), tokens[i]);
            out.Set(i, js::typed<Napi::Uint8Array>(call.Env(), std::vector<uint8_t>(bytes.begin(), bytes.end())));
        }
        return out;
    });
}

Napi::Value ModelObject::special_tokens(const Napi::CallbackInfo & call) {
    return js::guarded(call.Env(), [&]() -> Napi::Value {
        check_alive();
        const auto  texts = specula::special_tokens(session_->vocab());
        Napi::Array out   = Napi::Array::New(call.Env(), texts.size());
        for (uint32_t i = 0; i < texts.size(); i++) {
            out.Set(i, texts[i]);
        }
        return out;
    });
}

Napi::Value ModelObject::prefill(const Napi::CallbackInfo & call) {
    return js::promised(call.Env(), [&] {
        check_alive();
        const auto session = session_;
        const auto request = std::make_shared<PrefillRequest>(js::prefill_request(js::object_at(call, 0)));
        const auto result  = std::make_shared<PrefillResult>();
        return queue_->push(
            call.Env(), [session, request, result] { *result = specula::prefill(*session, *request); },
            [result](Napi::Env env) { return js::prefill_out(env, *result); });
    });
}

Napi::Value ModelObject::tree_call(const Napi::CallbackInfo & call, TreeCall run) {
    return js::promised(call.Env(), [&] {
        check_alive();
        const auto session = session_;
        const auto request = std::make_shared<TreeRequest>(js::tree_request(js::object_at(call, 0)));
        const auto result  = std::make_shared<RowsResult>();
        const auto work    = [session, request, result, run] { *result = run(*session, *request); };
        const auto finish  = [result](Napi::Env env) { return js::rows_out(env, *result); };
        // `tree_ms` may be read here only while no job runs.
        const bool is_short = !queue_->busy() && session->tree_ms > 0 && session->tree_ms < SHORT_MS;
        return is_short ? queue_->push_short(call.Env(), work, finish) : queue_->push(call.Env(), work, finish);
    });
}

Napi::Value ModelObject::decode_tree(const Napi::CallbackInfo & call) {
    return tree_call(call, specula::decode_tree);
}

Napi::Value ModelObject::grow_tree(const Napi::CallbackInfo & call) {
    return tree_call(call, specula::grow_tree);
}

Napi::Value ModelObject::logits(const Napi::CallbackInfo & call) {
    return js::guarded(call.Env(), [&] {
        check_idle("logits");
        const int32_t        node = js::integer(call[0], "node");
        const ReadableRows & rows = session_->readable;
        const int32_t        row  = node - rows.first;
        if (row < 0 || row >= rows.count) {
            bad_request("the logits of node " + std::to_string(node) + " are gone or were never there; only those of the " +
                        "latest decode can be read" +
                        (rows.count ? " (nodes " + std::to_string(rows.first) + ".." + std::to_string(rows.first + rows.count - 1) + ")"
                                    : std::string()));
        }
        const float * source = llama_get_logits_ith(session_->context.get(), rows.index + row);
        return js::floats(call.Env(), std::vector<float>(source, source + session_->info.vocab));
    });
}

Napi::Value ModelObject::feature(const Napi::CallbackInfo & call) {
    return js::guarded(call.Env(), [&]() -> Napi::Value {
        check_idle("feature");
        const Features & features = session_->features;
        const int32_t    position = js::integer(call[0], "position");
        if (!features.on() || position < static_cast<int32_t>(features.released()) || position >= static_cast<int32_t>(features.size())) {
            bad_request("there is no feature of position " + std::to_string(position) + "; kept are " + std::to_string(features.released()) +
                        ".." + std::to_string(static_cast<int64_t>(features.size()) - 1));
        }
        const float * row   = features.row(static_cast<size_t>(position));
        const bool    image = features.token(static_cast<size_t>(position)) < 0;
        const float * seen  = image ? features.image(static_cast<size_t>(position)) : nullptr;
        Napi::Object  out   = Napi::Object::New(call.Env());
        out.Set("row", js::floats(call.Env(), std::vector<float>(row, row + features.row_width())));
        out.Set("image", image ? js::floats(call.Env(), std::vector<float>(seen, seen + features.width())) : call.Env().Null());
        return out;
    });
}

Napi::Object ModelObject::state(Napi::Env env) const {
    Napi::Object out = Napi::Object::New(env);
    out.Set("nPast", session_->n_past);
    out.Set("nCells", session_->cells_used());
    return out;
}

Napi::Value ModelObject::accept(const Napi::CallbackInfo & call) {
    return js::guarded(call.Env(), [&]() -> Napi::Value {
        check_idle("accept");
        Stopwatch watch;
        specula::accept(*session_, js::integers(call[0], "path"));
        const double ms  = watch.ms();
        Napi::Object out = state(call.Env());
        out.Set("ms", ms);
        return out;
    });
}

Napi::Value ModelObject::rollback(const Napi::CallbackInfo & call) {
    return js::guarded(call.Env(), [&]() -> Napi::Value {
        check_idle("rollback");
        specula::rollback(*session_, js::integer(call[0], "nPast"));
        return state(call.Env());
    });
}

Napi::Value ModelObject::reset(const Napi::CallbackInfo & call) {
    return js::guarded(call.Env(), [&] {
        check_idle("reset");
        clear(*session_);
        return call.Env().Undefined();
    });
}

Napi::Value ModelObject::cancel(const Napi::CallbackInfo & call) {
    queue_->cancel();
    return call.Env().Undefined();
}

Napi::Value ModelObject::dispose(const Napi::CallbackInfo & call) {
    disposed_ = true;
    projector_info_.reset();
    context_info_.reset();
    queue_->cancel();
    const auto session = session_;
    return queue_->push(
        call.Env(),
        [session] {
            session->context.reset();
            session->projector.reset();
            session->weights.reset();
            session->model.reset();
        },
        [](Napi::Env env) { return env.Undefined(); }, true);
}

} // namespace specula

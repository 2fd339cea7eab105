// Entry of engine.<variant>.node: NativeAddon of src-main/engine/native/surface.ts.
#include "errors.hpp"
#include "js.hpp"
#include "log.hpp"
#include "model_object.hpp"
#include "queue.hpp"
#include "results.hpp"

#include "ggml-backend.h"
#include "llama.h"
#include "mtmd.h"

#include <napi.h>

#include <cmath>
#include <memory>

namespace specula {

namespace {

using LogSink = Napi::ThreadSafeFunction;

const char * device_type(ggml_backend_dev_t device) {
    switch (ggml_backend_dev_type(device)) {
        case GGML_BACKEND_DEVICE_TYPE_CPU:  return "cpu";
        case GGML_BACKEND_DEVICE_TYPE_GPU:  return "gpu";
        case GGML_BACKEND_DEVICE_TYPE_IGPU: return "igpu";
        default:                            return "accel";
    }
}

Napi::Array devices(Napi::Env env) {
    Napi::Array devices = Napi::Array::New(env);
    for (size_t i = 0; i < ggml_backend_dev_count(); i++) {
        ggml_backend_dev_t device      = ggml_backend_dev_get(i);
        size_t             free_bytes  = 0;
        size_t             total_bytes = 0;
        ggml_backend_dev_memory(device, &free_bytes, &total_bytes);
        Napi::Object object = Napi::Object::New(env);
        object.Set("name", ggml_backend_dev_name(device));
        object.Set("description", ggml_backend_dev_description(device));
        object.Set("type", device_type(device));
        object.Set("memoryFree", static_cast<double>(free_bytes));
        object.Set("memoryTotal", static_cast<double>(total_bytes));
        devices.Set(static_cast<uint32_t>(i), object);
    }
    return devices;
}

Napi::Value system_info(Napi::Env env) {
    Napi::Object info = Napi::Object::New(env);
    info.Set("llamaVersion", llama_version());
    info.Set("builtFor", SPECULA_LLAMA_RELEASE);
    info.Set("devices", devices(env));
    info.Set("maxSequences", static_cast<double>(llama_max_parallel_sequences()));
    info.Set("cpuFeatures", llama_print_system_info());
    return info;
}

} // namespace

class Addon : public Napi::Addon<Addon> {
  public:
    Addon(Napi::Env env, Napi::Object exports) {
        model_class_ = Napi::Persistent(ModelObject::define(env));
        DefineAddon(exports, { InstanceMethod("init", &Addon::init), InstanceMethod("devices", &Addon::list_devices),
                               InstanceMethod("loadModel", &Addon::load_model) });
    }

  private:
    Napi::Value init(const Napi::CallbackInfo & call) {
        return js::guarded(call.Env(), [&] {
            const auto options = js::object_at(call, 0);
            const auto on_log  = js::field(options, "onLog");
            if (!on_log.IsFunction()) {
                bad_request("onLog must be a function");
            }
            const std::string backends = js::text(options, "backendDir");
            install_abort_handler(js::text(options, "crashFile"));
            start_log(call.Env(), on_log.As<Napi::Function>());
            if (!ggml_backend_dev_by_type(GGML_BACKEND_DEVICE_TYPE_CPU)) {
                ggml_backend_load_all_from_path(backends.c_str());
            }
            if (!ggml_backend_dev_by_type(GGML_BACKEND_DEVICE_TYPE_CPU)) {
                bad_request("no ggml backend was found in " + backends + "; run `npm run setup`");
            }
            llama_backend_init();
            ready_ = true;
            return system_info(call.Env());
        });
    }

    Napi::Value list_devices(const Napi::CallbackInfo & call) {
        return js::guarded(call.Env(), [&] {
            check_ready();
            return devices(call.Env());
        });
    }

    void check_ready() const {
        if (!ready_) {
            bad_request("call init first");
        }
    }

    // The Log lives as long as the process: llama.cpp may log from static destructors.
    void start_log(Napi::Env env, Napi::Function on_log) {
        if (!log_) {
            log_ = new Log();
        }
        LogSink sink = LogSink::New(env, on_log, "specula.log", 0, 1, [log = log_](Napi::Env) { log->set_sink(nullptr); });
        sink.Unref(env); // logging must not keep the process alive
        log_->set_sink([sink](int level, const std::string & line) {
            sink.NonBlockingCall([level, line](Napi::Env env, Napi::Function callback) {
                callback.Call({ Napi::Number::New(env, level), Napi::String::New(env, line) });
            });
        });
        llama_log_set(Log::callback, log_);
        mtmd_log_set(Log::callback, log_);
    }

    Napi::Value load_model(const Napi::CallbackInfo & call) {
        return js::promised(call.Env(), [&]() -> Napi::Value {
            check_ready();
            const auto   object = js::object_at(call, 0);
            ModelOptions options;
            options.path       = js::text(object, "path");
            options.gpu_layers = js::integer(object, "gpuLayers");
            options.device     = js::text(object, "device");
            const auto progress = js::field(object, "onProgress");
            const auto session  = std::make_shared<Session>(*log_);
            if (progress.IsFunction()) {
                options.on_progress = progress_callback(call.Env(), progress.As<Napi::Function>());
            }
            const auto queue = std::make_shared<JobQueue>(session);
            return queue->push(
                call.Env(),
                [session, options] {
                    session->model = specula::load_model(options, session->log);
                    session->info  = describe_model(session->model.get(), options);
                },
                [this, session](Napi::Env env) {
                    auto external = Napi::External<std::shared_ptr<Session>>::New(env, new std::shared_ptr<Session>(session),
                                                                                  [](Napi::Env, std::shared_ptr<Session> * p) { delete p; });
                    return model_class_.New({ external });
                });
        });
    }

    // Passes on whole percents only: the loader reports every tensor.
    static std::function<void(float)> progress_callback(Napi::Env env, Napi::Function callback) {
        auto sink = std::shared_ptr<Napi::ThreadSafeFunction>(
            new Napi::ThreadSafeFunction(Napi::ThreadSafeFunction::New(env, callback, "specula.progress", 0, 1)),
            [](Napi::ThreadSafeFunction * function) {
                function->Release();
                delete function;
            });
        auto percent = std::make_shared<int>(-1);
        return [sink, percent](float fraction) {
            const int now = static_cast<int>(std::floor(fraction * 100.0f));
            if (now == *percent) {
                return;
            }
            *percent = now;
            sink->NonBlockingCall([fraction](Napi::Env env, Napi::Function function) {
                function.Call({ Napi::Number::New(env, fraction) });
            });
        };
    }

    Napi::FunctionReference model_class_;
    Log *                   log_   = nullptr;
    bool                    ready_ = false;
};

NODE_API_ADDON(Addon)

} // namespace specula

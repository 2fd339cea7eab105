#pragma once
#include "errors.hpp"

#include <napi.h>

#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

namespace specula::js {

// Readers of call arguments. All throw Failure(BAD_REQUEST) that names the field.
Napi::Object         object_at(const Napi::CallbackInfo & info, size_t index);
Napi::Value          field(const Napi::Object & object, const char * name);
std::string          text(const Napi::Object & object, const char * name);
bool                 flag(const Napi::Object & object, const char * name);
int32_t              integer(const Napi::Value & value, const char * name);
int32_t              integer(const Napi::Object & object, const char * name);
std::vector<int32_t> integers(const Napi::Value & value, const char * name);

// Error with `.code` and, where llama.cpp said why, `.log` (string[]).
Napi::Error error(Napi::Env env, const Failure & failure);

// A JavaScript-owned copy (Electron forbids views on native memory).
template <typename Array, typename T> Array typed(Napi::Env env, const std::vector<T> & values) {
    Array array = Array::New(env, values.size());
    if (!values.empty()) {
        std::memcpy(array.Data(), values.data(), values.size() * sizeof(T));
    }
    return array;
}

inline Napi::Value ints(Napi::Env env, const std::vector<int32_t> & values) {
    return typed<Napi::Int32Array>(env, values);
}

inline Napi::Value floats(Napi::Env env, const std::vector<float> & values) {
    return typed<Napi::Float32Array>(env, values);
}

// Runs `body`; a Failure in it becomes a thrown JavaScript error.
template <typename Body> Napi::Value guarded(Napi::Env env, Body body) {
    try {
        return body();
    } catch (const Failure & failure) {
        throw error(env, failure);
    }
}

// Runs `body`, which queues a job and returns its promise; a Failure in it becomes a rejected promise.
template <typename Body> Napi::Value promised(Napi::Env env, Body body) {
    try {
        return body();
    } catch (const Failure & failure) {
        auto deferred = Napi::Promise::Deferred::New(env);
        deferred.Reject(error(env, failure).Value());
        return deferred.Promise();
    }
}

} // namespace specula::js

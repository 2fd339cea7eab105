#include "js.hpp"

#include <cmath>

namespace specula::js {

Napi::Object object_at(const Napi::CallbackInfo & info, size_t index) {
    if (info.Length() <= index || !info[index].IsObject()) {
        bad_request("argument " + std::to_string(index + 1) + " must be an object");
    }
    return info[index].As<Napi::Object>();
}

Napi::Value field(const Napi::Object & object, const char * name) {
    return object.Get(name);
}

std::string text(const Napi::Object & object, const char * name) {
    const Napi::Value value = field(object, name);
    if (!value.IsString()) {
        bad_request(std::string(name) + " must be a string");
    }
    return value.As<Napi::String>().Utf8Value();
}

bool flag(const Napi::Object & object, const char * name) {
    const Napi::Value value = field(object, name);
    if (!value.IsBoolean()) {
        bad_request(std::string(name) + " must be true or false");
    }
    return value.As<Napi::Boolean>().Value();
}

int32_t integer(const Napi::Value & value, const char * name) {
    const double number = value.IsNumber() ? value.As<Napi::Number>().DoubleValue() : NAN;
    if (!(number >= INT32_MIN && number <= INT32_MAX) || number != std::floor(number)) {
        bad_request(std::string(name) + " must be a whole number of 32 bits");
    }
    return static_cast<int32_t>(number);
}

int32_t integer(const Napi::Object & object, const char * name) {
    return integer(field(object, name), name);
}

std::vector<int32_t> integers(const Napi::Value & value, const char * name) {
    if (!value.IsTypedArray() || value.As<Napi::TypedArray>().TypedArrayType() != napi_int32_array) {
        bad_request(std::string(name) + " must be an Int32Array");
    }
    const auto array = value.As<Napi::Int32Array>();
    return std::vector<int32_t>(array.Data(), array.Data() + array.ElementLength());
}

Napi::Error error(Napi::Env env, const Failure & failure) {
    Napi::Error error = Napi::Error::New(env, failure.what());
    error.Set("code", failure.code);
    if (!failure.log.empty()) {
        Napi::Array lines = Napi::Array::New(env, failure.log.size());
        for (uint32_t i = 0; i < failure.log.size(); i++) {
            lines.Set(i, failure.log[i]);
        }
        error.Set("log", lines);
    }
    return error;
}

} // namespace specula::js

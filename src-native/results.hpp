#pragma once
#include "head.hpp"
#include "prompt.hpp"
#include "session.hpp"
#include "tree.hpp"

#include <napi.h>

namespace specula::js {

// Results as JavaScript objects, shaped as surface.ts says.
Napi::Value model_info(Napi::Env env, const ModelInfo & info);
Napi::Value projector_info(Napi::Env env, const ProjectorInfo & info);
Napi::Value context_info(Napi::Env env, const ContextInfo & info);
Napi::Value rows_out(Napi::Env env, const RowsResult & result);
Napi::Value prefill_out(Napi::Env env, const PrefillResult & result);

// Requests from JavaScript objects.
ProjectorOptions projector_options(const Napi::Object & object);
HeadOptions      head_options(const Napi::Object & object);
ContextOptions   context_options(const Napi::Object & object);
PrefillRequest   prefill_request(const Napi::Object & object);
TreeRequest      tree_request(const Napi::Object & object);

} // namespace specula::js

#include "results.hpp"

#include "js.hpp"

namespace specula::js {

namespace {

// The layers' arrays one after the other: [layers][rows][...].
Napi::Value joined(Napi::Env env, const std::vector<LayerAttention> & layers, std::vector<float> LayerAttention::*member) {
    size_t size = 0;
    for (const LayerAttention & layer : layers) {
        size += (layer.*member).size();
    }
    Napi::Float32Array array = Napi::Float32Array::New(env, size);
    float *            out   = array.Data();
    for (const LayerAttention & layer : layers) {
        out = std::copy((layer.*member).begin(), (layer.*member).end(), out);
    }
    return array;
}

Napi::Value chunk_out(Napi::Env env, const Chunk & chunk) {
    Napi::Object object = Napi::Object::New(env);
    object.Set("kind", chunk.image ? "image" : "text");
    object.Set("part", chunk.part);
    object.Set("tokens", chunk.image ? env.Null() : ints(env, chunk.tokens));
    object.Set("count", chunk.count);
    object.Set("pos", chunk.pos);
    object.Set("positions", chunk.positions);
    if (chunk.image) {
        Napi::Object grid = Napi::Object::New(env);
        grid.Set("nx", chunk.nx);
        grid.Set("ny", chunk.ny);
        object.Set("grid", grid);
    } else {
        object.Set("grid", env.Null());
    }
    return object;
}

Part part_in(const Napi::Value & value) {
    if (!value.IsObject()) {
        bad_request("each part must be an object with text, tokens or image");
    }
    const auto object = value.As<Napi::Object>();
    Part       part;
    if (object.Has("text")) {
        part.type          = Part::Type::Text;
        part.text          = text(object, "text");
        part.parse_special = flag(object, "parseSpecial");
        return part;
    }
    if (object.Has("tokens")) {
        part.type   = Part::Type::Tokens;
        part.tokens = integers(field(object, "tokens"), "tokens");
        return part;
    }
    const Napi::Value image = field(object, "image");
    if (!image.IsObject()) {
        bad_request("each part must have text, tokens or image");
    }
    const auto    source = image.As<Napi::Object>();
    const int32_t width  = integer(source, "width");
    const int32_t height = integer(source, "height");
    const auto    rgb    = field(source, "rgb");
    if (width < 0 || height < 0) {
        bad_request("an image cannot have a negative size");
    }
    if (!rgb.IsTypedArray() || rgb.As<Napi::TypedArray>().TypedArrayType() != napi_uint8_array) {
        bad_request("rgb must be a Uint8Array");
    }
    const auto bytes = rgb.As<Napi::Uint8Array>();
    part.type        = Part::Type::Image;
    part.width       = static_cast<uint32_t>(width);
    part.height      = static_cast<uint32_t>(height);
    part.rgb.assign(bytes.Data(), bytes.Data() + bytes.ElementLength());
    return part;
}

int32_t threads_in(const Napi::Object & object) {
    const int32_t threads = integer(object, "threads");
    if (threads < 1 || threads > 512) {
        bad_request("threads must be between 1 and 512");
    }
    return threads;
}

RowWants wants_in(const Napi::Object & object) {
    const Napi::Value value = field(object, "wants");
    if (!value.IsObject()) {
        bad_request("wants must be an object");
    }
    const auto source = value.As<Napi::Object>();
    RowWants   wants;
    wants.top_k             = integer(source, "topK");
    wants.attention.layers  = integers(field(source, "layers"), "layers");
    wants.attention.patches = flag(source, "patches");
    wants.attention.heads   = flag(source, "heads");
    wants.attention.head_shares = source.Has("headShares") && flag(source, "headShares");
    return wants;
}

} // namespace

Napi::Value model_info(Napi::Env env, const ModelInfo & info) {
    Napi::Object object = Napi::Object::New(env);
    object.Set("arch", info.arch);
    object.Set("name", info.name);
    object.Set("layers", info.layers);
    object.Set("embedding", info.embedding);
    object.Set("heads", info.heads);
    object.Set("vocab", info.vocab);
    object.Set("trainedContext", info.trained_ctx);
    object.Set("ropeType", info.rope_type);
    object.Set("chatTemplate", info.has_template ? Napi::Value(Napi::String::New(env, info.chat_template)) : env.Null());
    object.Set("bos", info.bos);
    object.Set("eos", info.eos);
    object.Set("endTokens", ints(env, info.end_tokens));
    object.Set("addBos", info.add_bos);
    object.Set("recurrent", info.recurrent);
    object.Set("hybrid", info.hybrid);
    object.Set("slidingWindow", info.sliding);
    object.Set("sizeBytes", info.size_bytes);
    object.Set("parameters", info.parameters);
    object.Set("gpuLayers", info.gpu_layers);
    object.Set("treesRefused", info.trees_refused.empty() ? env.Null() : Napi::Value(Napi::String::New(env, info.trees_refused)));
    return object;
}

Napi::Value projector_info(Napi::Env env, const ProjectorInfo & info) {
    Napi::Object object = Napi::Object::New(env);
    object.Set("vision", info.vision);
    object.Set("audio", info.audio);
    object.Set("mrope", info.mrope);
    object.Set("nonCausal", info.non_causal);
    return object;
}

Napi::Value context_info(Napi::Env env, const ContextInfo & info) {
    Napi::Object object = Napi::Object::New(env);
    object.Set("contextSize", info.size);
    object.Set("batchSize", info.batch);
    object.Set("microBatch", info.micro);
    object.Set("kvBytes", info.kv_bytes);
    return object;
}

Napi::Value rows_out(Napi::Env env, const RowsResult & result) {
    const Rows & rows   = result.rows;
    Napi::Object object = Napi::Object::New(env);
    object.Set("n", rows.n);
    object.Set("topIds", ints(env, rows.top_ids));
    object.Set("topProbs", floats(env, rows.top_probs));
    object.Set("topLogits", floats(env, rows.top_logits));
    object.Set("entropy", floats(env, rows.entropy));
    object.Set("margin", floats(env, rows.margin));
    object.Set("ownProb", floats(env, rows.own_prob));
    object.Set("ownRank", ints(env, rows.own_rank));
    object.Set("shares", joined(env, result.attention, &LayerAttention::shares));
    object.Set("patchMass", joined(env, result.attention, &LayerAttention::patch));
    object.Set("headPatchMass", joined(env, result.attention, &LayerAttention::heads));
    object.Set("headShares", joined(env, result.attention, &LayerAttention::head_shares));
    object.Set("cells", ints(env, result.cells));
    Napi::Object ms = Napi::Object::New(env);
    ms.Set("decode", result.ms.decode);
    ms.Set("capture", result.ms.capture);
    ms.Set("reduce", result.ms.reduce);
    object.Set("ms", ms);
    return object;
}

Napi::Value prefill_out(Napi::Env env, const PrefillResult & result) {
    Napi::Array chunks = Napi::Array::New(env, result.chunks.size());
    for (uint32_t i = 0; i < result.chunks.size(); i++) {
        chunks.Set(i, chunk_out(env, result.chunks[i]));
    }
    Napi::Object ms = Napi::Object::New(env);
    ms.Set("tokenize", result.tokenize_ms);
    ms.Set("encode", result.encode_ms);
    ms.Set("decode", result.decode_ms);
    Napi::Object object = Napi::Object::New(env);
    object.Set("chunks", chunks);
    object.Set("nPast", result.n_past);
    object.Set("nCells", result.n_cells);
    object.Set("imageTokens", result.image_tokens);
    object.Set("ms", ms);
    object.Set("row", rows_out(env, result.row));
    object.Set("promptTop", result.prompt_top.empty() ? env.Null() : ints(env, result.prompt_top));
    return object;
}

ProjectorOptions projector_options(const Napi::Object & object) {
    return { text(object, "path"), flag(object, "gpu"), threads_in(object) };
}

HeadOptions head_options(const Napi::Object & object) {
    return { text(object, "path"), threads_in(object) };
}

ContextOptions context_options(const Napi::Object & object) {
    const std::string kv = text(object, "kvType");
    if (kv != "f32" && kv != "f16") {
        bad_request("kvType must be f32 or f16");
    }
    ContextOptions options;
    options.size       = integer(object, "contextSize");
    options.batch      = integer(object, "batchSize");
    options.micro      = integer(object, "microBatch");
    options.threads    = integer(object, "threads");
    options.f32        = kv == "f32";
    options.max_leaves = integer(object, "maxLeaves");
    options.capture    = flag(object, "capture");
    // Absent, undefined or null: no head reads this context.
    const Napi::Value features = field(object, "features");
    if (!features.IsUndefined() && !features.IsNull()) {
        options.features = { true, integers(features, "features") };
    }
    return options;
}

PrefillRequest prefill_request(const Napi::Object & object) {
    const Napi::Value parts = field(object, "parts");
    if (!parts.IsArray()) {
        bad_request("parts must be an array");
    }
    PrefillRequest request;
    request.add_special = flag(object, "addSpecial");
    request.wants       = wants_in(object);
    request.prompt_top  = object.Has("promptTop") ? integer(object, "promptTop") : 0;
    const auto array    = parts.As<Napi::Array>();
    for (uint32_t i = 0; i < array.Length(); i++) {
        request.parts.push_back(part_in(array.Get(i)));
    }
    return request;
}

TreeRequest tree_request(const Napi::Object & object) {
    return { integers(field(object, "tokens"), "tokens"), integers(field(object, "parents"), "parents"), wants_in(object) };
}

} // namespace specula::js

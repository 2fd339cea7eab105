#include "model.hpp"

#include "errors.hpp"

#include <algorithm>
#include <filesystem>
#include <limits>
#include <stdexcept>

namespace specula {

namespace {

constexpr size_t MAX_TEXT_BYTES   = 64u << 20;
constexpr size_t ERROR_LINES_KEPT = 4;

// Joins the loader's own words to `what`, so that the message names the reason.
[[noreturn]] void fail_with_log(const char * code, const std::string & what, const Log & log, uint64_t mark) {
    std::vector<std::string> lines = log.errors_since(mark, ERROR_LINES_KEPT);
    std::string              reason;
    for (const std::string & line : lines) {
        reason += (reason.empty() ? "" : "; ") + line;
    }
    throw Failure(code, what + ": " + (reason.empty() ? "llama.cpp gave no reason" : reason), lines);
}

void check_file(const char * code, const char * what, const std::string & path) {
    std::error_code error;
    // u8path: the string is UTF-8 on every platform, also on Windows.
    const auto file = std::filesystem::u8path(path);
    if (!std::filesystem::is_regular_file(file, error)) {
        fail(code, std::string(what) + " file not found: " + path);
    }
}

bool is_gpu(ggml_backend_dev_t device) {
    const auto type = ggml_backend_dev_type(device);
    return type == GGML_BACKEND_DEVICE_TYPE_GPU || type == GGML_BACKEND_DEVICE_TYPE_IGPU;
}

ggml_backend_dev_t find_device(const std::string & name) {
    if (ggml_backend_dev_t device = ggml_backend_dev_by_name(name.c_str())) {
        return device;
    }
    std::string known;
    for (size_t i = 0; i < ggml_backend_dev_count(); i++) {
        known += (i ? ", " : "") + std::string(ggml_backend_dev_name(ggml_backend_dev_get(i)));
    }
    bad_request("no device is called \"" + name + "\"; there are: " + known);
}

const char * rope_name(llama_rope_type type) {
    switch (type) {
        case LLAMA_ROPE_TYPE_NONE:   return "none";
        case LLAMA_ROPE_TYPE_NORM:   return "norm";
        case LLAMA_ROPE_TYPE_NEOX:   return "neox";
        case LLAMA_ROPE_TYPE_MROPE:  return "mrope";
        case LLAMA_ROPE_TYPE_IMROPE: return "imrope";
        case LLAMA_ROPE_TYPE_VISION: return "vision";
    }
    return "unknown";
}

std::string why_no_trees(const llama_model * model) {
    if (llama_model_is_recurrent(model)) {
        return "this model is recurrent: its state cannot be rolled back, so it can neither verify nor grow a draft tree";
    }
    if (llama_model_is_hybrid(model)) {
        return "this model mixes attention with recurrent layers, whose state cannot be rolled back, "
               "so it can neither verify nor grow a draft tree";
    }
    if (llama_model_is_diffusion(model)) {
        return "this model generates by diffusion, not token by token";
    }
    return "";
}

int32_t offloaded_layers(const llama_model * model, const ModelOptions & options) {
    bool gpu = false;
    if (options.device.empty()) {
        for (size_t i = 0; i < ggml_backend_dev_count(); i++) {
            gpu = gpu || is_gpu(ggml_backend_dev_get(i));
        }
    } else {
        gpu = is_gpu(find_device(options.device));
    }
    if (!gpu) {
        return 0;
    }
    // The output layer counts as one more.
    const int32_t all = llama_model_n_layer(model) + 1;
    return options.gpu_layers < 0 ? all : std::min(options.gpu_layers, all);
}

} // namespace

ModelPtr load_model(const ModelOptions & options, const Log & log) {
    check_file(code::MODEL_LOAD, "model", options.path);
    llama_model_params params = llama_model_default_params();
    params.n_gpu_layers       = options.gpu_layers;
    params.load_mode          = LLAMA_LOAD_MODE_MMAP;
    // Repacked weights (AMX among them) crashed on some processors and round differently per batch size.
    params.use_extra_bufts = false;

    ggml_backend_dev_t chosen[2] = { nullptr, nullptr };
    if (!options.device.empty()) {
        ggml_backend_dev_t device = find_device(options.device);
        if (is_gpu(device)) {
            chosen[0] = device;
        } else {
            params.n_gpu_layers = 0;
        }
        params.devices = chosen; // an empty list keeps everything on the CPU
    }
    if (options.on_progress) {
        params.progress_callback_user_data = const_cast<std::function<void(float)> *>(&options.on_progress);
        params.progress_callback           = [](float fraction, void * user_data) {
            (*static_cast<std::function<void(float)> *>(user_data))(fraction);
            return true;
        };
    }
    const uint64_t mark = log.mark();
    ModelPtr       model(llama_model_load_from_file(options.path.c_str(), params));
    if (!model) {
        fail_with_log(code::MODEL_LOAD, "cannot load the model " + options.path, log, mark);
    }
    if (llama_model_has_encoder(model.get()) || !llama_model_has_decoder(model.get())) {
        fail(code::UNSUPPORTED, options.path + " is an encoder model; a decoder-only language model is needed");
    }
    if (llama_vocab_type(llama_model_get_vocab(model.get())) == LLAMA_VOCAB_TYPE_NONE) {
        fail(code::UNSUPPORTED, options.path + " has no tokenizer");
    }
    return model;
}

ModelInfo describe_model(const llama_model * model, const ModelOptions & options) {
    const llama_vocab * vocab = llama_model_get_vocab(model);
    const char *        chat  = llama_model_chat_template(model, nullptr);
    ModelInfo           info;
    info.arch          = metadata(model, "general.architecture", "unknown");
    info.name          = metadata(model, "general.name", "");
    info.layers        = llama_model_n_layer(model);
    info.embedding     = llama_model_n_embd(model);
    info.heads         = llama_model_n_head(model);
    info.vocab         = llama_vocab_n_tokens(vocab);
    info.trained_ctx   = llama_model_n_ctx_train(model);
    info.rope_type     = rope_name(llama_model_rope_type(model));
    info.has_template  = chat != nullptr;
    info.chat_template = chat ? chat : "";
    info.bos           = llama_vocab_bos(vocab);
    info.eos           = llama_vocab_eos(vocab);
    for (llama_token token = 0; token < info.vocab; token++) {
        if (llama_vocab_is_eog(vocab, token)) {
            info.end_tokens.push_back(token);
        }
    }
    info.add_bos       = llama_vocab_get_add_bos(vocab);
    info.recurrent     = llama_model_is_recurrent(model);
    info.hybrid        = llama_model_is_hybrid(model);
    info.sliding       = llama_model_n_swa(model);
    info.size_bytes    = static_cast<double>(llama_model_size(model));
    info.parameters    = static_cast<double>(llama_model_n_params(model));
    info.gpu_layers    = offloaded_layers(model, options);
    info.trees_refused = why_no_trees(model);
    return info;
}

mtmd::context_ptr load_projector(const llama_model * model, const ProjectorOptions & options, const Log & log) {
    check_file(code::PROJECTOR_LOAD, "projector", options.path);
    mtmd_context_params params = mtmd_context_params_default();
    params.use_gpu             = options.gpu;
    params.n_threads           = options.threads;
    params.print_timings       = false;
    const uint64_t    mark = log.mark();
    mtmd::context_ptr projector(mtmd_init_from_file(options.path.c_str(), model, params));
    if (!projector) {
        fail_with_log(code::PROJECTOR_LOAD, "cannot load the projector " + options.path, log, mark);
    }
    if (!mtmd_support_vision(projector.get())) {
        fail(code::PROJECTOR_LOAD, "the projector " + options.path + " does not take images");
    }
    return projector;
}

ProjectorInfo describe_projector(const mtmd_context * projector) {
    ProjectorInfo info;
    info.vision     = mtmd_support_vision(projector);
    info.audio      = mtmd_support_audio(projector);
    info.mrope      = mtmd_decode_use_mrope(projector);
    info.non_causal = mtmd_decode_use_non_causal(projector, nullptr);
    return info;
}

std::vector<llama_token> tokenize(const llama_vocab * vocab, const std::string & text, bool add_special, bool parse_special) {
    if (text.size() > MAX_TEXT_BYTES) {
        bad_request("the text has " + std::to_string(text.size()) + " bytes; at most 64 MiB can be tokenised");
    }
    const int32_t            length = static_cast<int32_t>(text.size());
    std::vector<llama_token> tokens(text.size() + 2);
    const auto               run = [&] {
        try {
            return llama_tokenize(vocab, text.data(), length, tokens.data(), static_cast<int32_t>(tokens.size()), add_special,
                                  parse_special);
        } catch (const std::out_of_range &) {
            // Thrown for a byte that the vocabulary lacks.
            bad_request("the model's tokenizer has no tokens for some character of the text");
        }
    };
    int32_t count = run();
    if (count == std::numeric_limits<int32_t>::min()) {
        bad_request("the text gives too many tokens");
    }
    if (count < 0) { // the buffer was too small; -count is what is needed
        tokens.resize(static_cast<size_t>(-static_cast<int64_t>(count)));
        count = run();
    }
    tokens.resize(static_cast<size_t>(std::max(count, 0)));
    return tokens;
}

std::string token_bytes(const llama_vocab * vocab, llama_token token) {
    std::string   bytes(32, '\0');
    const int32_t length = llama_token_to_piece(vocab, token, bytes.data(), static_cast<int32_t>(bytes.size()), 0, true);
    if (length >= 0) {
        bytes.resize(static_cast<size_t>(length));
        return bytes;
    }
    bytes.resize(static_cast<size_t>(-length));
    const int32_t second = llama_token_to_piece(vocab, token, bytes.data(), static_cast<int32_t>(bytes.size()), 0, true);
    bytes.resize(static_cast<size_t>(std::max(second, 0)));
    return bytes;
}

std::vector<std::string> special_tokens(const llama_vocab * vocab) {
    // llama_tokenize finds user-defined tokens in any text, so parse_special makes no difference to them.
    constexpr int            special = LLAMA_TOKEN_ATTR_CONTROL | LLAMA_TOKEN_ATTR_UNKNOWN;
    std::vector<std::string> texts;
    for (llama_token token = 0; token < llama_vocab_n_tokens(vocab); token++) {
        if (llama_vocab_get_attr(vocab, token) & special) {
            texts.emplace_back(llama_vocab_get_text(vocab, token));
        }
    }
    return texts;
}

void check_tokens(const llama_vocab * vocab, const std::vector<llama_token> & tokens) {
    const int32_t size = llama_vocab_n_tokens(vocab);
    for (llama_token token : tokens) {
        if (token < 0 || token >= size) {
            bad_request("token id " + std::to_string(token) + " is not in the vocabulary (0.." + std::to_string(size - 1) + ")");
        }
    }
}

std::string metadata(const llama_model * model, const std::string & key, const std::string & fallback) {
    const int32_t length = llama_model_meta_val_str(model, key.c_str(), nullptr, 0);
    if (length < 0) {
        return fallback;
    }
    std::string value(static_cast<size_t>(length) + 1, '\0');
    llama_model_meta_val_str(model, key.c_str(), value.data(), value.size());
    value.resize(static_cast<size_t>(length));
    return value;
}

} // namespace specula

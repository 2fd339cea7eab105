#pragma once
#include "llama.h"
#include "log.hpp"
#include "mtmd.h"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace specula {

struct LlamaModelDeleter {
    void operator()(llama_model * model) const { llama_model_free(model); }
};
using ModelPtr = std::unique_ptr<llama_model, LlamaModelDeleter>;

struct ModelOptions {
    std::string                  path;
    int32_t                      gpu_layers = -1; // -1: all
    std::string                  device;          // empty: llama.cpp chooses
    std::function<void(float)>   on_progress;
};

struct ModelInfo {
    std::string          arch;
    std::string          name;
    int32_t              layers        = 0;
    int32_t              embedding     = 0;
    int32_t              heads         = 0;
    int32_t              vocab         = 0;
    int32_t              trained_ctx   = 0;
    std::string          rope_type;
    bool                 has_template  = false;
    std::string          chat_template;
    llama_token          bos           = -1;
    llama_token          eos           = -1;
    std::vector<int32_t> end_tokens;
    bool                 add_bos       = false;
    bool                 recurrent     = false;
    bool                 hybrid        = false;
    int32_t              sliding       = 0;
    double               size_bytes    = 0;
    double               parameters    = 0;
    int32_t              gpu_layers    = 0;
    std::string          trees_refused; // empty: trees work
};

struct ProjectorOptions {
    std::string path;
    bool        gpu     = false;
    int32_t     threads = 1;
};

struct ProjectorInfo {
    bool vision     = false;
    bool audio      = false;
    bool mrope      = false;
    bool non_causal = false;
};

// Loads a GGUF model (mmap). Throws Failure(MODEL_LOAD) with the loader's last error lines.
ModelPtr  load_model(const ModelOptions & options, const Log & log);
ModelInfo describe_model(const llama_model * model, const ModelOptions & options);

// Loads the projector that belongs to `model`. Throws Failure(PROJECTOR_LOAD).
mtmd::context_ptr load_projector(const llama_model * model, const ProjectorOptions & options, const Log & log);
ProjectorInfo     describe_projector(const mtmd_context * projector);

std::vector<llama_token> tokenize(const llama_vocab * vocab, const std::string & text, bool add_special, bool parse_special);

// Bytes of one token; special tokens are rendered as their text. The id must be in range.
std::string token_bytes(const llama_vocab * vocab, llama_token token);

// Texts of the tokens that are found in a text only with parse_special: control and unknown tokens.
std::vector<std::string> special_tokens(const llama_vocab * vocab);

// Throws Failure(BAD_REQUEST) when an id is not in the vocabulary.
void check_tokens(const llama_vocab * vocab, const std::vector<llama_token> & tokens);

// The value of a GGUF metadata key as text, or `fallback`.
std::string metadata(const llama_model * model, const std::string & key, const std::string & fallback);

} // namespace specula

#pragma once
#include "session.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace specula {

// One part of a prompt: text, ready tokens, or an image of raw RGB bytes.
struct Part {
    enum class Type { Text, Tokens, Image };

    Type                     type          = Type::Text;
    std::string              text;
    bool                     parse_special = false;
    std::vector<llama_token> tokens;
    uint32_t                 width         = 0;
    uint32_t                 height        = 0;
    std::vector<uint8_t>     rgb;
};

struct PrefillRequest {
    std::vector<Part> parts;
    bool              add_special = true;
    RowWants          wants;
    int32_t           prompt_top  = 0; // most likely tokens to report after each prompt token
};

// A run of text tokens, or one image (tile), as it went into the cache.
struct Chunk {
    bool                     image     = false;
    int32_t                  part      = 0;
    std::vector<llama_token> tokens; // text only
    int32_t                  count     = 0;
    llama_pos                pos       = 0;
    llama_pos                positions = 0;
    int32_t                  nx        = 0; // token grid, images only
    int32_t                  ny        = 0;
};

struct PrefillResult {
    std::vector<Chunk> chunks;
    llama_pos          n_past       = 0;
    int32_t            n_cells      = 0;
    int32_t            image_tokens = 0;
    double             tokenize_ms  = 0;
    double             encode_ms    = 0;
    double             decode_ms    = 0;
    RowsResult         row;
    std::vector<int32_t> prompt_top; // [n_cells * request.prompt_top] ids, -1 after image tokens
};

// Clears the cache and evaluates the prompt. On any failure the cache is left empty.
PrefillResult prefill(Session & session, const PrefillRequest & request);

} // namespace specula

#pragma once
#include "ggml.h"

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace specula {

enum class HeadKind { Eagle, Eagle3, Medusa, Msd, Vispec };

// Metadata of a head file (models/README.md, "Draft heads: the GGUF layout"). Sizes that a kind does not have are 0.
struct HeadConfig {
    HeadKind             kind        = HeadKind::Eagle;
    std::string          kind_name;
    int32_t              layout      = 0;
    int32_t              width       = 0; // of the target
    int32_t              vocab       = 0; // of the target
    int32_t              heads       = 0;
    int32_t              kv_heads    = 0;
    int32_t              head_length = 0;
    int32_t              feed_forward = 0;
    float                epsilon     = 0;
    float                rope_base   = 0;
    bool                 rope_halves = false;
    std::vector<int32_t> feature_layers; // eagle3
    int32_t              draft_vocab  = 0; // eagle3
    int32_t              medusa_heads = 0;
    int32_t              queries      = 0; // vispec
    int32_t              query_heads  = 0;
    std::string          target_name;
    std::string          source;

    int32_t kv_width() const { return kv_heads * head_length; }
    bool    has_layer() const { return kind != HeadKind::Medusa; }
};

struct HeadTensor {
    ggml_type type;
    int64_t   rows;    // 0: a vector
    int64_t   columns; // row length, or the vector's
    size_t    offset;  // in the file
    size_t    bytes;
};

struct HeadFile {
    std::string                       path;
    HeadConfig                        config;
    std::map<std::string, HeadTensor> tensors;
};

// Reads and checks everything but the numbers: every tensor's presence, shape, type and place in the file.
// Throws Failure(HEAD_LOAD) that names what is missing or odd.
HeadFile read_head_file(const std::string & path);

} // namespace specula

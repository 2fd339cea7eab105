#include "head_file.hpp"

#include "errors.hpp"

#include "ggml-cpp.h"

#include <cmath>
#include <filesystem>

namespace specula {

namespace {

constexpr int32_t LAYOUT   = 1;
constexpr int32_t MOST     = 1 << 22;
constexpr size_t  PER_FILE = 256; // tensors

// A tensor that a kind of head has.
struct Expected {
    std::string name;
    int64_t     rows; // 0: a vector
    int64_t     columns;
    bool        optional = false;
};

class Reader {
  public:
    explicit Reader(const std::string & path) : path_(path) {
        std::error_code error;
        const auto      file = std::filesystem::u8path(path);
        if (!std::filesystem::is_regular_file(file, error)) {
            fail(code::HEAD_LOAD, "head file not found: " + path);
        }
        bytes_             = static_cast<size_t>(std::filesystem::file_size(file, error));
        ggml_context * raw = nullptr;
        gguf_.reset(gguf_init_from_file(path.c_str(), { true, &raw }));
        meta_.reset(raw);
        if (!gguf_) {
            refuse("it is no GGUF file, or cut off or damaged");
        }
    }

    [[noreturn]] void refuse(const std::string & reason) const {
        fail(code::HEAD_LOAD, "cannot load the head " + path_ + ": " + reason);
    }

    std::string text(const char * name, bool prefixed = true, bool required = true) const {
        const int64_t id = find(name, prefixed, required);
        if (id < 0) {
            return "";
        }
        if (gguf_get_kv_type(gguf_.get(), id) != GGUF_TYPE_STRING) {
            refuse(std::string("metadata ") + name + " must be a text");
        }
        return gguf_get_val_str(gguf_.get(), id);
    }

    int32_t size(const char * name, int32_t most = MOST) const {
        const int64_t id = find(name);
        if (gguf_get_kv_type(gguf_.get(), id) != GGUF_TYPE_UINT32) {
            refuse(std::string("metadata ") + name + " must be a u32");
        }
        const uint32_t value = gguf_get_val_u32(gguf_.get(), id);
        if (value < 1 || value > static_cast<uint32_t>(most)) {
            refuse(std::string("metadata ") + name + " is " + std::to_string(value) + "; 1 to " + std::to_string(most) + " make sense");
        }
        return static_cast<int32_t>(value);
    }

    float positive(const char * name) const {
        const int64_t id = find(name);
        if (gguf_get_kv_type(gguf_.get(), id) != GGUF_TYPE_FLOAT32) {
            refuse(std::string("metadata ") + name + " must be an f32");
        }
        const float value = gguf_get_val_f32(gguf_.get(), id);
        if (!(value > 0) || !std::isfinite(value)) {
            refuse(std::string("metadata ") + name + " must be a positive number");
        }
        return value;
    }

    std::vector<int32_t> three(const char * name) const {
        const int64_t id = find(name);
        if (gguf_get_kv_type(gguf_.get(), id) != GGUF_TYPE_ARRAY || gguf_get_arr_type(gguf_.get(), id) != GGUF_TYPE_INT32 ||
            gguf_get_arr_n(gguf_.get(), id) != 3) {
            refuse(std::string("metadata ") + name + " must be three i32");
        }
        const auto * values = static_cast<const int32_t *>(gguf_get_arr_data(gguf_.get(), id));
        return { values, values + 3 };
    }

    // All tensors of the file, checked against the expected ones.
    std::map<std::string, HeadTensor> tensors(const std::vector<Expected> & expected) const {
        const int64_t count = gguf_get_n_tensors(gguf_.get());
        if (count > static_cast<int64_t>(PER_FILE)) {
            refuse("it has " + std::to_string(count) + " tensors");
        }
        std::map<std::string, HeadTensor> found;
        for (int64_t i = 0; i < count; i++) {
            const char * name = gguf_get_tensor_name(gguf_.get(), i);
            found.emplace(name, check(i, name, expected));
        }
        for (const Expected & tensor : expected) {
            if (!tensor.optional && !found.count(tensor.name)) {
                refuse("tensor " + tensor.name + " is missing");
            }
        }
        return found;
    }

  private:
    int64_t find(const char * name, bool prefixed = true, bool required = true) const {
        const std::string key = (prefixed ? "specula-head." : "") + std::string(name);
        const int64_t     id  = gguf_find_key(gguf_.get(), key.c_str());
        if (id < 0 && required) {
            refuse("metadata " + key + " is missing");
        }
        return id;
    }

    static std::string shape(int64_t rows, int64_t columns) {
        return rows == 0 ? "[" + std::to_string(columns) + "]" : "[" + std::to_string(rows) + ", " + std::to_string(columns) + "]";
    }

    HeadTensor check(int64_t id, const std::string & name, const std::vector<Expected> & expected) const {
        const Expected * wanted = nullptr;
        for (const Expected & tensor : expected) {
            wanted = tensor.name == name ? &tensor : wanted;
        }
        if (!wanted) {
            refuse("a head of this kind has no tensor " + name);
        }
        const int64_t * ne   = gguf_get_tensor_ne(gguf_.get(), id);
        const ggml_type type = gguf_get_tensor_type(gguf_.get(), id);
        HeadTensor      out{ type, wanted->rows, wanted->columns, gguf_get_data_offset(gguf_.get()) + gguf_get_tensor_offset(gguf_.get(), id),
                        gguf_get_tensor_size(gguf_.get(), id) };
        const bool vector = wanted->rows == 0;
        if (ne[0] != wanted->columns || ne[1] != (vector ? 1 : wanted->rows) || ne[2] != 1 || ne[3] != 1) {
            refuse("tensor " + name + " has the shape " + shape(vector && ne[1] == 1 ? 0 : ne[1], ne[0]) + ", it must be " +
                   shape(wanted->rows, wanted->columns));
        }
        const bool index = name == "d2t";
        const bool fits  = index ? type == GGML_TYPE_I32 : type == GGML_TYPE_F32 || (!vector && type == GGML_TYPE_F16);
        if (!fits) {
            refuse("tensor " + name + " is of type " + ggml_type_name(type) + ", it must be " + (index ? "i32" : vector ? "f32" : "f16 or f32"));
        }
        if (out.offset > bytes_ || out.bytes > bytes_ - out.offset) {
            refuse("tensor " + name + " reaches behind the end of the file: it is cut off");
        }
        return out;
    }

    std::string      path_;
    size_t           bytes_ = 0;
    gguf_context_ptr gguf_;
    ggml_context_ptr meta_;
};

HeadKind kind_of(const Reader & reader, const std::string & name) {
    static const std::map<std::string, HeadKind> kinds = { { "eagle", HeadKind::Eagle },
                                                           { "eagle3", HeadKind::Eagle3 },
                                                           { "medusa", HeadKind::Medusa },
                                                           { "msd", HeadKind::Msd },
                                                           { "vispec", HeadKind::Vispec } };
    const auto found = kinds.find(name);
    if (found == kinds.end()) {
        reader.refuse("the kind \"" + name + "\" is not known; known are eagle, eagle3, medusa, msd and vispec");
    }
    return found->second;
}

HeadConfig read_config(const Reader & reader) {
    const std::string arch = reader.text("general.architecture", false);
    if (arch != "specula-head") {
        reader.refuse("its architecture is \"" + arch + "\", not \"specula-head\"; convert it with `specula models convert`");
    }
    HeadConfig config;
    config.layout = reader.size("layout");
    if (config.layout != LAYOUT) {
        reader.refuse("its layout is " + std::to_string(config.layout) + ", this version reads " + std::to_string(LAYOUT));
    }
    config.kind_name   = reader.text("kind");
    config.kind        = kind_of(reader, config.kind_name);
    config.width       = reader.size("embedding_length", 1 << 17);
    config.vocab       = reader.size("vocab_size");
    config.target_name = reader.text("target_name", true, false);
    config.source      = reader.text("source", true, false);
    if (config.kind == HeadKind::Medusa) {
        config.medusa_heads = reader.size("medusa_heads", 16);
        return config;
    }
    config.heads              = reader.size("head_count", 1024);
    config.kv_heads           = reader.size("head_count_kv", 1024);
    config.head_length        = reader.size("head_length", 4096);
    config.feed_forward       = reader.size("feed_forward_length");
    config.epsilon            = reader.positive("rms_epsilon");
    config.rope_base          = reader.positive("rope_base");
    const std::string rope    = reader.text("rope_type");
    config.rope_halves        = rope == "neox";
    if (rope != "neox" && rope != "norm") {
        reader.refuse("the rope_type \"" + rope + "\" is not known; known are neox and norm");
    }
    if (config.heads % config.kv_heads != 0) {
        reader.refuse("head_count " + std::to_string(config.heads) + " is no multiple of head_count_kv " + std::to_string(config.kv_heads));
    }
    if (config.head_length % 2 != 0) {
        reader.refuse("head_length " + std::to_string(config.head_length) + " is odd");
    }
    if (config.kind == HeadKind::Eagle3) {
        config.feature_layers = reader.three("feature_layers");
        config.draft_vocab    = reader.size("draft_vocab_size");
    }
    if (config.kind == HeadKind::Vispec) {
        config.queries     = reader.size("queries", 256);
        config.query_heads = reader.size("query_heads", 1024);
        if (config.width % config.query_heads != 0) {
            reader.refuse("embedding_length " + std::to_string(config.width) + " is no multiple of query_heads " +
                          std::to_string(config.query_heads));
        }
    }
    return config;
}

void add_layer(std::vector<Expected> & out, const HeadConfig & config) {
    const int64_t h       = config.width;
    const bool    eagle3  = config.kind == HeadKind::Eagle3;
    const int64_t in      = eagle3 ? 2 * h : h;
    const int64_t q_width = static_cast<int64_t>(config.heads) * config.head_length;
    const int64_t k_width = config.kv_width();
    out.push_back({ "fc.weight", h, eagle3 ? 3 * h : 2 * h });
    if (!eagle3) {
        out.push_back({ "fc.bias", 0, h, true });
    }
    out.push_back({ "blk.0.attn_q.weight", q_width, in });
    out.push_back({ "blk.0.attn_k.weight", k_width, in });
    out.push_back({ "blk.0.attn_v.weight", k_width, in });
    out.push_back({ "blk.0.attn_q.bias", 0, q_width, true });
    out.push_back({ "blk.0.attn_k.bias", 0, k_width, true });
    out.push_back({ "blk.0.attn_v.bias", 0, k_width, true });
    out.push_back({ "blk.0.attn_output.weight", h, q_width });
    out.push_back({ "blk.0.attn_norm.weight", 0, h, !eagle3 });
    out.push_back({ "blk.0.ffn_norm.weight", 0, h });
    out.push_back({ "blk.0.ffn_gate.weight", config.feed_forward, h });
    out.push_back({ "blk.0.ffn_up.weight", config.feed_forward, h });
    out.push_back({ "blk.0.ffn_down.weight", h, config.feed_forward });
    if (eagle3) {
        out.push_back({ "blk.0.attn_norm_2.weight", 0, h });
        out.push_back({ "output_norm.weight", 0, h });
        out.push_back({ "output.weight", config.draft_vocab, h });
        out.push_back({ "d2t", 0, config.draft_vocab });
    }
}

std::vector<Expected> expected_tensors(const HeadConfig & config) {
    const int64_t         h = config.width;
    std::vector<Expected> out;
    if (config.has_layer()) {
        add_layer(out, config);
        out.push_back({ "token_embd.weight", config.vocab, h, true });
    }
    for (int32_t i = 0; i < config.medusa_heads; i++) {
        const std::string prefix = "medusa." + std::to_string(i) + ".";
        out.push_back({ prefix + "weight", h, h });
        out.push_back({ prefix + "bias", 0, h });
        out.push_back({ prefix + "output.weight", config.vocab, h, true });
    }
    if (config.kind == HeadKind::Vispec) {
        out.push_back({ "vision.query.weight", config.queries, h });
        for (const char * part : { "k", "v" }) {
            out.push_back({ std::string("vision.") + part + ".weight", h, h });
            out.push_back({ std::string("vision.") + part + ".bias", 0, h, true });
        }
        out.push_back({ "vision.output.weight", h, h });
        out.push_back({ "img_fc.weight", h, 2 * h });
        out.push_back({ "img_fc.bias", 0, h });
    }
    return out;
}

} // namespace

HeadFile read_head_file(const std::string & path) {
    const Reader reader(path);
    HeadFile     file;
    file.path    = path;
    file.config  = read_config(reader);
    file.tensors = reader.tensors(expected_tensors(file.config));
    return file;
}

} // namespace specula

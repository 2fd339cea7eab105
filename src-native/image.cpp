#include "image.hpp"

#include "errors.hpp"

#include <algorithm>
#include <cmath>

namespace specula {

namespace {

constexpr uint32_t MAX_SIDE   = 16384;
constexpr uint32_t MAX_ASPECT = 200; // the limit of Qwen-VL's own preprocessing; beyond it sides round to zero
constexpr int32_t  SLICE      = 256;

// Makes attention non-causal while it lives (Gemma 3 looks at an image as a whole).
class NonCausal {
  public:
    NonCausal(llama_context * context, bool on) : context_(on ? context : nullptr) {
        if (context_) {
            llama_set_causal_attn(context_, false);
        }
    }
    ~NonCausal() {
        if (context_) {
            llama_set_causal_attn(context_, true);
        }
    }
    NonCausal(const NonCausal &)             = delete;
    NonCausal & operator=(const NonCausal &) = delete;

  private:
    llama_context * context_;
};

// Positions of tokens [from, from+count) in the layout of an embedding batch: [count] or, under M-RoPE,
// [t..][y..][x..][z..].
std::vector<llama_pos> positions(const mtmd_input_chunk * source, llama_pos pos, int32_t from, int32_t count, bool mrope) {
    std::vector<llama_pos> out(static_cast<size_t>(count) * (mrope ? 4 : 1));
    const auto *           image = mtmd_input_chunk_get_tokens_image(source);
    for (int32_t i = 0; i < count; i++) {
        if (!mrope) {
            out[i] = pos + from + i;
            continue;
        }
        const mtmd_decoder_pos p = mtmd_image_tokens_get_decoder_pos(image, pos, static_cast<size_t>(from + i));
        out[i]                   = static_cast<llama_pos>(p.t);
        out[i + count]           = static_cast<llama_pos>(p.y);
        out[i + count * 2]       = static_cast<llama_pos>(p.x);
        out[i + count * 3]       = static_cast<llama_pos>(p.z);
    }
    return out;
}

} // namespace

void check_image(const Part & part) {
    const std::string size = std::to_string(part.width) + " x " + std::to_string(part.height);
    if (part.width == 0 || part.height == 0) {
        bad_request("an image of " + size + " pixels has no content");
    }
    if (part.width > MAX_SIDE || part.height > MAX_SIDE) {
        bad_request("an image of " + size + " pixels is too large; scale it to at most " + std::to_string(MAX_SIDE) + " per side");
    }
    if (std::max(part.width, part.height) > static_cast<uint64_t>(MAX_ASPECT) * std::min(part.width, part.height)) {
        bad_request("an image of " + size + " pixels is too narrow; one side may be at most 200 times the other");
    }
    const uint64_t bytes = static_cast<uint64_t>(part.width) * part.height * 3;
    if (part.rgb.size() != bytes) {
        bad_request("an RGB image of " + size + " pixels has " + std::to_string(bytes) + " bytes, got " +
                    std::to_string(part.rgb.size()));
    }
}

ImageChunks cut_image(Session & session, const Part & part) {
    if (!session.projector) {
        bad_request("the prompt has an image, but no projector (mmproj file) is loaded");
    }
    const mtmd::bitmap      bitmap(part.width, part.height, part.rgb.data());
    const mtmd_input_part   input = { nullptr, bitmap.ptr.get() };
    const mtmd_input_part * inputs[1] = { &input };
    ImageChunks             chunks{ mtmd::input_chunks_ptr(mtmd_input_chunks_init()) };
    const uint64_t          mark   = session.log.mark();
    const int32_t           status = mtmd_tokenize_from_parts(session.projector.get(), chunks.list.get(), inputs, 1, false);
    if (status != 0) {
        const auto lines = session.log.errors_since(mark, 4);
        throw Failure(code::BAD_REQUEST,
                      "the projector could not take the image" + (lines.empty() ? std::string() : ": " + lines.back()), lines);
    }
    return chunks;
}

Chunk describe_chunk(const mtmd_input_chunk * source, int32_t part, bool mrope) {
    Chunk chunk;
    chunk.part      = part;
    chunk.count     = static_cast<int32_t>(mtmd_input_chunk_get_n_tokens(source));
    chunk.positions = mtmd_input_chunk_get_n_pos(source);
    if (mtmd_input_chunk_get_type(source) == MTMD_INPUT_CHUNK_TYPE_TEXT) {
        size_t              count  = 0;
        const llama_token * tokens = mtmd_input_chunk_get_tokens_text(source, &count);
        chunk.tokens.assign(tokens, tokens + count);
        return chunk;
    }
    chunk.image = true;
    chunk.nx    = chunk.count;
    chunk.ny    = 1;
    if (mrope) {
        // The grid of an M-RoPE image is what its positions span.
        const auto * image = mtmd_input_chunk_get_tokens_image(source);
        uint32_t     max_x = 0;
        uint32_t     max_y = 0;
        for (int32_t i = 0; i < chunk.count; i++) {
            const mtmd_decoder_pos p = mtmd_image_tokens_get_decoder_pos(image, 0, static_cast<size_t>(i));
            max_x                    = std::max(max_x, p.x);
            max_y                    = std::max(max_y, p.y);
        }
        if (static_cast<int64_t>(max_x + 1) * (max_y + 1) == chunk.count) {
            chunk.nx = static_cast<int32_t>(max_x + 1);
            chunk.ny = static_cast<int32_t>(max_y + 1);
        }
    } else {
        // mtmd only gives the count; encoders with square input give a square grid.
        const auto side = static_cast<int32_t>(std::lround(std::sqrt(static_cast<double>(chunk.count))));
        if (side * side == chunk.count) {
            chunk.nx = side;
            chunk.ny = side;
        }
    }
    return chunk;
}

Evaluated decode_image(Session & session, const mtmd_input_chunk * source, const Chunk & chunk, int32_t first_patch,
                       const AttentionWants * wants, double & encode_ms) {
    llama_context * context    = session.context.get();
    mtmd_context *  projector  = session.projector.get();
    const bool      mrope      = mtmd_decode_use_mrope(projector);
    const bool      non_causal = mtmd_decode_use_non_causal(projector, source);
    if (non_causal && chunk.count > static_cast<int32_t>(std::min(llama_n_ubatch(context), llama_n_batch(context)))) {
        bad_request("this model looks at an image as a whole: microBatch and batchSize must be at least " +
                    std::to_string(chunk.count));
    }
    check_cancelled(session);
    Stopwatch      watch;
    const uint64_t mark = session.log.mark();
    if (mtmd_encode_chunk(projector, source) != 0) {
        const auto lines = session.log.errors_since(mark, 4);
        throw Failure(code::DECODE, "the image encoder failed" + (lines.empty() ? std::string() : ": " + lines.back()), lines);
    }
    encode_ms += watch.ms();

    float *         embeddings = mtmd_get_output_embd(projector);
    const size_t    width      = static_cast<size_t>(llama_model_n_embd_inp(session.model.get()));
    if (session.features.on()) {
        session.features.add_image(embeddings, width, static_cast<size_t>(chunk.count));
    }
    const NonCausal guard(context, non_causal);
    const int32_t   step = non_causal ? chunk.count : std::min<int32_t>(SLICE, static_cast<int32_t>(llama_n_batch(context)));
    Evaluated       done;
    for (int32_t from = 0; from < chunk.count; from += step) {
        const int32_t               count = std::min(step, chunk.count - from);
        const bool                  last  = wants && from + count == chunk.count;
        std::vector<llama_pos>      pos   = positions(source, chunk.pos, from, count, mrope);
        llama_seq_id                zero  = 0;
        std::vector<int32_t>        seq_counts(count, 1);
        std::vector<llama_seq_id *> seqs(count, &zero);
        std::vector<int8_t>         logits(count, output_flag(session, false));
        std::vector<CellTag>        tags(count);
        for (int32_t i = 0; i < count; i++) {
            tags[i] = { Kind::Image, first_patch + from + i };
        }
        logits[count - 1] = output_flag(session, last);
        const llama_batch batch = { count, nullptr, embeddings + width * from, pos.data(), seq_counts.data(), seqs.data(), logits.data() };
        const DecodeTimes times = decode(session, batch, tags, static_cast<size_t>(count) - 1, last ? *wants : AttentionWants{});
        done.ms.decode += times.decode;
        done.ms.capture += times.capture;
        done.last_row = count - 1;
    }
    return done;
}

} // namespace specula

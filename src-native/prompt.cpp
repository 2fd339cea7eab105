#include "prompt.hpp"

#include "errors.hpp"
#include "image.hpp"

#include <algorithm>

namespace specula {

namespace {

// Tokens between two looks at the cancel flag.
constexpr int32_t SLICE = 256;

// A chunk with what is needed to evaluate it.
struct Piece {
    Chunk                    chunk;
    const mtmd_input_chunk * source = nullptr; // image only; owned by the list in Plan
};

struct Plan {
    std::vector<Piece>       pieces;
    std::vector<ImageChunks> images;
    int32_t                  cells        = 0;
    int32_t                  image_tokens = 0;
};

void add_text(Plan & plan, int32_t part, std::vector<llama_token> tokens) {
    if (tokens.empty()) {
        return;
    }
    Chunk chunk;
    chunk.part      = part;
    chunk.count     = static_cast<int32_t>(tokens.size());
    chunk.positions = chunk.count;
    chunk.tokens    = std::move(tokens);
    plan.pieces.push_back({ std::move(chunk), nullptr });
}

void add_part(Session & session, Plan & plan, const Part & part, int32_t index) {
    switch (part.type) {
        case Part::Type::Text:
            add_text(plan, index, tokenize(session.vocab(), part.text, false, part.parse_special));
            return;
        case Part::Type::Tokens:
            check_tokens(session.vocab(), part.tokens);
            add_text(plan, index, part.tokens);
            return;
        case Part::Type::Image:
            break;
    }
    check_image(part);
    plan.images.push_back(cut_image(session, part));
    const ImageChunks & chunks = plan.images.back();
    const bool          mrope  = mtmd_decode_use_mrope(session.projector.get());
    for (size_t i = 0; i < chunks.size(); i++) {
        plan.pieces.push_back({ describe_chunk(chunks.at(i), index, mrope), chunks.at(i) });
    }
}

// Tokenises everything and lays out positions; touches no cache.
Plan make_plan(Session & session, const PrefillRequest & request) {
    Plan plan;
    if (request.add_special && session.info.add_bos) {
        add_text(plan, 0, { session.info.bos });
    }
    for (size_t i = 0; i < request.parts.size(); i++) {
        add_part(session, plan, request.parts[i], static_cast<int32_t>(i));
        check_cancelled(session);
    }
    // BOS and the text it stands before are one chunk.
    if (plan.pieces.size() > 1 && request.add_special && session.info.add_bos && !plan.pieces[1].chunk.image &&
        plan.pieces[1].chunk.part == 0) {
        Chunk & first = plan.pieces[1].chunk;
        first.tokens.insert(first.tokens.begin(), session.info.bos);
        first.count++;
        first.positions++;
        plan.pieces.erase(plan.pieces.begin());
    }
    llama_pos pos = 0;
    for (Piece & piece : plan.pieces) {
        piece.chunk.pos = pos;
        pos += piece.chunk.positions;
        plan.cells += piece.chunk.count;
        plan.image_tokens += piece.chunk.image ? piece.chunk.count : 0;
    }
    if (plan.cells == 0) {
        bad_request("the prompt is empty");
    }
    return plan;
}

void check_fits(const Session & session, const Plan & plan) {
    const int32_t size = static_cast<int32_t>(llama_n_ctx(session.context.get()));
    if (plan.cells > size) {
        const std::string images = plan.image_tokens > 0 ? " (" + std::to_string(plan.image_tokens) + " of them image)" : "";
        fail(code::CONTEXT_FULL, "the prompt has " + std::to_string(plan.cells) + " tokens" + images + ", but the context holds " +
                                     std::to_string(size) + "; choose a larger context or a shorter prompt");
    }
}

// Appends the top ids of the latest decode's rows 0..count-1.
void append_top(Session & session, int32_t count, int32_t top_k, std::vector<int32_t> & out) {
    if (top_k == 0) {
        return;
    }
    std::vector<const float *> logits(count);
    for (int32_t i = 0; i < count; i++) {
        logits[i] = llama_get_logits_ith(session.context.get(), i);
        if (!logits[i]) {
            fail(code::DECODE, "llama.cpp kept no logits for row " + std::to_string(i));
        }
    }
    const size_t from = out.size();
    out.resize(from + static_cast<size_t>(count) * top_k);
    read_top_ids(logits, session.info.vocab, top_k, session.options.threads, out.data() + from);
}

Evaluated decode_text(Session & session, const Chunk & chunk, Kind kind, const AttentionWants * wants, int32_t top_k,
                      std::vector<int32_t> & top) {
    const int32_t step = std::min<int32_t>(SLICE, static_cast<int32_t>(llama_n_batch(session.context.get())));
    Evaluated     done;
    for (int32_t from = 0; from < chunk.count; from += step) {
        const int32_t               count = std::min(step, chunk.count - from);
        const bool                  last  = wants && from + count == chunk.count;
        std::vector<llama_token>    tokens(chunk.tokens.begin() + from, chunk.tokens.begin() + from + count);
        std::vector<llama_pos>      pos(count);
        llama_seq_id                zero = 0;
        std::vector<int32_t>        seq_counts(count, 1);
        std::vector<llama_seq_id *> seqs(count, &zero);
        std::vector<int8_t>         logits(count, output_flag(session, top_k > 0));
        for (int32_t i = 0; i < count; i++) {
            pos[i] = chunk.pos + from + i;
        }
        if (last) {
            logits[count - 1] = 1;
        }
        const llama_batch batch = { count, tokens.data(), nullptr, pos.data(), seq_counts.data(), seqs.data(), logits.data() };
        const std::vector<CellTag> tags(count, CellTag{ kind, -1 });
        const DecodeTimes times = decode(session, batch, tags, static_cast<size_t>(count) - 1, last ? *wants : AttentionWants{});
        done.ms.decode += times.decode;
        done.ms.capture += times.capture;
        done.last_row = count - 1;
        const Stopwatch reading;
        append_top(session, count, top_k, top);
        done.ms.decode += reading.ms();
    }
    return done;
}

// Writes down what the cache now holds; trees and rollback work on this.
void commit(Session & session, const Chunk & chunk) {
    for (int32_t i = 0; i < chunk.count; i++) {
        // Under M-RoPE all tokens of an image share its first position in the cache.
        session.committed.push_back({ chunk.image ? chunk.pos : chunk.pos + i, chunk.image });
    }
    if (chunk.image) {
        session.images.push_back({ chunk.pos, chunk.positions });
    }
    if (session.features.on() && chunk.image) {
        session.features.commit_image(static_cast<size_t>(chunk.count));
    } else if (session.features.on()) {
        session.features.commit_text(chunk.tokens);
    }
    session.n_past = chunk.pos + chunk.positions;
}

PrefillResult evaluate(Session & session, const Plan & plan, const PrefillRequest & request) {
    const RowWants & wants = request.wants;
    PrefillResult    result;
    session.patches   = plan.image_tokens;
    Kind      kind    = plan.image_tokens > 0 ? Kind::System : Kind::Text;
    int32_t   patch   = 0;
    Evaluated last;
    for (const Piece & piece : plan.pieces) {
        const Chunk &          chunk = piece.chunk;
        const bool             final = &piece == &plan.pieces.back();
        const AttentionWants * want  = final ? &wants.attention : nullptr;
        if (chunk.image) {
            last = decode_image(session, piece.source, chunk, patch, want, result.encode_ms);
            patch += chunk.count;
            result.prompt_top.insert(result.prompt_top.end(), static_cast<size_t>(chunk.count) * request.prompt_top, -1);
            kind = Kind::Text;
        } else {
            last = decode_text(session, chunk, kind, want, request.prompt_top, result.prompt_top);
        }
        result.decode_ms += last.ms.decode;
        commit(session, chunk);
        result.chunks.push_back(chunk);
    }
    if (session.info.sliding > 0) {
        // llama.cpp reuses cells that left the window if one sequence only holds them, and a rollback may
        // need them again; a second sequence keeps them.
        llama_memory_seq_cp(session.memory(), 0, 1, -1, -1);
        session.active = 2;
    }
    result.n_past       = session.n_past;
    result.n_cells      = session.cells_used();
    result.image_tokens = plan.image_tokens;
    result.row          = collect_rows(session, last.last_row, 1, wants, last.ms);
    session.readable    = { -1, 1, last.last_row, result.row.rows.stats };
    return result;
}

} // namespace

PrefillResult prefill(Session & session, const PrefillRequest & request) {
    require_context(session);
    check_wants(session, request.wants, 1, 0);
    check_range("promptTop", request.prompt_top, 0, std::min(64, session.info.vocab));
    Stopwatch  watch;
    const Plan plan = make_plan(session, request);
    const double tokenize_ms = watch.ms();
    check_wants(session, request.wants, 1, plan.image_tokens);
    clear(session);
    check_fits(session, plan);
    try {
        PrefillResult result = evaluate(session, plan, request);
        result.tokenize_ms   = tokenize_ms;
        return result;
    } catch (...) {
        clear(session);
        throw;
    }
}

} // namespace specula

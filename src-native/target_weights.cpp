// The matrices are found in the graph itself: `result_output` is what gives the logits, and the rows looked up in
// token_embd.weight are the embeddings. llama.cpp's C interface has no other way to them.
#include "target_weights.hpp"

#include "errors.hpp"
#include "session.hpp"

#include <algorithm>
#include <cstring>

namespace specula {

namespace {

constexpr int32_t ROWS = 3;

bool watch(ggml_tensor * tensor, bool ask, void * user_data) {
    auto * found = static_cast<TargetWeights *>(user_data);
    if (!ask) {
        return true;
    }
    if (tensor->op == GGML_OP_GET_ROWS && tensor->src[0] && std::strcmp(tensor->src[0]->name, "token_embd.weight") == 0) {
        found->embedding = tensor->src[0];
    }
    if (std::strcmp(tensor->name, "result_output") == 0) {
        if (tensor->op == GGML_OP_MUL_MAT) {
            found->output = tensor->src[0];
        } else {
            found->output_refused = std::string("it does more (") + ggml_op_desc(tensor) + ") than multiply the hidden state by its output matrix";
        }
    }
    return false;
}

// Tokens that any model knows: the first ordinary ones.
std::vector<llama_token> some_tokens(const Session & session) {
    std::vector<llama_token> tokens;
    for (llama_token token = 0; token < session.info.vocab && tokens.size() < ROWS; token++) {
        if (!llama_vocab_is_control(session.vocab(), token)) {
            tokens.push_back(token);
        }
    }
    tokens.resize(ROWS, 0);
    return tokens;
}

} // namespace

TargetWeights find_target_weights(const Session & session) {
    TargetWeights        found;
    llama_context_params params = llama_context_default_params();
    params.n_ctx                = 256;
    params.n_batch              = 32;
    params.n_ubatch             = 32;
    params.n_seq_max            = 1;
    params.n_threads            = 1;
    params.n_threads_batch      = 1;
    params.embeddings           = true;
    params.pooling_type         = LLAMA_POOLING_TYPE_NONE;
    params.cb_eval              = watch;
    params.cb_eval_user_data    = &found;
    const uint64_t mark = session.log.mark();
    ContextPtr     context(llama_init_from_model(session.model.get(), params));
    std::vector<llama_token>    tokens = some_tokens(session);
    std::vector<llama_pos>      pos(ROWS);
    llama_seq_id                zero = 0;
    std::vector<int32_t>        seq_counts(ROWS, 1);
    std::vector<llama_seq_id *> seqs(ROWS, &zero);
    std::vector<int8_t>         outputs(ROWS, 1);
    for (int32_t i = 0; i < ROWS; i++) {
        pos[i] = i;
    }
    const llama_batch batch = { ROWS, tokens.data(), nullptr, pos.data(), seq_counts.data(), seqs.data(), outputs.data() };
    if (!context || llama_decode(context.get(), batch) != 0) {
        const auto lines = session.log.errors_since(mark, 4);
        throw Failure(code::CONTEXT, "the target could not be tried out for the head" + (lines.empty() ? std::string() : ": " + lines.back()),
                      lines);
    }
    llama_synchronize(context.get());
    if (!found.embedding || (!found.output && found.output_refused.empty())) {
        fail(code::UNSUPPORTED, "the target's graph does not show its token embeddings or its output matrix, which a draft head needs");
    }
    found.rows = ROWS;
    for (int32_t i = 0; i < ROWS; i++) {
        const float * hidden = llama_get_embeddings_ith(context.get(), i);
        const float * logits = llama_get_logits_ith(context.get(), i);
        if (!hidden || !logits) {
            fail(code::UNSUPPORTED, "llama.cpp gives no hidden states of this target, which a draft head needs");
        }
        found.hidden.insert(found.hidden.end(), hidden, hidden + session.info.embedding);
        found.logits.insert(found.logits.end(), logits, logits + session.info.vocab);
    }
    return found;
}

} // namespace specula

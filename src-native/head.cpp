#include "head.hpp"

#include "errors.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace specula {

namespace {

constexpr size_t  SLICE        = 128; // pairs read in one pass
constexpr int32_t MOST_PADDING = 128; // ids by which vocabularies of one family differ at their ends
constexpr float   ROUNDING     = 5e-3f; // of the largest logit

std::string number(int64_t value) {
    return std::to_string(value);
}

[[noreturn]] void does_not_fit(const HeadFile & file, const std::string & reason) {
    fail(code::HEAD_LOAD, "the head " + file.path + " does not fit this target: " + reason);
}

// Keys by which a model file says that its scores are more than a matrix product.
std::string odd_scores(const Session & session) {
    for (const char * key : { "logit_scale", "final_logit_softcapping" }) {
        const std::string value = metadata(session.model.get(), session.info.arch + "." + key, "");
        if (!value.empty()) {
            return " (its file has " + session.info.arch + "." + key + " = " + value + ")";
        }
    }
    return "";
}

void check_top_k(int32_t top_k, int32_t vocab) {
    check_range("topK", top_k, 1, std::min(64, vocab));
}

bool own_output(const HeadFile & file) {
    return file.config.kind == HeadKind::Eagle3 || file.tensors.count("medusa.0.output.weight") > 0;
}

// Everything that can be told from the sizes.
void check_fits(const Session & session, const TargetWeights & target, const HeadFile & file) {
    const HeadConfig & config = file.config;
    const ModelInfo &  info   = session.info;
    if (config.width != info.embedding) {
        does_not_fit(file, "it was made for hidden states of width " + number(config.width) + ", this target's have " + number(info.embedding));
    }
    if (std::abs(config.vocab - info.vocab) > MOST_PADDING) {
        does_not_fit(file, "it was made for " + number(config.vocab) + " tokens, this target has " + number(info.vocab));
    }
    for (int32_t layer : config.feature_layers) {
        if (layer < -1 || layer >= info.layers) {
            does_not_fit(file, "it reads layer " + number(layer) + ", this target has layers 0.." + number(info.layers - 1));
        }
    }
    const auto has = [&](const char * name) { return file.tensors.count(name) > 0; };
    if (config.kind == HeadKind::Medusa) {
        for (int32_t i = 0; i < config.medusa_heads; i++) {
            if (has("medusa.0.output.weight") != has(("medusa." + number(i) + ".output.weight").c_str())) {
                fail(code::HEAD_LOAD, "cannot load the head " + file.path + ": only some of its heads have an output.weight");
            }
        }
    }
    if (!own_output(file) && !target.output_refused.empty()) {
        does_not_fit(file, "the target's scores cannot be had from a hidden state: " + target.output_refused + odd_scores(session));
    }
    if (config.has_layer() && target.embedding->ne[0] != config.width) {
        does_not_fit(file, "the target's token embeddings have the width " + number(target.embedding->ne[0]));
    }
}

HeadFile read_fitting(const Session & session, const TargetWeights & target, const std::string & path) {
    HeadFile file = read_head_file(path);
    check_fits(session, target, file);
    return file;
}

} // namespace

Head::Head(const Session & session, const TargetWeights & target, const HeadOptions & options)
    : file_(read_fitting(session, target, options.path)), compute_(target, options.threads), weights_(file_, compute_.buffer_type()),
      embedding_(weights_.find("token_embd.weight")), output_(target.output) {
    if (!embedding_) {
        embedding_ = target.embedding;
    }
    if (!own_output(file_)) {
        test_output(session, target);
    }
}

HeadParts Head::parts() const {
    return { file_.config, weights_, embedding_, output_ };
}

int32_t Head::head_vocab() const {
    if (own_output(file_)) {
        return config().kind == HeadKind::Eagle3 ? config().draft_vocab : config().vocab;
    }
    return static_cast<int32_t>(output_->ne[1]);
}

// Our graph on real hidden states must give the target's own logits; a logit scale, a soft cap or an adapter would
// change them.
void Head::test_output(const Session & session, const TargetWeights & target) {
    const std::vector<float> ours  = run_output(compute_, target.output, target.hidden, target.rows);
    float                    most  = 0;
    float                    worst = 0;
    for (size_t i = 0; i < target.logits.size(); i++) {
        const size_t row = i / static_cast<size_t>(session.info.vocab);
        const size_t at  = row * static_cast<size_t>(target.output->ne[1]) + i % static_cast<size_t>(session.info.vocab);
        most             = std::max(most, std::fabs(target.logits[i]));
        const float apart = std::fabs(target.logits[i] - ours[at]);
        worst             = std::isfinite(apart) ? std::max(worst, apart) : std::numeric_limits<float>::infinity();
    }
    if (!(worst <= ROUNDING * most)) {
        does_not_fit(file_, "on a hidden state of the target its output matrix gives scores that differ from the target's own by " +
                                std::to_string(worst) + " (largest score " + std::to_string(most) + ")" + odd_scores(session));
    }
}

void Head::make_cache(const Session & session) {
    if (!config().has_layer()) {
        return;
    }
    const int64_t cells = static_cast<int64_t>(llama_n_ctx(session.context.get())) + TREE_NODES;
    if (cache_ && cache_->cells() >= cells && cache_f32_ == session.options.f32) {
        return;
    }
    cache_.reset(); // before the new one is made: both may not fit
    cache_f32_ = session.options.f32;
    cache_.emplace(config(), cells, cache_f32_, compute_.buffer_type());
}

double Head::begin(const Session & session) {
    require_context(session);
    const Features & features = session.features;
    if (!features.on() || features.layers() != config().feature_layers) {
        bad_request("this context does not keep what the head reads; create it with the head's featureLayers as features");
    }
    if (features.size() == 0 || features.released() > 0 || features.size() != session.committed.size()) {
        bad_request("the hidden states of the prompt are not there (any more); call prefill before begin");
    }
    Stopwatch watch;
    started_ = false;
    make_cache(session);
    generation_ = features.generation();
    read_       = 0;
    used_       = 0;
    tree_.clear();
    global_.assign(static_cast<size_t>(config().width), 0.0f);
    if (config().has_layer()) {
        read_pairs(session, features.size() - 1, -1);
    }
    started_ = true;
    return watch.ms();
}

void Head::check_begun(const Session & session) const {
    require_context(session);
    if (!started_ || generation_ != session.features.generation()) {
        bad_request("the head has not read this prompt; call begin after prefill");
    }
}

HeadRows Head::start(Session & session, llama_token root, int32_t top_k) {
    check_begun(session);
    check_tokens(session.vocab(), { root });
    Features &   features = session.features;
    const size_t end      = features.size();
    if (read_ < features.released()) {
        bad_request("another head has read on; call prefill and begin");
    }
    if (read_ == end && root != root_) {
        bad_request("nothing was committed since the last start, so its root " + number(root_) + " is still the root, not " + number(root));
    }
    check_top_k(top_k, head_vocab());
    Stopwatch watch;
    tree_.clear();
    if (read_ == end) {
        logits_ = root_logits_; // a draft that was dropped, and another one at the same place
    } else if (config().kind == HeadKind::Medusa) {
        const float * last = features.row(end - 1);
        logits_            = run_medusa(compute_, parts(), { last, last + config().width });
        read_              = end;
    } else {
        HeadOutputs out = read_pairs(session, end, root);
        root_hidden_    = std::move(out.hidden);
        logits_         = std::move(out.logits);
    }
    root_        = root;
    root_logits_ = logits_;
    features.release(end);
    HeadRows rows = top_rows(session, top_k);
    rows.ms = latest_ms_ = watch.ms();
    return rows;
}

HeadRows Head::grow(const Session & session, const std::vector<llama_token> & tokens, const std::vector<int32_t> & parents, int32_t top_k) {
    check_begun(session);
    check_tokens(session.vocab(), tokens);
    if (config().kind == HeadKind::Medusa) {
        bad_request("a Medusa head has no tree of its own: start gives everything");
    }
    if (read_ != session.features.size()) {
        bad_request("tokens were committed since the last start; call start first");
    }
    const size_t first = tree_.size();
    if (tokens.empty() || tokens.size() != parents.size() || first + tokens.size() > TREE_NODES) {
        bad_request("a level needs as many parents as tokens, at least one, and a tree holds " + number(TREE_NODES) + " nodes");
    }
    check_top_k(top_k, head_vocab());
    Stopwatch watch;
    HeadBatch batch = prepare(read_, tokens.size());
    for (size_t i = 0; i < tokens.size(); i++) {
        const int32_t parent = parents[i];
        if (parent < -1 || parent >= static_cast<int32_t>(first)) {
            bad_request("node " + number(static_cast<int64_t>(first + i)) + " has parent " + number(parent) + "; parents are nodes of earlier calls, or -1");
        }
        batch.tokens.push_back(known(tokens[i]));
        const int32_t depth = parent < 0 ? 1 : tree_[parent].depth + 1;
        batch.positions[i]  = static_cast<int32_t>(read_) + depth - 1;
        batch.cells[i]      = used_ + static_cast<int64_t>(first + i);
        add_feature(batch, (parent < 0 ? root_hidden_ : tree_[parent].hidden).data());
    }
    batch.attended = cache_->attended(used_ + static_cast<int64_t>(first + tokens.size()));
    batch.mask.assign(tokens.size() * static_cast<size_t>(batch.attended), -INFINITY);
    for (size_t i = 0; i < tokens.size(); i++) {
        float * mask = batch.mask.data() + i * static_cast<size_t>(batch.attended);
        std::fill(mask, mask + used_, 0.0f);
        mask[batch.cells[i]] = 0.0f;
        for (int32_t node = parents[i]; node >= 0; node = tree_[node].parent) {
            mask[tree_[node].cell] = 0.0f;
        }
    }
    batch.outputs   = tokens.size();
    HeadOutputs out = run(batch);
    const size_t h  = static_cast<size_t>(config().width);
    for (size_t i = 0; i < tokens.size(); i++) {
        const int32_t depth = parents[i] < 0 ? 1 : tree_[parents[i]].depth + 1;
        tree_.push_back({ parents[i], depth, batch.cells[i], { out.hidden.begin() + i * h, out.hidden.begin() + (i + 1) * h } });
    }
    logits_       = std::move(out.logits);
    HeadRows rows = top_rows(session, top_k);
    rows.ms = latest_ms_ = watch.ms();
    return rows;
}

std::vector<float> Head::logits(int32_t row) const {
    const size_t vocab = static_cast<size_t>(head_vocab());
    const size_t rows  = logits_.size() / vocab;
    if (row < 0 || static_cast<size_t>(row) >= rows) {
        bad_request("there is no row " + number(row) + "; the latest call gave " + number(static_cast<int64_t>(rows)));
    }
    return { logits_.begin() + row * static_cast<int64_t>(vocab), logits_.begin() + (row + 1) * static_cast<int64_t>(vocab) };
}

// A head's embeddings can end earlier than the target's (padding): such an id is read as token 0, which costs
// acceptance only.
int32_t Head::known(llama_token token) const {
    return token < embedding_->ne[1] ? token : 0;
}

// A batch of `count` rows: pairs from `first` on, in the cells after the committed ones, each seeing those before it.
HeadBatch Head::prepare(size_t first, size_t count) const {
    HeadBatch batch;
    batch.attended = cache_->attended(used_ + static_cast<int64_t>(count));
    batch.mask.assign(count * static_cast<size_t>(batch.attended), -INFINITY);
    for (size_t i = 0; i < count; i++) {
        batch.positions.push_back(static_cast<int32_t>(first + i));
        batch.cells.push_back(used_ + static_cast<int64_t>(i));
        float * mask = batch.mask.data() + i * static_cast<size_t>(batch.attended);
        std::fill(mask, mask + used_ + static_cast<int64_t>(i) + 1, 0.0f);
    }
    return batch;
}

void Head::add_feature(HeadBatch & batch, const float * feature) const {
    const size_t size = static_cast<size_t>(config().width) * (batch.feature == HeadBatch::Feature::Taps ? 3 : 1);
    batch.features.insert(batch.features.end(), feature, feature + size);
    if (config().kind == HeadKind::Vispec) {
        batch.features.insert(batch.features.end(), global_.begin(), global_.end());
    }
}

HeadOutputs Head::run(const HeadBatch & batch) {
    return run_layer(compute_, parts(), *cache_, batch);
}

HeadOutputs Head::read_pairs(const Session & session, size_t end, llama_token root) {
    const Features & features = session.features;
    const auto       next     = [&](size_t pair) { return pair + 1 < features.size() ? features.token(pair + 1) : root; };
    const bool       direct   = config().kind == HeadKind::Msd || config().kind == HeadKind::Vispec;
    HeadOutputs      out;
    // A prompt that begins with its image has no pair for the first image place, but the adaptor reads it too.
    if (read_ == 0 && config().kind == HeadKind::Vispec && features.token(0) < 0 && (end == 0 || next(0) >= 0)) {
        read_image(session, 0, 0);
    }
    while (read_ < end) {
        check_cancelled(session);
        const bool image = next(read_) < 0;
        size_t     count = 1;
        while (read_ + count < end && (next(read_ + count) < 0) == image) {
            count++;
        }
        if (image && config().kind == HeadKind::Vispec) {
            read_image(session, read_, count);
            continue;
        }
        count           = std::min(count, SLICE);
        HeadBatch batch = prepare(read_, count);
        if (config().kind == HeadKind::Eagle3) {
            batch.feature = HeadBatch::Feature::Taps;
        } else if (image && direct) {
            batch.feature = HeadBatch::Feature::None;
        }
        for (size_t i = 0; i < count; i++) {
            const size_t pair = read_ + i;
            if (image) {
                const float * embedding = features.image(pair + 1);
                batch.embeddings.insert(batch.embeddings.end(), embedding, embedding + config().width);
            } else {
                batch.tokens.push_back(known(next(pair)));
            }
            if (batch.feature != HeadBatch::Feature::None) {
                add_feature(batch, features.row(pair));
            }
        }
        // Only the pair of the root has a use for its output.
        batch.outputs = root >= 0 && read_ + count == end ? 1 : 0;
        out           = run(batch);
        read_ += count;
        used_ += static_cast<int64_t>(count);
    }
    return out;
}

// ViSpec: `count` pairs from `first` on stand for an image. They are replaced by all but the last of the compressed
// vectors, at the last of their positions; the last vector is the global one.
void Head::read_image(const Session & session, size_t first, size_t count) {
    const Features & features = session.features;
    const size_t     h        = static_cast<size_t>(config().width);
    const size_t     start    = first == 0 && features.token(0) < 0 ? 0 : first + 1; // the image's own first place
    const size_t     places   = first + count + 1 - start;
    std::vector<float> images;
    for (size_t i = 0; i < places; i++) {
        const float * embedding = features.image(start + i);
        images.insert(images.end(), embedding, embedding + h);
    }
    const std::vector<float> compressed = run_vision(compute_, parts(), images, places);
    const size_t             queries    = static_cast<size_t>(config().queries);
    const size_t             kept       = std::min(queries - 1, count);
    global_.assign(compressed.end() - static_cast<int64_t>(h), compressed.end());
    if (kept > 0) {
        HeadBatch batch  = prepare(first + count - kept, kept);
        batch.feature    = HeadBatch::Feature::None;
        batch.embeddings = { compressed.begin() + static_cast<int64_t>((queries - 1 - kept) * h),
                             compressed.begin() + static_cast<int64_t>((queries - 1) * h) };
        run(batch);
    }
    read_ = first + count;
    used_ += static_cast<int64_t>(kept);
}

HeadRows Head::top_rows(const Session & session, int32_t top_k) {
    const size_t               vocab = static_cast<size_t>(head_vocab());
    std::vector<const float *> rows;
    for (size_t at = 0; at < logits_.size(); at += vocab) {
        rows.push_back(logits_.data() + at);
    }
    HeadRows out;
    out.rows = read_rows(rows, static_cast<int32_t>(vocab), top_k, session.options.threads);
    for (int32_t & id : out.rows.top_ids) {
        id += weights_.d2t().empty() ? 0 : weights_.d2t()[static_cast<size_t>(id)];
    }
    return out;
}

} // namespace specula

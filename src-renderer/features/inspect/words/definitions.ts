/** What the numbers on the screen mean, and where the definitions come from. */
import { type Definition, metricDefinitions } from '#shared/metrics/definitions.ts';

const mmspec = 'MMSpec, summarize_metrics.py';

export const definitions = {
  mat: metricDefinitions.mat,
  acceptance: metricDefinitions.acceptance,
  speed: {
    name: 'Tokens per second',
    text: 'New tokens / time of all rounds (draft + verify + capture + other). Image encoding and prompt evaluation are left out.',
    source: 'Specula, src-shared/metrics/totals.ts',
  },
  rounds: {
    name: 'Rounds',
    text: 'Target passes that yield answer tokens; the prefill of each turn is one. New tokens = sum over rounds of (accepted + 1).',
    source: mmspec,
  },
  drafted: {
    name: 'Drafted and accepted',
    text: 'Draft tokens that were verified by the target, and those of them that became part of the answer.',
    source: 'Specula, src-shared/domain/round.ts',
  },
  skipped: {
    name: 'Skipped rounds',
    text: 'Rounds in which the gate forbade drafting because r reached the threshold.',
    source: 'ViSkip (MMSpec), paper mode',
  },
  score: {
    name: 'Visual score r',
    text: "Sum of the last layer's attention over the image tokens, mean over heads, at the row that yields the token. ViSkip skips drafting when r ≥ threshold.",
    source: 'ViSkip (MMSpec)',
  },
  scoreCost: {
    name: 'Cost of the score',
    text: 'Time spent reading attention, of the recorded layers and that of the score, per round. It is part of the run, and in no other span. Attention kernels that cannot be read may be faster still.',
    source: 'Specula, src-native/observer.cpp',
  },
  whatIf: {
    name: 'What if',
    text: 'Greedy answers and their scores do not depend on the gate, so rounds at another threshold follow from what a draft is worth at each token. A survey measures that at every token; without one, tokens inside an accepted path are assumed to keep what is left of it.',
    source: 'Specula, src-shared/metrics/what-if.ts',
  },
  whatIfSkipped: {
    name: 'Skipped rounds',
    text: 'Rounds that ViSkip (paper) would decode plainly, because r of their root reaches the threshold.',
    source: 'Specula, src-shared/metrics/what-if.ts',
  },
  whatIfLost: {
    name: 'Accepted tokens lost',
    text: 'Accepted tokens without a gate minus those with it, which is as many rounds more. Negative where skips happen to let later rounds begin at better places.',
    source: 'Specula, src-shared/metrics/what-if.ts',
  },
  whatIfTime: {
    name: 'Estimated time',
    text: 'Rounds of each kind times the mean measured cost of that kind, the cost of the score included. The ratio is to the same method without a gate and without reading the score.',
    source: 'Specula, src-shared/metrics/what-if.ts',
  },
  precision: {
    name: 'Precision',
    text: 'Of the skipped rounds, those in which nothing would have been accepted.',
    source: 'Specula, src-shared/metrics/gate-quality.ts',
  },
  recall: {
    name: 'Recall',
    text: 'Of the rounds in which nothing would have been accepted, those that are skipped.',
    source: 'Specula, src-shared/metrics/gate-quality.ts',
  },
  oracle: {
    name: 'Oracle',
    text: 'A gate that skips exactly the rounds in which nothing would be accepted, and needs no score: what perfect foresight would give.',
    source: 'Specula, src-shared/domain/gate.ts',
  },
  pTarget: {
    name: 'Target probability',
    text: "Softmax of the target's raw logits at the row that yields the token; temperature and cuts are not applied.",
    source: 'Specula',
  },
  pDraft: {
    name: 'Draft probability',
    text: "The draft's own probability at the same place; retrieval methods have none.",
    source: 'Specula',
  },
  entropy: {
    name: 'Entropy',
    text: "Of the target's distribution, in nats: 0 is certain, ln(vocabulary) is no idea.",
    source: 'Shannon',
  },
  margin: {
    name: 'Margin',
    text: 'Logit of the most likely minus the second most likely token. Near 0 is a tie, where rounding can change a greedy answer.',
    source: 'Specula',
  },
  logProb: {
    name: 'Cumulative log-probability',
    text: "Sum of the draft's log-probabilities from the root to the node, in nats; dynamic trees keep the nodes with the highest.",
    source: 'EAGLE-2',
  },
  kl: {
    name: 'KL divergence, target from draft',
    text: 'How far the draft was from the target at the row that judged the token, in nats; 0 is the same. A lower bound: only the recorded most likely tokens of both are known, the rest counts as one token.',
    source: 'Kullback and Leibler; bound by the log sum inequality',
  },
  shares: {
    name: 'Attention shares',
    text: 'Where the row that yielded the token looked: shares of its attention over system prompt, image, text and generated tokens, mean over heads, summing to 1.',
    source: 'Specula',
  },
  heat: {
    name: 'Attention over the image',
    text: 'Attention weight of every image patch, mean over heads, at the row that yielded the token. A hint, not a proof: border patches can be sinks that draw attention without meaning.',
    source: 'VisAttnSink; Specula',
  },
} as const satisfies Record<string, Definition>;

export type DefinitionName = keyof typeof definitions;

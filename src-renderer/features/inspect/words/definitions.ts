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

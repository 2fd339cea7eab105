/** What `specula evaluate` prints, with the definition of every column. */
import { type MethodSpec, methodLabel } from '#shared/domain/method.ts';
import type { Fingerprint } from '#shared/domain/run.ts';
import type { Evaluation } from '../evaluate/evaluation.ts';
import { type Agreed, type Distribution, shown } from '../evaluate/looks.ts';
import type { Tally } from '../evaluate/summary.ts';
import { printable, table } from './terminal.ts';

/** Tables by topic and skill, totals, definitions, and what it was measured with. */
export function evaluationReport(evaluation: Evaluation): string {
  const { summary, fingerprint } = evaluation;
  const judged = summary.overall.judged > 0;
  const parts = [
    head(evaluation),
    topicTable(evaluation, judged),
    judged ? skillTable(evaluation) : '',
    attentionTable(evaluation),
    agreementTable(evaluation),
    lines([...imageWords(evaluation), ...cutOff(evaluation)]),
    legend(evaluation, judged),
    fingerprint === null ? '' : measuredWith(fingerprint),
  ];
  return parts.filter((part) => part !== '').join('\n');
}

function head({ dataSet, asked, partial, summary: { overall }, spec }: Evaluation): string {
  const counts = `${plural(overall.samples, 'sample')}, ${plural(overall.turns, 'turn')}`;
  const first = `${printable(dataSet.name)} (${dataSet.id}): ${counts}, ${decoding(spec.method)}, at most ${spec.maxTokens} tokens per turn`;
  return lines([
    first,
    ...(partial === null
      ? []
      : [`PARTIAL: ${overall.samples} of ${plural(asked, 'sample')}; ${printable(partial)}`]),
  ]);
}

function decoding(method: MethodSpec): string {
  return method.name === 'ar' ? 'plain greedy decoding' : `greedy decoding (${methodLabel(method)})`;
}

function topicTable({ summary: { topics, overall } }: Evaluation, judged: boolean): string {
  const row = (name: string, tally: Tally): string[] => [
    name,
    String(tally.samples),
    String(tally.turns),
    percent(tally.exact, tally.turns),
    ...(judged ? [percent(tally.right, tally.judged)] : []),
    tally.meanTokens?.toFixed(1) ?? '-',
  ];
  const titles = ['topic', 'samples', 'turns', 'exact', ...(judged ? ['right'] : []), 'tokens'];
  return columns([titles, ...topics.map((own) => row(printable(own.topic), own)), row('all', overall)]);
}

function skillTable({ summary: { skills } }: Evaluation): string {
  const rows = skills
    .filter(({ judged }) => judged > 0)
    .map(({ skill, judged, right, interval }) => [
      printable(skill),
      String(judged),
      percent(right, judged),
      interval === null ? '-' : interval.map((end) => (end * 100).toFixed(1)).join(' to '),
    ]);
  return rows.length === 0 ? '' : columns([['skill', 'turns', 'right', '95 % interval'], ...rows]);
}

/** Needs exact answers with marked words; says so where there are none. */
function attentionTable({ attention }: Evaluation): string {
  if (attention === null) return '';
  const { image, other, auc } = attention;
  if (image.n + other.n === 0) return lines([`attention: ${noTokens}`]);
  const row = (name: string, { n, quantiles }: Distribution): string[] => [
    name,
    String(n),
    ...quantiles.map((value) => value?.toFixed(3) ?? '-'),
  ];
  const head = ['attention on the image', 'tokens', ...shown.map((q) => `${q * 100} %`)];
  return `${columns([head, row('image-dependent', image), row('other', other)])}AUC ${auc?.toFixed(3) ?? '-'}\n`;
}

function agreementTable({ agreement }: Evaluation): string {
  if (agreement === null) return '';
  const { image, other } = agreement;
  if (image.n + other.n === 0) return lines([`agreement: ${noTokens}`]);
  const row = (name: string, { n, same }: Agreed): string[] => [name, String(n), percent(same, n)];
  return columns([
    ['agreement of the draft', 'tokens', 'same'],
    row('image-dependent', image),
    row('other', other),
  ]);
}

const noTokens = 'no exact answer with marked words ("spans" in answers.jsonl) to count in';

function imageWords({ summary }: Evaluation): string[] {
  const { right, of } = summary.imageWords;
  return of === 0 ? [] : [`image-dependent words right: ${percent(right, of)} (${right} of ${of})`];
}

/** Answers that did not end by themselves: they can hardly be right. */
function cutOff({ turns }: Evaluation): string[] {
  const count = (endedBy: string): number => turns.filter((turn) => turn.endedBy === endedBy).length;
  const [tokens, context] = [count('max-tokens'), count('context-full')];
  return [
    ...(tokens === 0 ? [] : [`${plural(tokens, 'answer')} cut off by --max-tokens`]),
    ...(context === 0 ? [] : [`${plural(context, 'answer')} cut off by a full context (--context)`]),
  ];
}

/** One row per word that the tables use: what it counts. */
function legend({ summary, attention, agreement }: Evaluation, judged: boolean): string {
  const counted = 'of exact answers, the end of text not counted';
  const rows: [string, string][] = [
    ['turns', 'questions; those after the first see the earlier answers of the model itself'],
    ['exact', 'turns whose answer is the reference answer, character by character'],
  ];
  if (judged) {
    rows.push(
      [
        'right',
        'turns whose answer says what the question asks for, in any wording, by the rules of the data set',
      ],
      ['interval', 'of the share right, by Wilson, in percent'],
    );
  }
  rows.push(['tokens', 'by topic: mean length of the answers, the end of text counted']);
  if (summary.imageWords.of > 0) {
    rows.push([
      'image-dependent',
      'words of the references that need the picture; right: in the answer, in their order',
    ]);
  }
  if (attention !== null) {
    rows.push(
      [
        'attention',
        `at tokens ${counted}: share of the last layer (mean over heads) in the row that yields the token`,
      ],
      ['AUC', 'how often that share is larger at an image-dependent token than at another one'],
    );
  }
  if (agreement !== null) {
    rows.push(
      ['same', `tokens ${counted}, that are the most likely ones of the draft after the same text`],
      [
        '',
        `not asked at ${agreement.unasked} more: the first of each answer, and those after a draft accepted whole`,
      ],
    );
  }
  return table(rows) + lines(unjudged(summary.overall));
}

function unjudged({ turns, judged }: Tally): string[] {
  if (judged === turns) return [];
  if (judged > 0)
    return [`${plural(turns - judged, 'turn')} without a rule to judge by: compared by wording only.`];
  return [
    'The data set has no rules to judge by (classes.json; "skill" and "expect" in answers.jsonl): answers are compared by wording only.',
  ];
}

function measuredWith(fingerprint: Fingerprint): string {
  const { device, variant, gpuLayers, threads, kvType, contextSize } = fingerprint;
  const { specula, llamaRelease, node, os, cpu, models } = fingerprint;
  const placed = `${gpuLayers} layers on the GPU, ${plural(threads, 'thread')}, ${kvType} cache, context ${contextSize}`;
  return table([
    ['device', `${device}, ${variant}, ${placed}`],
    ['versions', `Specula ${specula}, llama.cpp ${llamaRelease}, Node ${node}, ${os}, ${cpu}`],
    ...models.map(({ role, name, sha256 }) => [role, `${printable(name)}, SHA-256 ${sha256}`]),
  ]);
}

export function percent(part: number, whole: number): string {
  return whole === 0 ? '-' : `${((part / whole) * 100).toFixed(1)} %`;
}

/** Aligned columns: the first to the left, numbers to the right. The first row is the head. */
export function columns(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, c) => Math.max(...rows.map((row) => row[c]?.length ?? 0)));
  const pad = (cell: string, c: number): string =>
    c === 0 ? cell.padEnd(widths[c] ?? 0) : cell.padStart(widths[c] ?? 0);
  return lines(rows.map((row) => row.map(pad).join('  ').trimEnd()));
}

export const lines = (texts: readonly string[]): string => texts.map((text) => `${text}\n`).join('');

export const plural = (n: number, noun: string): string => `${n} ${noun}${n === 1 ? '' : 's'}`;

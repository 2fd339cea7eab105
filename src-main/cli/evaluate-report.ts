/** What `specula evaluate` prints, with the definition of every column. */
import type { Fingerprint } from '#shared/domain/run.ts';
import type { Evaluation } from '../evaluate/evaluation.ts';
import type { Tally } from '../evaluate/summary.ts';
import { printable } from './terminal.ts';

/** Tables by topic and skill, totals, definitions, and what it was measured with. */
export function evaluationReport(evaluation: Evaluation): string {
  const { summary, fingerprint } = evaluation;
  const judged = summary.overall.judged > 0;
  const parts = [
    head(evaluation),
    topicTable(evaluation, judged),
    judged ? skillTable(evaluation) : '',
    lines([...imageWords(evaluation), ...cutOff(evaluation)]),
    lines(legend(evaluation, judged)),
    fingerprint === null ? '' : lines(measuredWith(fingerprint)),
  ];
  return parts.filter((part) => part !== '').join('\n');
}

function head({ dataSet, asked, partial, summary: { overall }, spec }: Evaluation): string {
  const counts = `${plural(overall.samples, 'sample')}, ${plural(overall.turns, 'turn')}`;
  const first = `${printable(dataSet.name)} (${dataSet.id}): ${counts}, plain greedy decoding, at most ${spec.maxTokens} tokens per turn`;
  return lines([
    first,
    ...(partial === null
      ? []
      : [`PARTIAL: ${overall.samples} of ${plural(asked, 'sample')}; ${printable(partial)}`]),
  ]);
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

function legend({ summary }: Evaluation, judged: boolean): string[] {
  const unjudged = summary.overall.turns - summary.overall.judged;
  return [
    'turns   questions; those after the first see the earlier answers of the model itself',
    'exact   share of turns whose answer is the reference answer, character by character',
    ...(judged
      ? [
          'right   share of turns whose answer says what the question asks for, in any wording (judged by classes.json);',
          '        interval: Wilson, in percent',
        ]
      : []),
    'tokens  mean length of the answers, the end of text counted',
    ...(summary.imageWords.of === 0
      ? []
      : [
          'image-dependent words: those of the references that need the picture, found in the answers in their order',
        ]),
    ...(unjudged === 0
      ? []
      : [
          judged
            ? `${plural(unjudged, 'turn')} without a rule to judge by: compared by wording only`
            : 'The data set has no rules to judge by (classes.json, and "skill" and "expect" in answers.jsonl): answers are compared by wording only.',
        ]),
  ];
}

function measuredWith(fingerprint: Fingerprint): string[] {
  const { device, variant, gpuLayers, threads, kvType, contextSize, specula, llamaRelease, models } =
    fingerprint;
  return [
    `device  ${device}, ${variant}, ${gpuLayers} layers on the GPU, ${plural(threads, 'thread')}, ${kvType.toUpperCase()} cache, context ${contextSize}`,
    `Specula ${specula}, llama.cpp ${llamaRelease}, Node ${fingerprint.node}, ${fingerprint.os}, ${fingerprint.cpu}`,
    ...models.map(({ role, name, sha256 }) => `${role}  ${printable(name)}  SHA-256 ${sha256}`),
  ];
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
